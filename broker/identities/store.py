"""Persons by keyed hashes of their identity keys, and a random NameID per service group. R18."""

import hashlib
import hmac
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from broker.db import METADATA, Connection, Instant, insert_new, several
from broker.db.prepared import Prepared
from broker.errors import Refused
from broker.identities.model import Found, IdentityKey, NameIdResult

PERSON = sa.Table(
    "person",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("created_at", Instant, nullable=False),
)

PERSON_IDENTITY = sa.Table(
    "person_identity",
    METADATA,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("person_id", sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("federation", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(24), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
)

NAME_IDENTIFIER = sa.Table(
    "name_identifier",
    METADATA,
    sa.Column("person_id", sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("service_group", sa.String(64), primary_key=True),
    sa.Column("value", sa.Uuid, nullable=False, unique=True),
    sa.Column("created_at", Instant, nullable=False),
)

_BY_HASH = Prepared(
    sa.select(PERSON_IDENTITY.c.hash, PERSON_IDENTITY.c.person_id).where(
        PERSON_IDENTITY.c.hash.in_(sa.bindparam("hashes", expanding=True))
    )
)
_NAME = Prepared(
    sa.select(NAME_IDENTIFIER.c.value).where(
        NAME_IDENTIFIER.c.person_id == sa.bindparam("person"),
        NAME_IDENTIFIER.c.service_group == sa.bindparam("group"),
    )
)
_NAMED_PERSON = sa.select(NAME_IDENTIFIER.c.person_id).where(
    NAME_IDENTIFIER.c.value == sa.bindparam("value"),
    NAME_IDENTIFIER.c.service_group == sa.bindparam("group"),
)
_HAND_OVER = sa.update(PERSON_IDENTITY).where(PERSON_IDENTITY.c.person_id == sa.bindparam("made"))
_KINDS = sa.select(PERSON_IDENTITY.c.kind).where(
    PERSON_IDENTITY.c.person_id == sa.bindparam("person")
)
_HASHES = (
    sa.select(PERSON_IDENTITY.c.hash, PERSON_IDENTITY.c.kind)
    .where(PERSON_IDENTITY.c.person_id == sa.bindparam("person"))
    .order_by(PERSON_IDENTITY.c.hash)
)
_NAMED = NAME_IDENTIFIER.alias("named")
_HAND_OVER_NAMES = (
    sa.update(NAME_IDENTIFIER)
    .where(
        NAME_IDENTIFIER.c.person_id == sa.bindparam("made"),
        NAME_IDENTIFIER.c.service_group.not_in(
            sa.select(_NAMED.c.service_group).where(_NAMED.c.person_id == sa.bindparam("to"))
        ),
    )
    .values(person_id=sa.bindparam("to"))
)
_FORGET_KEY = sa.delete(PERSON_IDENTITY).where(PERSON_IDENTITY.c.hash == sa.bindparam("hashed"))
_FORGET = sa.delete(PERSON).where(PERSON.c.id == sa.bindparam("made"))


@dataclass(frozen=True, slots=True)
class IdentityStore:
    """Finds and remembers persons; the pseudonym key turns identifiers into keyed hashes."""

    pseudonym_key: bytes = field(repr=False)

    def person(
        self,
        connection: Connection,
        federation: str,
        keys: Sequence[IdentityKey],
        now: datetime,
    ) -> Found:
        """The person with these keys, strongest first, made when new.

        A key not seen before is linked to the person that a known one finds. Keys that point
        at two persons merge nobody: the first one counts, and the result says so.
        """
        if not keys:
            raise ValueError("a person without any identity key")
        hashes = [self.hash_of(federation, key) for key in keys]
        return self._person(connection, federation, keys, hashes, now)

    def name_id(
        self,
        connection: Connection,
        found: Found,
        group: str,
        now: datetime,
        *,
        create: bool = True,
    ) -> NameIdResult:
        """The lasting NameID of a person at a service group, made when new.

        Raises Refused("request.name_unknown") where none may be made and there is none.
        """
        person = found.person
        known = _NAME.first(connection, {"person": person, "group": group})
        if known is None and not create:
            raise Refused("request.name_unknown", "may make no name, and there is none yet")
        if known is None:
            fresh = {
                "person_id": person,
                "service_group": group,
                "value": uuid.uuid4(),
                "created_at": now,
            }
            insert_new(connection, NAME_IDENTIFIER, [fresh])
            known = _NAME.first(connection, {"person": person, "group": group})
        return NameIdResult(known.value, person, found.conflict)

    def named(self, connection: Connection, group: str, value: str) -> uuid.UUID | None:
        """The person whom a service group knows by that NameID, however it is spelled around it."""
        try:
            wanted = uuid.UUID(value.rpartition("/")[2])
        except ValueError:
            return None
        asked = {"group": group, "value": wanted}
        return connection.execute(_NAMED_PERSON, asked).scalar_one_or_none()

    def owner(self, connection: Connection, federation: str, key: IdentityKey) -> uuid.UUID | None:
        """The person that a key finds, or None where nobody has it."""
        hashed = self.hash_of(federation, key)
        return self._known(connection, [hashed]).get(hashed)

    def give(
        self,
        connection: Connection,
        federation: str,
        key: IdentityKey,
        person: uuid.UUID | None,
        now: datetime,
    ) -> uuid.UUID:
        """Whose key it is from now on: this person's, or a new one's where it is None.

        A key that somebody has stays theirs, so compare what comes back.
        """
        hashed = self.hash_of(federation, key)
        known = self._known(connection, [hashed]).get(hashed)
        if known is not None:
            return known
        if person is None:
            person = uuid.uuid4()
            insert_new(connection, PERSON, [{"id": person, "created_at": now}])
        row = {
            "hash": hashed,
            "person_id": person,
            "federation": federation,
            "kind": key.kind,
            "created_at": now,
        }
        insert_new(connection, PERSON_IDENTITY, [row])
        return self._known(connection, [hashed])[hashed]

    def kinds(self, connection: Connection, person: uuid.UUID) -> frozenset[str]:
        """The kinds of keys that a person has."""
        return frozenset(connection.execute(_KINDS, {"person": person}).scalars())

    def hashes(self, connection: Connection, person: uuid.UUID) -> tuple[tuple[str, str], ...]:
        """What is kept of the keys that find a person, each with its kind."""
        found = connection.execute(_HASHES, {"person": person})
        return tuple((row.hash, row.kind) for row in found)

    def hand_over(self, connection: Connection, old: uuid.UUID, new: uuid.UUID) -> None:
        """Let every key of one person find another, who takes over names that it has none of.

        The old person stays, for the records that name it, and nothing finds it any more.
        """
        connection.execute(_HAND_OVER, {"made": old, "person_id": new})
        connection.execute(_HAND_OVER_NAMES, {"made": old, "to": new})

    def forget_key(self, connection: Connection, hashed: str) -> None:
        """Let a key find nobody any more."""
        connection.execute(_FORGET_KEY, {"hashed": hashed})

    def _person(
        self,
        connection: Connection,
        federation: str,
        keys: Sequence[IdentityKey],
        hashes: list[str],
        now: datetime,
    ) -> Found:
        known = self._known(connection, hashes)
        found = [known[h] for h in hashes if h in known]
        person = found[0] if found else uuid.uuid4()
        missing = [(h, key) for h, key in zip(hashes, keys, strict=True) if h not in known]
        if missing:
            if not found:
                insert_new(connection, PERSON, [{"id": person, "created_at": now}])
            rows = [
                {
                    "hash": h,
                    "person_id": person,
                    "federation": federation,
                    "kind": key.kind,
                    "created_at": now,
                }
                for h, key in sorted(missing)
            ]
            insert_new(connection, PERSON_IDENTITY, rows)
            known = self._known(connection, hashes)
            earlier = {h: known[h] for h in hashes if known[h] != person}
            if earlier and not found:
                # Another login made this person a moment ago: ours, seen by nobody, gives way.
                winner = next(iter(earlier.values()))
                connection.execute(_HAND_OVER, {"made": person, "person_id": winner})
                connection.execute(_FORGET, {"made": person})
                known = {h: earlier.get(h, winner) for h in hashes}
        return Found(known[hashes[0]], len(set(known.values())) > 1, bool(missing))

    @staticmethod
    def _known(connection: Connection, hashes: list[str]) -> dict[str, uuid.UUID]:
        rows = _BY_HASH.all(connection, {"hashes": several(hashes)})
        return {row.hash: row.person_id for row in rows}

    def hash_of(self, federation: str, key: IdentityKey) -> str:
        """What is kept of a key: nobody finds the key from it without the pseudonym key."""
        said = "\x00".join((federation, key.kind, key.value)).encode()
        return hmac.new(self.pseudonym_key, said, hashlib.sha256).hexdigest()
