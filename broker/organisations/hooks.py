"""What packages above take part in, within the transaction of a change here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from broker.db import Connection
from broker.organisations.model import Actor, Deed
from broker.periods import Period


@dataclass(frozen=True, slots=True)
class Moved:
    """Which organisation, accounts and groups became which others."""

    old: UUID  # the organisation; the same as `new` where two accounts in it became one
    new: UUID
    accounts: Mapping[UUID, UUID]
    groups: Mapping[UUID, UUID] = field(default_factory=dict)


class Mover(Protocol):
    """Copies what hangs on accounts and groups to those that they became: the grants.

    Whatever is raised undoes the whole change. The old rows stay as they are, for the record;
    what must end at the old accounts is ended here too.
    """

    def count(self, connection: Connection, organisation: UUID, at: datetime) -> int:
        """How many grants of an organisation would be moved now."""
        ...

    def move(self, connection: Connection, moved: Moved, actor: Actor, deed: Deed) -> int:
        """Move them; how many."""
        ...


class MembershipGuard(Protocol):
    """Looks at a membership before it is written, and raises NotAllowed to forbid it.

    For roles that conflict, and roles that the actor would come to in this way.
    """

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
        """Say nothing, or refuse."""
        ...

    def uniting(
        self, connection: Connection, *, accounts: Collection[UUID], actor: Actor, at: datetime
    ) -> None:
        """Say nothing, or refuse to make one person of several accounts."""
        ...


class Units(Protocol):
    """The tree that units of organisations stand in."""

    def above(self, connection: Connection, unit: str, at: datetime) -> frozenset[str]:
        """The unit itself and every unit that it lies below."""
        ...


class ServiceNames(Protocol):
    """The services that a mandate may be for."""

    def known(self, connection: Connection, federation: str, service: str) -> bool:
        """Whether there is such a service in the federation."""
        ...


@dataclass(frozen=True, slots=True)
class NothingToMove:
    """Where no grants are kept."""

    def count(self, connection: Connection, organisation: UUID, at: datetime) -> int:
        """None at all."""
        return 0

    def move(self, connection: Connection, moved: Moved, actor: Actor, deed: Deed) -> int:
        """None at all."""
        return 0


@dataclass(frozen=True, slots=True)
class EverybodyMayJoin:
    """Where groups carry no roles."""

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
        """Refuse nobody."""

    def uniting(
        self, connection: Connection, *, accounts: Collection[UUID], actor: Actor, at: datetime
    ) -> None:
        """Refuse nobody."""


@dataclass(frozen=True, slots=True)
class UnitsAlone:
    """Where no tree of units is loaded: each stands for itself."""

    def above(self, connection: Connection, unit: str, at: datetime) -> frozenset[str]:
        """The unit itself."""
        return frozenset({unit})
