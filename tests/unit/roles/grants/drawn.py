"""What the machine draws from, and the naive model that it holds the services to."""

from datetime import datetime
from uuid import UUID

from hypothesis import strategies as st

from broker.roles.grants.facts import Ceiling, Scope
from broker.roles.grants.model import Grant
from tests.unit.roles.grants.rights import (
    ELSEWHERE,
    HOSPITAL,
    NIGHT,
    OWN,
    PARENTS,
    REGION,
    WARD,
    alone,
    below,
)

UNITS = (REGION, HOSPITAL, WARD, NIGHT, ELSEWHERE)
ROLES = ("reader", "caseworker")
# Drawn so that calls go through about as often as they are refused.
ANYBODY = st.sampled_from([0, 0, 1, 2, 2, 3])
HERE = st.integers(0, 1)
ELSE = st.sampled_from([False] * 5 + [True])
ANY_SCOPE = st.one_of(
    st.builds(
        Scope,
        st.just("sor"),
        st.just("value"),
        st.sampled_from(UNITS),
        with_descendants=st.booleans(),
    ),
    st.sampled_from([OWN, Scope("sor", "own_unit")]),
)
SCOPES = st.one_of(
    st.sampled_from([(below(HOSPITAL),), (below(WARD), below(NIGHT)), (OWN,), (alone(WARD),)]),
    st.lists(ANY_SCOPE, max_size=2).map(tuple),
)
CEILINGS = st.one_of(
    st.sampled_from([[Ceiling("sor", HOSPITAL, True)], [Ceiling("sor", WARD, True)]]),
    st.lists(st.builds(Ceiling, st.just("sor"), st.sampled_from(UNITS), st.booleans()), max_size=2),
)
WHO = st.integers(0, 3)
LATER = st.sampled_from([None, None, None, 1, 3])
UNTIL = st.sampled_from([None, None, 2, 4, 8])
WHICH = st.integers(0, 99)
Holding = tuple[UUID, tuple[Scope, ...], datetime, datetime]


def reach(value: str, *, tree: bool) -> frozenset[str]:
    """The units that a code stands for."""
    found = {value}
    while tree and (more := {unit for unit, above in PARENTS.items() if above in found} - found):
        found |= more
    return frozenset(found)


def as_held(grant: Grant) -> Holding:
    """A grant as what somebody holds."""
    return (grant.role, grant.scopes, grant.period.since, grant.period.until)


def covers(old: Holding, new: Holding, at: datetime) -> bool:
    """Whether what is held now was held before already, at least as long and as far."""
    (role, scopes, since, until), (was_role, was_scopes, was_since, was_until) = new, old
    if role != was_role or until > was_until or max(since, at) < max(was_since, at):
        return False
    if scopes == was_scopes:
        return True
    return bool(was_scopes) and all(
        any(smaller(one, other) for other in was_scopes) for one in scopes
    )


def smaller(one: Scope, other: Scope) -> bool:
    if one.mode != "value" or other.mode != "value":
        return one == other or (one.mode, other.mode) == ("own_unit", "own_unit_tree")
    return reach(one.value, tree=one.with_descendants) <= reach(
        other.value, tree=other.with_descendants
    )
