"""What the code lists say at one instant, each question asked once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from broker.codelists import store
from broker.codelists.model import is_list
from broker.db import Connection
from broker.roles.grants.facts import Ceiling
from broker.roles.grants.scopes import UNITS
from broker.roles.model import DelimitationType

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class CodeBook:
    """The lists at an instant, for one piece of work on one connection."""

    connection: Connection
    at: datetime
    _open: dict[tuple[str, str], bool] = field(default_factory=dict)
    _below: dict[tuple[str, str, str], bool] = field(default_factory=dict)
    _trees: dict[tuple[str, str], bool] = field(default_factory=dict)
    _above: dict[str, frozenset[str]] = field(default_factory=dict)

    def is_open(self, list_id: str, code: str) -> bool:
        """Whether the code is known, and not closed."""
        key = (list_id, code)
        if key not in self._open:
            known = is_list(list_id) and store.value(self.connection, list_id, code, self.at)
            self._open[key] = bool(known)
        return self._open[key]

    def is_below(self, list_id: str, above: str, code: str) -> bool:
        """Whether the code hangs somewhere below the other; no code is below itself."""
        key = (list_id, above, code)
        if key not in self._below:
            pair = (above, code)
            self._below[key] = (
                above != code
                and is_list(list_id)
                and pair in store.under(self.connection, list_id, (pair,), self.at)
            )
        return self._below[key]

    def learn(
        self,
        types: Mapping[str, DelimitationType],
        ceiling: Sequence[Ceiling],
        values: Collection[str],
    ) -> None:
        """Ask at once how many values lie below the codes of a ceiling."""
        listed = list(values)
        for limit in ceiling:
            kind = types.get(limit.type)
            if kind is None or kind.list_id is None or not is_list(kind.list_id):
                continue
            for start in range(0, len(listed), _CHUNK):
                pairs = {(limit.value, value) for value in listed[start : start + _CHUNK]}
                below = store.under(self.connection, kind.list_id, pairs, self.at)
                for pair in pairs:
                    self._below[(kind.list_id, *pair)] = pair in below and pair[0] != pair[1]

    def has_below(self, list_id: str, code: str) -> bool:
        """Whether anything hangs below the code."""
        key = (list_id, code)
        if key not in self._trees:
            self._trees[key] = is_list(list_id) and any(
                one != code for one in store.descendants(self.connection, list_id, code, self.at, 2)
            )
        return self._trees[key]

    def units_above(self, unit: str) -> frozenset[str]:
        """A unit and every unit above it."""
        if unit not in self._above:
            way = store.path(self.connection, UNITS, unit, self.at)
            self._above[unit] = frozenset(one.code for one in way)
        return self._above[unit]
