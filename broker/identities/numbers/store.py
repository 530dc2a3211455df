"""Persons by keyed hashes of CPR numbers, for requests of access. GDPR art. 15."""

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import METADATA, Connection, Instant, insert_new

PERSON_CPR = sa.Table(
    "person_cpr",
    METADATA,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("person_id", sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("created_at", Instant, nullable=False),
)

_PERSONS = (
    sa.select(PERSON_CPR.c.person_id)
    .where(PERSON_CPR.c.hash == sa.bindparam("hashed"))
    .order_by(PERSON_CPR.c.person_id)
)
_REMEMBERED = 20_000  # pairs that are known to be kept, in one process


@dataclass(frozen=True, slots=True)
class CprIndex:
    """Remembers which number a login said, and finds the persons of a number."""

    pseudonym_key: bytes = field(repr=False)
    _known: set[tuple[str, UUID]] = field(default_factory=set, repr=False)

    def said(self, connection: Connection, person: UUID, number: str | None, now: datetime) -> None:
        """A login said that it is this person's number. A statement the first times alone."""
        digits = digits_of(number or "")
        if digits is None:
            return
        pair = (self.hash_of(digits), person)
        if pair in self._known:
            return
        row = {"hash": pair[0], "person_id": person, "created_at": now}
        if insert_new(connection, PERSON_CPR, [row]) == 0:  # so it was committed before
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known.add(pair)

    def persons(self, connection: Connection, number: str) -> tuple[UUID, ...]:
        """Every person whose logins said this number; none where it is no number."""
        digits = digits_of(number)
        if digits is None:
            return ()
        found = connection.execute(_PERSONS, {"hashed": self.hash_of(digits)})
        return tuple(found.scalars())

    def hash_of(self, digits: str) -> str:
        """What is kept of a number: nobody tries all numbers without the key."""
        key = hmac.new(self.pseudonym_key, b"broker cpr index 1", hashlib.sha256).digest()
        return hmac.new(key, digits.encode(), hashlib.sha256).hexdigest()


def digits_of(text: str) -> str | None:
    """The ten digits of a CPR number, with or without what sets them apart; None for others."""
    digits = re.sub(r"[\s-]", "", text)
    return digits if re.fullmatch(r"[0-9]{10}", digits) else None
