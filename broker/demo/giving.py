"""What the operator and the administrators of the demo gave, as `data/rights.toml` says it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from broker.demo.clerk import OPERATOR, Clerk
from broker.demo.homes import Home
from broker.metadata.documents import Table
from broker.roles.grants.bundles import Handing
from broker.roles.grants.facts import Ceiling, Scope
from broker.roles.grants.model import Wanted
from broker.roles.model import ScopeMode

_DAY = timedelta(days=1)
_ENTITLED, _GIVEN = 55, 50  # days before the demo began
_MODES: dict[str, ScopeMode] = {"own": "own_unit", "own+": "own_unit_tree"}
_LONGEST = 10_000  # days


@dataclass(slots=True)
class _Giver:
    """Everybody in one federation, and whom they can be found by."""

    clerk: Clerk
    homes: Mapping[str, tuple[Home, UUID]]
    administrators: Mapping[str, UUID]
    accounts: Mapping[tuple[str, str], UUID]
    start: datetime
    groups: dict[tuple[str, str], UUID] = field(default_factory=dict)
    bundles: dict[tuple[str, str], UUID] = field(default_factory=dict)

    def day(self, number: int) -> datetime:
        """So many days after the start, or before it."""
        return self.start + number * _DAY

    def home_of(self, person: str) -> str:
        """The organisation of somebody who has one; "" for nobody of this federation."""
        return next((home for who, home in self.accounts if who == person), "")


def give_rights(
    clerk: Clerk,
    rights: Table,
    *,
    homes: Mapping[str, tuple[Home, UUID]],
    administrators: Mapping[str, UUID],
    accounts: Mapping[tuple[str, str], UUID],
    start: datetime,
) -> None:
    """Entitle and grant. What is of organisations or services not in the federation is left out.

    Raises what the services do: a table that asks for what may not be is a mistake.
    """
    giver = _Giver(clerk, homes, administrators, accounts, start)
    steps = {
        "entitled": _entitle,
        "exception": _except,
        "group": _gather,
        "bundle": _bundle,
        "grant": _grant,
    }
    for key, step in steps.items():
        for table in rights.tables(key):
            step(giver, table)
    rights.done()


def _entitle(giver: _Giver, table: Table) -> None:
    key, spelled, within = table.text("home"), table.texts("roles"), table.texts("within")
    table.done()
    if key not in giver.homes:
        return
    home, organisation = giver.homes[key]
    limits = [*within, *([f"{home.root}+"] if home.root else [])]
    at = giver.day(-_ENTITLED)
    deed = giver.clerk.deed(at, "aftalt med tjenestens ejer")
    for role in giver.clerk.roles(spelled):
        version = role.at(at)
        taken = {one.type for one in version.delimitations} if version else set()
        scopes = (_scope(text) for text in limits)
        ceiling = [
            Ceiling(scope.type, scope.value, scope.with_descendants)
            for scope in scopes
            if scope.type in taken
        ]
        giver.clerk.entitlements.entitle(
            giver.clerk.connection, OPERATOR, organisation, role.id, ceiling, deed
        )


def _except(giver: _Giver, table: Table) -> None:
    to, rule = table.text("to"), table.text("rule")
    until, reason = table.number("days", 300, 1, _LONGEST), table.text("reason")
    table.done()
    home, clerk, at = giver.home_of(to), giver.clerk, giver.day(-_ENTITLED)
    if not home:
        return
    who, deed = clerk.acting(giver.administrators[home], at), clerk.deed(at, reason)
    asked = clerk.exceptions.ask(
        clerk.connection, who, rule, giver.accounts[to, home], giver.day(until), deed
    )
    clerk.exceptions.approve(clerk.connection, OPERATOR, asked, deed)


def _gather(giver: _Giver, table: Table) -> None:
    home, name, members = table.text("home"), table.text("name"), table.texts("members")
    table.done()
    if home not in giver.homes:
        return
    clerk, at = giver.clerk, giver.day(-_GIVEN)
    who, deed = clerk.acting(giver.administrators[home], at), clerk.deed(at, "arbejder sammen")
    made = clerk.groups.create(who, giver.homes[home][1], name, deed)
    giver.groups[name, home] = made
    for member in members:
        clerk.groups.join(who, made, giver.accounts[member, home], deed)


def _bundle(giver: _Giver, table: Table) -> None:
    home, name, spelled = table.text("home"), table.text("name"), table.texts("roles")
    table.done()
    clerk, at = giver.clerk, giver.day(-_GIVEN)
    roles = clerk.roles(spelled)
    if home not in giver.homes or not roles:
        return
    who, deed = clerk.acting(giver.administrators[home], at), clerk.deed(at, "det, de fleste får")
    made = clerk.bundles.make(
        clerk.connection, who, giver.homes[home][1], name, [role.id for role in roles], deed
    )
    giver.bundles[name, home] = made.id


def _grant(giver: _Giver, table: Table) -> None:
    to = table.text("to")
    home = table.text("home", giver.home_of(to) or "nobody")
    since, until = _days(table, "since"), _days(table, "until")
    spelled, units = table.texts("roles"), table.texts("units")
    bundle, revoked = table.optional("bundle"), _days(table, "revoked")
    table.done()
    if home not in giver.homes:
        return
    clerk, at = giver.clerk, giver.day(-_GIVEN)
    who, deed = clerk.acting(giver.administrators[home], at), clerk.deed(at, "hører til jobbet")
    account, group = giver.accounts.get((to, home)), giver.groups.get((to, home))
    begins = None if since is None else giver.day(since)
    ends = None if until is None else giver.day(until)
    if bundle is not None:
        if (bundle, home) in giver.bundles:
            handing = Handing(account, group, begins, ends)
            clerk.bundles.give(clerk.connection, who, giver.bundles[bundle, home], handing, deed)
        return
    for role in clerk.roles(spelled):
        wanted = Wanted(
            organisation=giver.homes[home][1],
            role=role.id,
            account=account,
            group=group,
            scopes=tuple(_scope(text) for text in units),
            since=begins,
            until=ends,
        )
        given = clerk.grants.give(clerk.connection, who, wanted, deed)
        if revoked is not None:
            later = clerk.deed(giver.day(revoked), "har fået andet arbejde")
            clerk.grants.revoke(clerk.connection, who, given.grant.id, later)


def _days(table: Table, key: str) -> int | None:
    return table.number(key, 0, -_LONGEST, _LONGEST) if table.has(key) else None


def _scope(text: str) -> Scope:
    """A unit as the table spells it; `+` is with everything below."""
    if text in _MODES:
        return Scope("sor", _MODES[text], with_descendants=text == "own+")
    type_id, _, code = text.rpartition(":")
    return Scope(type_id or "sor", "value", code.removesuffix("+"), code.endswith("+"))
