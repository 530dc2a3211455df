"""What packages above would be: they remember what they were shown, and can refuse."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from broker.db import Connection
from broker.errors import NotAllowed
from broker.organisations.hooks import Moved
from broker.organisations.model import Actor, Deed
from broker.periods import Period


@dataclass
class Grants:
    """Moves seven grants, or refuses."""

    moves: list[Moved] = field(default_factory=list)
    refuses: bool = False

    def count(self, connection: Connection, organisation: UUID, at: datetime) -> int:
        return 7

    def move(self, connection: Connection, moved: Moved, actor: Actor, deed: Deed) -> int:
        if self.refuses:
            raise NotAllowed("grant.conflict", "two of the roles conflict")
        assert connection.in_transaction()
        self.moves.append(moved)
        return 7


@dataclass
class Guard:
    """Keeps people out of the groups it is told."""

    closed: set[UUID] = field(default_factory=set)
    seen: list[tuple[UUID, UUID]] = field(default_factory=list)

    def joining(
        self,
        connection: Connection,
        *,
        group: UUID,
        account: UUID,
        period: Period,
        actor: Actor,
        at: datetime,
    ) -> None:
        self.seen.append((group, account))
        if group in self.closed:
            raise NotAllowed("conflict.group", "the roles of the group conflict")

    def uniting(
        self, connection: Connection, *, accounts: Collection[UUID], actor: Actor, at: datetime
    ) -> None:
        """Everybody may be one."""


@dataclass
class Tree:
    """Each digit more is one level lower: 12 lies below 1."""

    def above(self, connection: Connection, unit: str, at: datetime) -> frozenset[str]:
        return frozenset(unit[:length] for length in range(1, len(unit) + 1))


@dataclass
class OneService:
    """Knows DPSD alone."""

    def known(self, connection: Connection, federation: str, service: str) -> bool:
        return service == "dpsd"
