"""From what narrows a grant to what is issued: own unit found, ceilings kept, units spread out.

Pure. Whatever cannot be said exactly is not said: a role without its limit, or with another
one, would be a wider role.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import product
from uuid import UUID

from broker.organisations.model import Account
from broker.roles.answer import Candidate, Source
from broker.roles.grants.facts import Ceiling, EffectiveGrant, Entitlement, Scope
from broker.roles.model import (
    MAX_COMBINED,
    Delimitation,
    DelimitationType,
    HeldRole,
    Role,
    RoleVersion,
    ServiceVersion,
)
from broker.roles.units import Questions, Units, pairs_of

MAX_SPREAD = 200  # units that one code is spread out to for a service that knows no subtrees

UNITS = "sor"  # the list that the unit of an account stands in


class Withheld(Exception):
    """A candidate gives nothing; kept inside this package."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def candidate(
    grant: EffectiveGrant, role: Role, account: Account, types: Mapping[str, DelimitationType]
) -> Candidate:
    """A grant as a candidate, with "own unit" and "own organisation" found for this person."""
    source = Source(
        "grant",
        grant.id,
        grant.via_name or grant.via,
        grant.via,
        grant.by,
        grant.period,
        None,
        grant.reason,
        grant.case_no,
    )
    try:
        units = tuple(_unit(scope, account, types) for scope in grant.scopes)
    except Withheld as withheld:
        return Candidate(role, source, (), withheld.code)
    return Candidate(role, source, units)


def _unit(scope: Scope, account: Account, types: Mapping[str, DelimitationType]) -> Delimitation:
    kind = types.get(scope.type)
    if kind is None:
        raise Withheld("scope.type")
    if scope.mode == "value":
        return Delimitation(scope.type, scope.value, scope.with_descendants)
    if scope.mode == "own_cvr":
        return Delimitation(scope.type, account.cvr, with_descendants=False)
    if kind.list_id != UNITS:
        raise Withheld("scope.own_unit_type")
    if account.home_code is None:
        raise Withheld("scope.no_home")
    return Delimitation(scope.type, account.home_code, scope.mode == "own_unit_tree")


def questions(
    candidates: Iterable[Candidate],
    entitlements: Mapping[UUID, Entitlement],
    service: ServiceVersion,
    types: Mapping[str, DelimitationType],
    at: datetime,
) -> Questions:
    """What code lists must be asked before `held` can tell what the candidates come to."""
    pairs: set[tuple[str, str, str]] = set()
    alone: set[tuple[str, str]] = set()
    spread: set[tuple[str, str]] = set()
    for one in candidates:
        entitled = entitlements.get(one.role.id)
        version = one.role.at(at)
        for unit in one.units:
            kind = types.get(unit.type)
            if kind is None or kind.list_id is None:
                continue
            limits = [c.value for c in entitled.ceilings if c.type == unit.type] if entitled else []
            pairs |= pairs_of(unit.type, limits, [unit.value])
            taken = version.takes(unit.type) if version else None
            if taken is not None and unit.with_descendants:
                pairs |= {(unit.type, unit.value, code) for code in taken.forbidden}
            if kind.hierarchical:
                alone.add((unit.type, unit.value))
                if service.subtree == "expand" and unit.with_descendants:
                    spread.add((unit.type, unit.value))
    return Questions(frozenset(pairs), frozenset(alone), frozenset(spread))


def held(
    one: Candidate,
    version: RoleVersion,
    entitled: Entitlement | None,
    service: ServiceVersion,
    units: Units,
    cvr: str,
) -> tuple[HeldRole, ...]:
    """What a candidate comes to, one for each combination of units. Raises Withheld."""
    if one.trouble:
        raise Withheld(one.trouble)
    if entitled is None:
        raise Withheld("role.not_entitled")
    by_type: dict[str, list[Delimitation]] = {}
    for unit in one.units:
        by_type.setdefault(unit.type, []).append(unit)
    _check_types(version, by_type)
    for type_id, chosen in by_type.items():
        for unit in chosen:
            _check_unit(unit, version, units)
            _check_ceiling(unit, [c for c in entitled.ceilings if c.type == type_id], units)
    _check_bare(entitled.ceilings, by_type)
    ways = [
        [told for unit in chosen for told in _told(unit, service, units)]
        for _, chosen in sorted(by_type.items())
    ]
    count = 1
    for way in ways:
        count *= len(way)
    if count > MAX_COMBINED:
        raise Withheld("scope.too_many", f"{count} combinations")
    return tuple(
        HeldRole(
            urn=one.role.urn,
            code=one.role.code,
            cvr=cvr,
            delimitations=tuple(combined),
            aliases=version.aliases,
            national=one.role.service is None,
        )
        for combined in product(*ways)
    )


def _check_types(version: RoleVersion, by_type: Mapping[str, Sequence[Delimitation]]) -> None:
    for type_id in by_type:
        if version.takes(type_id) is None:
            raise Withheld("scope.type", type_id)
    for taken in version.delimitations:
        if taken.least > 0 and not by_type.get(taken.type):
            raise Withheld("scope.missing", taken.type)


def _check_unit(unit: Delimitation, version: RoleVersion, units: Units) -> None:
    taken = version.takes(unit.type)
    for code in taken.forbidden if taken is not None else ():
        below = unit.with_descendants and units.under(unit.type, unit.value, code)
        if below or unit.value == code:
            raise Withheld("scope.forbidden", unit.value)
    if not units.known(unit.type, unit.value):
        raise Withheld("scope.unknown_code", unit.value)


def _check_ceiling(unit: Delimitation, ceilings: Sequence[Ceiling], units: Units) -> None:
    """Within one of the limits, whole: a code with all below it needs a limit of that kind."""
    if not ceilings:
        return
    for limit in ceilings:
        if limit.with_descendants and units.under(unit.type, limit.value, unit.value):
            return
        narrow = not unit.with_descendants or not units.has_below(unit.type, unit.value)
        if limit.value == unit.value and narrow:
            return
    raise Withheld("scope.ceiling", unit.value)


def _check_bare(ceilings: Sequence[Ceiling], by_type: Mapping[str, object]) -> None:
    """A limit of a type binds a role without that type too: everything is beyond any limit."""
    for limit in ceilings:
        if limit.type not in by_type:
            raise Withheld("scope.ceiling", limit.type)


def _told(unit: Delimitation, service: ServiceVersion, units: Units) -> Iterator[Delimitation]:
    """The unit as this kind of service understands it."""
    wide = units.has_below(unit.type, unit.value)
    if not wide:
        yield Delimitation(unit.type, unit.value, with_descendants=False)
    elif service.subtree == "code":
        if not unit.with_descendants:
            # The service would read the code as everything below it as well.
            raise Withheld("scope.exact", unit.value)
        yield unit
    elif not unit.with_descendants:
        yield unit
    else:
        below = units.below.get((unit.type, unit.value), ())
        if not below or len(below) > MAX_SPREAD:
            raise Withheld("scope.too_many", unit.value)
        for code in below:
            yield Delimitation(unit.type, code, with_descendants=False)
