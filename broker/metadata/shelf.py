"""The members of one kind in one federation, found by each of their names.

Few members are read when a node starts, so that a login finds them ready. Of many, each is
read when it is first asked for, so that ten thousand that nobody uses cost a line each.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

from broker.db import Engine, reading
from broker.errors import BrokerError, Unknown
from broker.metadata.dated import store as dated
from broker.metadata.store import EntityRecord
from broker.saml.entities import EntityFacts
from broker.saml.entity_descriptor import read_entity

FEW = 200

_T = TypeVar("_T")
_FAULTS = (BrokerError, ValueError, TypeError, KeyError)
_LOG = logging.getLogger(__name__)


class Documents:
    """The facts of documents, each read once for as long as it counts."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._facts: dict[str, EntityFacts] = {}

    def keep_only(self, records: Iterable[EntityRecord]) -> None:
        """Forget the documents that count no more."""
        wanted = {record.sha256 for record in records}
        self._facts = {sha: facts for sha, facts in self._facts.items() if sha in wanted}

    def read(self, records: Sequence[EntityRecord]) -> list[EntityFacts | BrokerError]:
        """The facts of each record's document, or why they cannot be read."""
        unread = {r.version: r for r in records if r.version and r.sha256 not in self._facts}
        found: dict[int, bytes] = {}
        if unread:
            with reading(self._engine) as connection:
                found = dated.documents(connection, unread)
        return [self._one(record, found) for record in records]

    def _one(self, record: EntityRecord, found: dict[int, bytes]) -> EntityFacts | BrokerError:
        known = self._facts.get(record.sha256 or "")
        if known is not None:
            return known
        xml = found.get(record.version or 0)
        if xml is None or record.sha256 is None:
            return Unknown("metadata.missing", "the document is not there")
        try:
            return self._facts.setdefault(record.sha256, read_entity(xml))
        except BrokerError as error:
            return error


class Maker(Generic[_T]):
    """Makes members of their records and documents; None of what cannot be read."""

    def __init__(
        self, make: Callable[[EntityRecord, EntityFacts], _T], documents: Documents
    ) -> None:
        self._make = make
        self._documents = documents

    def __call__(self, records: Sequence[EntityRecord]) -> list[_T | None]:
        """What is made of each record."""
        return [
            self._one(*pair) for pair in zip(records, self._documents.read(records), strict=True)
        ]

    def _one(self, record: EntityRecord, facts: EntityFacts | BrokerError) -> _T | None:
        try:
            if isinstance(facts, BrokerError):
                raise facts
            return self._make(record, facts)
        except _FAULTS as error:
            left_out(record.kind, f"{record.federation}/{record.code}", error)
            return None


def _nobody(_records: Sequence[EntityRecord]) -> Sequence[None]:
    return ()


class Shelf(Generic[_T]):
    """Records in an order, and what is made of each."""

    def __init__(
        self,
        records: Sequence[EntityRecord] = (),
        make: Callable[[Sequence[EntityRecord]], Sequence[_T | None]] = _nobody,
    ) -> None:
        self._records = records
        self._make = make
        self._lock = threading.Lock()
        self._made: dict[int, _T | None] = {}  # by row; None cannot be read
        self._by_entity = {record.entity_id: place for place, record in enumerate(records)}
        self._by_code = {record.code: place for place, record in enumerate(records)}
        self._by_row = {record.row: place for place, record in enumerate(records)}
        if len(records) <= FEW:
            self.all()

    def __len__(self) -> int:
        return len(self._records)

    def by_entity(self, entity_id: str) -> _T | None:
        """The one of that entityID."""
        return self._at(self._by_entity.get(entity_id))

    def by_code(self, code: str) -> _T | None:
        """The one of that code."""
        return self._at(self._by_code.get(code))

    def by_row(self, row: int) -> _T | None:
        """The one of that row."""
        return self._at(self._by_row.get(row))

    def of_codes(self, codes: Iterable[str]) -> tuple[_T, ...]:
        """Those of the codes that are there, in the order of the shelf."""
        return self._several({self._by_code[code] for code in codes if code in self._by_code})

    def of_entities(self, entity_ids: Iterable[str]) -> tuple[_T, ...]:
        """Those of the entityIDs that are there, in the order of the shelf."""
        return self._several({self._by_entity[e] for e in entity_ids if e in self._by_entity})

    def all(self) -> tuple[_T, ...]:
        """All of them that can be read, in their order."""
        return self._several(range(len(self._records)))

    def _at(self, place: int | None) -> _T | None:
        found = () if place is None else self._several([place])
        return found[0] if found else None

    def _several(self, places: Iterable[int]) -> tuple[_T, ...]:
        records = [self._records[place] for place in sorted(places)]
        unmade = [record for record in records if record.row not in self._made]
        if unmade:
            self._make_all(unmade)
        made = (self._made[record.row] for record in records)
        return tuple(one for one in made if one is not None)

    def _make_all(self, records: Sequence[EntityRecord]) -> None:
        made = self._make(records)
        with self._lock:
            for record, one in zip(records, made, strict=True):
                self._made.setdefault(record.row, one)


def left_out(kind: str, name: str, error: Exception) -> None:
    """Log that something registered cannot be read and counts for nothing."""
    _LOG.error("%s %s is left out of the registry: %s", kind, name, error)
