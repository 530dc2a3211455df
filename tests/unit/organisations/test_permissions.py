"""Who may do what: every action by every mandate, near and far, to others and to oneself."""

from dataclasses import replace
from typing import get_args
from uuid import UUID, uuid4

import pytest

from broker.errors import NotAllowed
from broker.organisations.model import Actor, Mandate, MandateKind
from broker.organisations.permissions import PERMISSIONS, Action, Thing, allowed, demand
from broker.periods import Period
from broker.saml.assurance import Assurance
from tests.unit.organisations.world import BEGUN

HERE, THERE, ME, OTHER = uuid4(), uuid4(), uuid4(), uuid4()
SECOND = uuid4()  # another account of mine
KINDS: tuple[MandateKind, ...] = get_args(MandateKind)
ACTIONS: tuple[Action, ...] = get_args(Action)

# What is done something to, seen from a mandate in the organisation HERE, the unit "1", and
# the service "dpsd".
SITUATIONS: dict[str, Thing] = {
    "near": Thing("sundhed", HERE, "dpsd", subject=OTHER, units=frozenset({"11", "1"})),
    "myself": Thing("sundhed", HERE, "dpsd", subject=ME, units=frozenset({"1"})),
    "my second account": Thing("sundhed", HERE, "dpsd", subject=SECOND, units=frozenset({"1"})),
    "among others": Thing("sundhed", HERE, "dpsd", OTHER, (SECOND,), frozenset({"1"})),
    "other unit": Thing("sundhed", HERE, "dpsd", subject=OTHER, units=frozenset({"2"})),
    "other organisation": Thing("sundhed", THERE, "dpsd", subject=OTHER, units=frozenset({"1"})),
    "other service": Thing("sundhed", HERE, "other", subject=OTHER, units=frozenset({"1"})),
    "other federation": Thing("borger", HERE, "dpsd", subject=OTHER, units=frozenset({"1"})),
}
ONESELF = frozenset({"myself", "my second account", "among others"})
FAR = frozenset({"other unit", "other organisation", "other service"})
REACHES: dict[str, frozenset[str]] = {
    "everywhere": frozenset({"near"}) | ONESELF | FAR,
    "everywhere, others": frozenset({"near"}) | FAR,
    "organisation": frozenset({"near", "other unit", "other service"}) | ONESELF,
    "unit": frozenset({"near", "other service"}) | ONESELF,
    "unit, others": frozenset({"near", "other service"}),
    "service": frozenset({"near", "other unit", "other organisation"}) | ONESELF,
    "service, others": frozenset({"near", "other unit", "other organisation"}),
    "nothing": frozenset(),
}
OPERATOR = {"operator": "everywhere"}
OPERATOR_OTHERS = {"operator": "everywhere, others"}
CHIEF_AND_ADMIN = {"org_chief": "unit, others", "org_admin": "unit, others"}
ORGANISATION = {"org_chief": "organisation", "org_admin": "organisation"}
READERS = {**ORGANISATION, "org_approver": "organisation", "org_reader": "organisation"}
EXPECTED: dict[Action, dict[str, str]] = {
    "organisation.register": OPERATOR,
    "organisation.change": OPERATOR,
    "organisation.merge": OPERATOR,
    "organisation.read": {**OPERATOR, "auditor": "everywhere", **READERS},
    "person.add": {**OPERATOR, "org_chief": "organisation", "org_admin": "unit"},
    "person.change": CHIEF_AND_ADMIN,
    "person.leave": {**OPERATOR, **CHIEF_AND_ADMIN},
    "person.merge": {**OPERATOR_OTHERS, "org_admin": "unit, others"},
    "identity.link": {**OPERATOR_OTHERS, "org_admin": "unit, others"},
    "group.change": ORGANISATION,
    "group.member": CHIEF_AND_ADMIN,
    "bundle.change": ORGANISATION,
    "mandate.give": {},  # below, by what is given
    "mandate.take": {},
    "substitute.name": {**OPERATOR, **ORGANISATION, "org_approver": "organisation"},
    "entitlement.change": OPERATOR,
    "catalogue.change": {**OPERATOR, "service_owner": "service"},
    "rule.propose": {**OPERATOR, "service_owner": "service"},
    "rule.activate": OPERATOR_OTHERS,
    "conflict.except": {**OPERATOR_OTHERS, "service_owner": "service, others"},
    "grant.give": CHIEF_AND_ADMIN,
    "grant.change": CHIEF_AND_ADMIN,
    "grant.revoke": {
        **OPERATOR,
        "service_owner": "service",
        "org_chief": "unit",
        "org_admin": "unit",
    },
    "request.send": {**ORGANISATION, "org_approver": "organisation"},
    "request.decide.org_approver": {**CHIEF_AND_ADMIN, "org_approver": "unit, others"},
    "request.decide.org_chief": {"org_chief": "unit, others"},
    "request.decide.service_owner": {"service_owner": "service, others"},
    "request.decide.operator": OPERATOR_OTHERS,
    "review.open": {**OPERATOR, "org_chief": "organisation", "service_owner": "service"},
    "review.decide": {**CHIEF_AND_ADMIN, "service_owner": "service, others"},
    "import.upload": ORGANISATION,
    "report.read": {
        **OPERATOR,
        "auditor": "everywhere",
        "service_owner": "service",
        **READERS,
    },
    "service.read": {
        **OPERATOR,
        "auditor": "everywhere",
        "service_owner": "service",
        "service_tech": "service",
    },
    "service.change": {**OPERATOR, "service_owner": "service", "service_tech": "service"},
    "service.register": {
        "service_owner": "everywhere",
        "org_chief": "organisation",
        "org_admin": "organisation",
    },
    "service.ask": {"service_owner": "service"},
    "federation.read": {
        **OPERATOR,
        "operator_publisher": "everywhere",
        "auditor": "everywhere",
    },
    "activation.pause": {**OPERATOR, "operator_publisher": "everywhere"},
    "rollover.take_back": {**OPERATOR, "operator_publisher": "everywhere"},
    "case.read": {**OPERATOR, "auditor": "everywhere", "service_owner": "service"},
    "case.open": {**OPERATOR, **ORGANISATION},
    "case.work": OPERATOR,
    "case.decide.operator": OPERATOR_OTHERS,
    "case.decide.service_owner": {"service_owner": "service, others"},
    "vendor.extend": {**OPERATOR_OTHERS, "service_owner": "service, others"},
    "vendor.end": {**OPERATOR, "service_owner": "service"},
    "rollover.change": OPERATOR,
    "metadata.decide": OPERATOR,
    "desk.look": OPERATOR,
    "activation.change": OPERATOR,
    "mail.change": OPERATOR,
}
GIVES: dict[str, set[str]] = {
    "operator": set(KINDS),
    "service_owner": {"service_owner", "service_tech"},
    "org_chief": {"org_admin", "org_approver", "org_reader"},
    "org_admin": {"org_admin", "org_approver", "org_reader"},
}
GIVEN = {
    "operator": ("everywhere, others", "everywhere"),
    "service_owner": ("service, others", "service"),
    "org_chief": ("organisation, others", "organisation"),
    "org_admin": ("unit, others", "unit"),
}
REACHES["organisation, others"] = REACHES["organisation"] - ONESELF


