"""What can be chosen to narrow a role: own unit, what a search finds, one step down the tree."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import request

from broker.codelists import store as codes
from broker.codelists.model import CodeValue, ListId, is_list
from broker.db import Connection
from broker.organisations.model import Account
from broker.portals.employee.asking import LONGEST
from broker.portals.employee.naming import Names, unit_name
from broker.portals.person import Person
from broker.roles.grants.codebook import CodeBook
from broker.roles.grants.facts import Ceiling, Scope
from broker.roles.grants.scopes import UNITS, beyond
from broker.roles.model import DelimitationType, Role, RoleDelimitation, RoleVersion
from broker.roles.requests.drafts import Picked
from broker.saml.entities import Localised

MOST = 20  # results of a search, and branches of a step down the tree
_FOUND = 200  # that are looked through for those within what may be given


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to tick: its value in the form, and what it says."""

    value: str
    label: Localised
    under: str | None = None  # where it lies
    ticked: bool = False
    down: str | None = None  # the code to look below, where anything lies there


@dataclass(frozen=True, slots=True)
class Part:
    """One type that narrows a role, with everything that can be chosen."""

    kind: DelimitationType
    rule: RoleDelimitation
    needed: bool
    own: tuple[Choice, ...]
    chosen: tuple[Choice, ...]
    results: tuple[Choice, ...]
    way: tuple[CodeValue, ...]  # down to where one looks
    limits: tuple[Localised, ...]  # what the organisation may give
    text: str
    searched: bool
    typed: str | None  # of a type without a list: what was written
    fault: bool = False


@dataclass(frozen=True, slots=True)
class PickDesk:
    """What one page is made of."""

    connection: Connection
    person: Person
    account: Account
    role: Role
    version: RoleVersion
    picked: Picked
    names: Names
    ceiling: tuple[Ceiling, ...]
    codes: CodeBook


def part_of(
    desk: PickDesk, kind: DelimitationType, rule: RoleDelimitation, *, needed: bool, fault: bool
) -> Part:
    """Everything that can be chosen of one type, as the address of the page looks for it."""
    chosen = [one for one in desk.picked.scopes if one.type == kind.id]
    text = request.args.get(f"find-{kind.id}", "").strip()[:LONGEST]
    where = request.args.get(f"in-{kind.id}", "")[:64]
    limits = [limit for limit in desk.ceiling if limit.type == kind.id]
    results: tuple[Choice, ...] = ()
    way: tuple[CodeValue, ...] = ()
    listed = kind.list_id
    if listed is not None and is_list(listed):
        found, way = _look(desk, listed, text, where, limits)
        results = _choices(desk, kind, found, chosen)
    return Part(
        kind,
        rule,
        needed,
        _own(desk, kind, rule, chosen),
        tuple(
            Choice(value_of(one), desk.names.scope(one), None, ticked=True)
            for one in chosen
            if one.mode == "value" and value_of(one) not in {r.value for r in results}
        )
        if listed is not None
        else (),
        results,
        way,
        tuple(desk.names.limit(limit) for limit in limits),
        text,
        bool(text),
        None if listed is not None else " ".join(one.value for one in chosen),
        fault,
    )


def _look(
    desk: PickDesk, listed: ListId, text: str, where: str, limits: Sequence[Ceiling]
) -> tuple[tuple[CodeValue, ...], tuple[CodeValue, ...]]:
    """What a search finds, or lies one step below a unit; and the way down to there."""
    connection, at = desk.connection, desk.person.now
    if text:
        return codes.search(connection, listed, text, at, _FOUND), ()
    if where:
        way = codes.path(connection, listed, where, at)
        below = codes.children(connection, listed, where, at)
        return below, _within(desk, way, limits)
    if limits:
        tops = codes.values(connection, listed, [limit.value for limit in limits], at)
        return tuple(tops.values()), ()
    return codes.children(connection, listed, None, at), ()


def _within(
    desk: PickDesk, way: Sequence[CodeValue], limits: Sequence[Ceiling]
) -> tuple[CodeValue, ...]:
    return tuple(one for one in way if _may(desk, one, limits))


def _may(desk: PickDesk, one: CodeValue, limits: Sequence[Ceiling]) -> bool:
    if not limits:
        return True
    kind = limits[0].type
    scope = Scope(kind, "value", one.code, with_descendants=False)
    return not any(True for _ in beyond([scope], limits, desk.names.catalogue.types, desk.codes))


def _choices(
    desk: PickDesk, kind: DelimitationType, found: Sequence[CodeValue], chosen: Sequence[Scope]
) -> tuple[Choice, ...]:
    limits = [limit for limit in desk.ceiling if limit.type == kind.id]
    ticked = {value_of(one) for one in chosen}
    choices: list[Choice] = []
    for value in found:
        if len(choices) >= MOST or not _may(desk, value, limits):
            continue
        listed = kind.list_id or ""
        deep = kind.hierarchical and desk.codes.has_below(listed, value.code)
        below = next((limit for limit in limits if limit.value == value.code), None)
        if deep and below is not None and not below.with_descendants:
            deep = False
        scope = Scope(kind.id, "value", value.code, with_descendants=deep)
        named = replace(desk.names, units={(kind.id, value.code): value.name})
        choices.append(
            Choice(
                value_of(scope),
                named.scope(scope),
                value.kind or None,
                ticked=value_of(scope) in ticked,
                down=value.code if deep else None,
            )
        )
    return tuple(choices)


def _own(
    desk: PickDesk, kind: DelimitationType, rule: RoleDelimitation, chosen: Sequence[Scope]
) -> tuple[Choice, ...]:
    modes = {one.mode for one in chosen}
    home = desk.account.home_code
    if not rule.own_unit:
        return ()
    if kind.list_id == "cvr":
        label = Localised("Min organisation", "My organisation")
        return (Choice("own_cvr", label, ticked="own_cvr" in modes),)
    if kind.list_id != UNITS or not home:
        return ()
    name = unit_name(desk.connection, home, desk.person.now) or home
    alone = Localised(f"Min egen enhed, nu {name}", f"My own unit, now {name}")
    tree = Localised(
        f"Min egen enhed med alt derunder, nu {name}",
        f"My own unit with everything below, now {name}",
    )
    deep = desk.codes.has_below(UNITS, home)
    mode, label = ("own_unit_tree", tree) if deep else ("own_unit", alone)
    return (Choice(mode, label, ticked=mode in modes),)


def value_of(scope: Scope) -> str:
    """A scope as the value of a tick box."""
    return scope.mode if scope.mode != "value" else f"{scope.value}{'+' * scope.with_descendants}"
