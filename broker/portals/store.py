"""Every statement on portal sessions. The cookie itself is kept nowhere, only a keyed hash."""

import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from broker.db import Connection, insert_new
from broker.errors import Refused
from broker.portals.model import PortalSession
from broker.portals.tables import PORTAL_SESSION
from broker.saml.assurance import Assurance

_SEEN_EACH = timedelta(minutes=1)  # a row is not written for every page
_S = PORTAL_SESSION


@dataclass(frozen=True, slots=True)
class PortalSessions:
    """Portal sessions in the caller's transaction."""

    key: bytes = field(repr=False)

    def hash_of(self, cookie: str) -> str:
        """What is kept of a cookie: a dump of the table signs nobody in."""
        return hmac.new(self.key, b"portal-session\0" + cookie.encode(), hashlib.sha256).hexdigest()

    def open(
        self, connection: Connection, session: PortalSession, cookie: str, request_id: str
    ) -> None:
        """Begin one. Raises Refused("context.replay") where the request was answered before."""
        row = {
            "id": session.id,
            "cookie_hash": self.hash_of(cookie),
            "request_id": request_id,
            "federation": session.federation,
            "person_id": session.person,
            "account_id": session.account,
            "level": session.level.word,
            "authenticated_at": session.authenticated_at,
            "started_at": session.started_at,
            "seen_at": session.seen_at,
            "ends_at": session.ends_at,
            "over": False,
            "session_index": session.session_index,
            "name": session.name,
            "name_format": session.name_format,
            "idp": session.idp,
            "reference": session.reference,
            "emergency": session.emergency,
            "cvr": session.cvr,
            "workplace": session.workplace,
            "full_name": session.full_name,
        }
        if insert_new(connection, PORTAL_SESSION, [row]) != 1:
            raise Refused("context.replay", "this answer began a portal session before")

    def find(
        self, connection: Connection, federation: str, cookie: str, now: datetime
    ) -> PortalSession | None:
        """The session of a cookie, or None where it is none, over, or forgotten about."""
        said = {"of_hash": self.hash_of(cookie), "path": federation}
        row = connection.execute(_BY_HASH, said).mappings().first()
        if row is None:
            return None
        session = _session(row)
        return session if session.holds(now) else None

    @staticmethod
    def seen(connection: Connection, session: PortalSession, now: datetime) -> None:
        """Note that the person is still there."""
        connection.execute(_SEEN, {"of": session.id, "now": now})

    @staticmethod
    def due(session: PortalSession, now: datetime) -> bool:
        """Whether that is worth a row."""
        return now - session.seen_at >= _SEEN_EACH

    def end(self, connection: Connection, federation: str, cookie: str) -> None:
        """End the session of a cookie."""
        said = {"of_hash": self.hash_of(cookie), "path": federation}
        connection.execute(_END_BY_HASH, said)

    @staticmethod
    def end_named(
        connection: Connection, federation: str, name: str, indexes: Collection[str]
    ) -> int:
        """End what a logout names: of one person, those sessions, or all where it says none."""
        asked = _END_NAMED
        said: dict[str, object] = {"path": federation, "named": name}
        if indexes:
            asked, said["indexes"] = _END_INDEXED, list(indexes)
        return connection.execute(asked, said).rowcount


def purge_portal_sessions(connection: Connection, now: datetime) -> int:
    """Delete what ended; how many rows went. No answer counts as long as that any more."""
    return connection.execute(sa.delete(_S).where(_S.c.ends_at <= now)).rowcount


def _session(row: sa.RowMapping) -> PortalSession:
    level = Assurance.from_word(row["level"])
    if level is None:
        raise ValueError("a portal session of no level")
    return PortalSession(
        id=row["id"],
        federation=row["federation"],
        person=row["person_id"],
        account=row["account_id"],
        level=level,
        authenticated_at=row["authenticated_at"],
        started_at=row["started_at"],
        seen_at=row["seen_at"],
        ends_at=row["ends_at"],
        session_index=row["session_index"],
        name=row["name"],
        name_format=row["name_format"],
        idp=row["idp"],
        reference=row["reference"],
        emergency=row["emergency"],
        cvr=row["cvr"],
        workplace=row["workplace"],
        full_name=row["full_name"],
    )


_LIVE = sa.and_(_S.c.federation == sa.bindparam("path"), _S.c.over.is_(False))
_BY_HASH = sa.select(_S).where(_S.c.cookie_hash == sa.bindparam("of_hash"), _LIVE)
_SEEN = sa.update(_S).where(_S.c.id == sa.bindparam("of")).values(seen_at=sa.bindparam("now"))
_OVER = sa.update(_S).values(over=True)
_END_BY_HASH = _OVER.where(_S.c.cookie_hash == sa.bindparam("of_hash"), _LIVE)
_END_NAMED = _OVER.where(_S.c.name == sa.bindparam("named"), _LIVE)
_END_INDEXED = _END_NAMED.where(_S.c.session_index.in_(sa.bindparam("indexes", expanding=True)))
