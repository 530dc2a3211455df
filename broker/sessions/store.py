"""The rows of sessions and of the services that were told; no row tells who the person is."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection, several
from broker.db.prepared import Prepared
from broker.saml import names
from broker.saml.messages import NameID
from broker.sealing import SealingKeys, open_with, seal_with
from broker.sessions.cookie import SessionCookie
from broker.sessions.model import (
    NOBODY,
    Known,
    NewSession,
    Participant,
    Session,
    Upstream,
    read_assertion,
    read_name,
    write_assertion,
    write_name,
)
from broker.sessions.tables import LOGIN_SESSION, SESSION_PARTICIPANT

LONGEST_INDEX = 256


@dataclass(frozen=True, slots=True)
class SessionStore:
    """Sessions in the caller's transaction; names are sealed and found by keyed hashes."""

    sealing: SealingKeys
    pseudonym_key: bytes = field(repr=False)

    def open(
        self, connection: Connection, federation: str, cookie: SessionCookie, now: datetime
    ) -> Session | None:
        """The session of a browser, or None where it ended or the cookie's key does not open it."""
        row = _BY_ID.first(connection, {"of": cookie.id})
        if row is None or row.federation != federation or row.ends_at <= now:
            return None
        plain = open_with(cookie.key, row.remembered, _bound("session", federation, cookie.id))
        if plain is None:
            return None
        return Session(
            id=row.id,
            person=row.person_id,
            idp=row.idp,
            started_at=row.started_at,
            seen_at=row.seen_at,
            ends_at=row.ends_at,
            reference=row.reference,
            assertion=read_assertion(plain),
        )

    def remember(
        self, connection: Connection, new: NewSession, candidates: Sequence[UUID]
    ) -> SessionCookie:
        """Keep a login under a fresh key.

        One of the browser's own sessions goes on where it is the same person's by the same
        identity provider; else a new one begins.
        """
        found: UUID | None = None
        if candidates:
            who = {"federation": new.federation, "person": new.person, "idp": new.idp}
            known = _SAME.first(connection, {"ids": several(candidates), **who, "now": new.at})
            found = known.id if known else None
        cookie = SessionCookie.fresh(found)
        name = new.assertion.name_id
        index = new.assertion.authn_statements[0].session_index
        plain = write_assertion(new.assertion)
        values: dict[str, object] = {
            "level": new.level[:16],
            "started_at": new.at,
            "seen_at": new.at,
            "ends_at": new.ends_at,
            "upstream_hash": self.name_hash(new.federation, new.idp, name) if name else None,
            "upstream_name": self._sealed(new.federation, name) if name else None,
            "upstream_index": index[:LONGEST_INDEX] if index else None,
            "remembered": seal_with(
                cookie.key, plain, _bound("session", new.federation, cookie.id)
            ),
            "reference": new.reference,
        }
        if found is not None:
            _AGAIN.change(connection, {"of": cookie.id, **values})
            return cookie
        own = {"federation": new.federation, "person_id": new.person, "idp": new.idp}
        _ADD.change(connection, {"id": cookie.id, **own, **values})
        return cookie

    def touch(self, connection: Connection, session: UUID, now: datetime) -> bool:
        """Say that the session was used; whether it is still there."""
        return _TOUCH.change(connection, {"of": session, "seen_at": now}) == 1

    def participant(self, connection: Connection, session: UUID, service: int) -> Known | None:
        """What a service was told in this session before, or None."""
        row = _PARTICIPANT.first(connection, {"of": session, "at": service})
        if row is None:
            return None
        name = self._opened(row.federation, row.name)
        return Known(row.session_index, name, row.logins, row.counted_from)

    def take_part(
        self,
        connection: Connection,
        federation: str,
        told: Participant,
        before: Known | None,
        now: datetime,
        window: timedelta,
    ) -> int:
        """Keep what a service is told; how often it was told within the window, now included.

        `before` is what `participant` gave in this transaction.
        """
        values = {
            "name_hash": self.name_hash(federation, told.service, told.name),
            "name": self._sealed(federation, told.name),
            "session_index": told.session_index,
            "endpoint": told.endpoint,
        }
        if before is None:
            fresh = {"created_at": now, "counted_from": now, "logins": 1}
            keys = {"session_id": told.session, "service": told.service}
            _JOIN.change(connection, {**keys, **values, **fresh})
            return 1
        again = now - before.counted_from < window
        logins = before.logins + 1 if again else 1
        counted = {"logins": logins, "counted_from": before.counted_from if again else now}
        where = {"of": told.session, "at": told.service}
        _REJOIN.change(connection, {**where, **values, **counted})
        return logins

    def by_participant(
        self,
        connection: Connection,
        federation: str,
        service: int,
        name: NameID,
        indexes: Sequence[str],
    ) -> tuple[UUID, ...]:
        """Sessions in which a service knows the person by that name, and by one of the indexes."""
        found = connection.execute(
            _BY_NAME, {"hash": self.name_hash(federation, service, name), "at": service}
        )
        return tuple(
            row.session_id
            for row in found
            if (not indexes or row.session_index in indexes)
            and _same(name, self._opened(federation, row.name))
        )

    def by_upstream(
        self,
        connection: Connection,
        federation: str,
        idp: int,
        name: NameID,
        indexes: Sequence[str],
    ) -> tuple[UUID, ...]:
        """Sessions that rest on a session of that name at an identity provider."""
        found = connection.execute(
            _BY_UPSTREAM, {"hash": self.name_hash(federation, idp, name), "at": idp}
        )
        return tuple(
            row.id
            for row in found
            if not indexes or row.upstream_index is None or row.upstream_index in indexes
        )

    def end(
        self, connection: Connection, federation: str, sessions: Sequence[UUID]
    ) -> tuple[list[Participant], list[Upstream]]:
        """Delete sessions at once; who was told of them, and what they rested on."""
        ids = {"ids": list(sessions)}
        # The sessions first: a login that joins one of them holds its row until it has.
        upstreams = [
            Upstream(
                row.id,
                row.idp,
                row.upstream_index,
                self._opened(federation, row.upstream_name) if row.upstream_name else NOBODY,
            )
            for row in connection.execute(_SESSIONS, ids)
        ]
        participants = [
            Participant(
                row.session_id,
                row.service,
                row.session_index,
                self._opened(federation, row.name),
                row.endpoint,
            )
            for row in connection.execute(_PARTICIPANTS, ids)
        ]
        connection.execute(_LEAVE, ids)
        connection.execute(_END, ids)
        return participants, upstreams

    def services(self, connection: Connection, session: UUID) -> tuple[int, ...]:
        """Rows of the services that were told of a session, in that order."""
        return tuple(connection.execute(_SERVICES, {"of": session}).scalars())

    def name_hash(self, federation: str, peer: int, name: NameID) -> str:
        """What a name is found by: keyed, and different for each peer."""
        said = "\x00".join((federation, str(peer), name.value)).encode()
        return hmac.new(self.pseudonym_key, said, hashlib.sha256).hexdigest()

    def seal_name(self, federation: str, name: NameID) -> bytes:
        """A name as other tables keep it."""
        return self._sealed(federation, name)

    def open_name(self, federation: str, sealed: bytes) -> NameID:
        """A name that another table kept."""
        return self._opened(federation, sealed)

    def _sealed(self, federation: str, name: NameID) -> bytes:
        return self.sealing.seal(write_name(name), _bound("name", federation))

    def _opened(self, federation: str, sealed: bytes) -> NameID:
        plain = self.sealing.open(sealed, _bound("name", federation))
        return read_name(plain) if plain is not None else NOBODY


