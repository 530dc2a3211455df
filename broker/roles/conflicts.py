"""Roles that should not meet in one person, and the exceptions to that. Pure.

Asked of what people hold at an instant, or would hold after a change: the same answer when
a grant is written, in the report over everybody, and at login.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from broker.periods import Period
from broker.roles.model import SodRule


@dataclass(frozen=True, slots=True)
class SodException:
    """That an account may hold both sides of a rule for a while; approved by somebody else.

    It is an exception to the rule by its code, so that new words for a rule do not end it.
    """

    id: UUID
    federation: str
    rule: str
    account: UUID
    period: Period


@dataclass(frozen=True, slots=True)
class Conflict:
    """A rule that somebody meets both sides of, with the roles that do it."""

    rule: SodRule
    accounts: frozenset[UUID]  # which of the person's accounts hold the roles
    a: frozenset[UUID]
    b: frozenset[UUID]
    excepted: bool = False

    @property
    def blocks(self) -> bool:
        """Whether it may not be: always, or because no exception holds."""
        return self.rule.action == "block" or (
            self.rule.action == "exception" and not self.excepted
        )

    @property
    def roles(self) -> frozenset[UUID]:
        """Every role that is part of it."""
        return self.a | self.b


def conflicts(
    rules: Iterable[SodRule],
    held_by_account: Mapping[UUID, frozenset[UUID]],
    exceptions: Sequence[SodException],
    at: datetime,
) -> tuple[Conflict, ...]:
    """The conflicts of one human being at an instant, given the roles of each account.

    A rule of reach `identity` looks at each account alone, one of reach `person` at all of
    them together. An exception counts for a rule of action `exception`, and lifts it for the
    account that it names: with reach `person`, for whoever has that account.
    """
    return tuple(
        found
        for rule in rules
        if rule.period.covers(at)
        for held in _reached(rule, held_by_account)
        if (found := _met(rule, held, exceptions, at)) is not None
    )


def _reached(
    rule: SodRule, held_by_account: Mapping[UUID, frozenset[UUID]]
) -> Iterator[Mapping[UUID, frozenset[UUID]]]:
    if rule.reach == "person":
        yield held_by_account
    else:
        yield from ({account: roles} for account, roles in held_by_account.items())


def _met(
    rule: SodRule,
    held: Mapping[UUID, frozenset[UUID]],
    exceptions: Sequence[SodException],
    at: datetime,
) -> Conflict | None:
    roles = frozenset[UUID]().union(*held.values())
    a, b = roles & rule.a, roles & rule.b
    # One role on both sides is no conflict with itself.
    if not a or not b or len(a | b) < 2:
        return None
    accounts = frozenset(account for account, own in held.items() if own & (a | b))
    excepted = rule.action == "exception" and any(
        one.rule == rule.code and one.account in held and one.period.covers(at)
        for one in exceptions
    )
    return Conflict(rule, accounts, a, b, excepted)