def mandate(kind: MandateKind, *, in_place_of: UUID | None = None) -> Mandate:
    return Mandate(
        id=uuid4(),
        account=ME,
        kind=kind,
        federation="sundhed",
        organisation=HERE if kind.startswith("org_") else None,
        service="dpsd" if kind.startswith("service_") else None,
        unit_code="1" if kind.startswith("org_") else None,
        period=Period(BEGUN),
        on_behalf_of=in_place_of,
    )


def me(*mandates: Mandate, assurance: Assurance = Assurance.HIGH) -> Actor:
    return Actor(
        label="me",
        federation="sundhed",
        account=ME,
        accounts=frozenset({ME, SECOND}),
        organisation=HERE,
        mandates=mandates,
        assurance=assurance,
    )


def reached(kind: MandateKind, action: Action) -> frozenset[str]:
    who = me(mandate(kind))
    return frozenset(name for name, thing in SITUATIONS.items() if allowed(who, action, thing))


def test_the_table_here_names_every_action() -> None:
    assert EXPECTED.keys() == set(ACTIONS) == PERMISSIONS.keys()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("action", [one for one in ACTIONS if EXPECTED[one]])
def test_an_action_reaches_exactly_as_far_as_written(action: Action, kind: MandateKind) -> None:
    assert reached(kind, action) == REACHES[EXPECTED[action].get(kind, "nothing")]