def purge_sessions(connection: Connection, now: datetime) -> int:
    """Delete sessions that have run out; how many rows went."""
    ended = sa.select(LOGIN_SESSION.c.id).where(LOGIN_SESSION.c.ends_at <= now)
    gone = 0
    for statement in (
        sa.delete(SESSION_PARTICIPANT).where(SESSION_PARTICIPANT.c.session_id.in_(ended)),
        sa.delete(LOGIN_SESSION).where(LOGIN_SESSION.c.ends_at <= now),
    ):
        gone += connection.execute(statement).rowcount
    return gone


def _same(asked: NameID, known: NameID) -> bool:
    """Whether a logout names whom we named; what it leaves out is not compared. SAML Core 3.7.3."""
    if known is NOBODY or asked.value != known.value:
        return False
    if asked.format not in (names.UNSPECIFIED, known.format):
        return False
    return asked.name_qualifier in (None, known.name_qualifier) and asked.sp_name_qualifier in (
        None,
        known.sp_name_qualifier,
    )


def _bound(*parts: str | UUID) -> bytes:
    return "\x00".join(map(str, parts)).encode()


_S, _P = LOGIN_SESSION, SESSION_PARTICIPANT
_OF: sa.BindParameter[UUID] = sa.bindparam("of")
_IDS: sa.BindParameter[UUID] = sa.bindparam("ids", expanding=True)
_BY_ID = Prepared(sa.select(_S).where(_S.c.id == _OF))
_SAME = Prepared(
    sa.select(_S.c.id)
    .where(
        _S.c.id.in_(_IDS),
        _S.c.federation == sa.bindparam("federation"),
        _S.c.person_id == sa.bindparam("person"),
        _S.c.idp == sa.bindparam("idp"),
        _S.c.ends_at > sa.bindparam("now"),
    )
    .order_by(_S.c.started_at)
    .limit(1)
)
_ADD = Prepared(sa.insert(_S))
_AGAIN = Prepared(sa.update(_S).where(_S.c.id == _OF))
_TOUCH = Prepared(sa.update(_S).where(_S.c.id == _OF))
_ONE = sa.and_(_P.c.session_id == _OF, _P.c.service == sa.bindparam("at"))
_PARTICIPANT = Prepared(
    sa.select(_P, _S.c.federation).join(_S, _S.c.id == _P.c.session_id).where(_ONE)
)
_JOIN = Prepared(sa.insert(_P))
_REJOIN = Prepared(sa.update(_P).where(_ONE))
_BY_NAME = sa.select(_P).where(
    _P.c.name_hash == sa.bindparam("hash"), _P.c.service == sa.bindparam("at")
)
_BY_UPSTREAM = sa.select(_S.c.id, _S.c.upstream_index).where(
    _S.c.upstream_hash == sa.bindparam("hash"), _S.c.idp == sa.bindparam("at")
)
_PARTICIPANTS = sa.select(_P).where(_P.c.session_id.in_(_IDS)).order_by(_P.c.created_at)
_SESSIONS = sa.select(_S).where(_S.c.id.in_(_IDS)).order_by(_S.c.id).with_for_update()
_LEAVE = sa.delete(_P).where(_P.c.session_id.in_(_IDS))
_END = sa.delete(_S).where(_S.c.id.in_(_IDS))
_SERVICES = sa.select(_P.c.service).where(_P.c.session_id == _OF).order_by(_P.c.created_at)