@pytest.mark.parametrize("given", KINDS)
@pytest.mark.parametrize("kind", KINDS)
def test_nobody_hands_out_more_than_is_below_the_own(kind: MandateKind, given: MandateKind) -> None:
    things = {name: replace(one, mandate=given) for name, one in SITUATIONS.items()}
    may = given in GIVES.get(kind, set())
    actions: tuple[Action, Action] = ("mandate.give", "mandate.take")
    for number, action in enumerate(actions):
        reach = REACHES[GIVEN[kind][number]] if may else frozenset()
        found = {
            name for name, thing in things.items() if allowed(me(mandate(kind)), action, thing)
        }
        assert found == reach, action


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("myself", "permission.oneself"),
        ("my second account", "permission.oneself"),
        ("among others", "permission.oneself"),
        ("other unit", "permission.unit"),
        ("other organisation", "permission.organisation"),
        ("other federation", "permission.federation"),
    ],
)
def test_a_refusal_says_what_was_in_the_way(name: str, code: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        demand(me(mandate("org_admin")), "grant.give", SITUATIONS[name])
    assert refused.value.code == code


def test_a_refusal_tells_of_the_mandate_that_came_nearest() -> None:
    reader, admin = mandate("org_reader"), mandate("org_admin")
    with pytest.raises(NotAllowed, match=r"permission\.mandate"):
        demand(me(reader), "grant.give", SITUATIONS["near"])
    with pytest.raises(NotAllowed, match=r"permission\.unit"):
        demand(me(reader, admin), "grant.give", SITUATIONS["other unit"])
    assert demand(me(reader, admin), "grant.give", SITUATIONS["near"]) == admin


def test_an_operator_takes_the_strongest_login() -> None:
    who = me(mandate("operator"), assurance=Assurance.SUBSTANTIAL)
    with pytest.raises(NotAllowed, match=r"permission\.assurance"):
        demand(who, "organisation.change", SITUATIONS["near"])
    low = me(mandate("org_admin"), assurance=Assurance.LOW)
    with pytest.raises(NotAllowed, match=r"permission\.assurance"):
        demand(low, "grant.give", SITUATIONS["near"])


def test_whoever_stands_in_cannot_turn_it_on_the_holder_or_on_himself() -> None:
    stands_in = me(mandate("org_admin", in_place_of=OTHER))
    assert not allowed(stands_in, "grant.give", SITUATIONS["near"])  # OTHER is the holder
    assert not allowed(stands_in, "grant.give", SITUATIONS["myself"])
    third = Thing("sundhed", HERE, subject=uuid4(), units=frozenset({"1"}))
    assert allowed(stands_in, "grant.give", third)


@pytest.mark.parametrize("action", ACTIONS)
def test_the_console_may_do_what_operators_do_and_nothing_else(action: Action) -> None:
    console = Actor.at_console("jens")
    may = "operator" in PERMISSIONS[action]
    assert allowed(console, action, SITUATIONS["other federation"]) is may
