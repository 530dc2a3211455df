"""Giving is no way round an approval that the role's policy wants of everybody."""

from datetime import timedelta
from uuid import UUID

import pytest

from broker.audit.store import AuditStore
from broker.errors import NotAllowed
from broker.identities.store import IdentityStore
from broker.organisations.desk import Desk
from broker.organisations.people import PeopleService
from broker.roles.grants.guarding import RoleGuard
from broker.roles.grants.model import Given, Wanted
from broker.roles.model import Stage
from broker.roles.requests.four_eyes import FourEyes
from broker.roles.requests.model import Request
from tests.factories import NOW
from tests.unit.roles.grants.rights import CONSOLE, DAY, deed
from tests.unit.roles.requests.asking import Asking
from tests.unit.roles.requests.test_deciding import refusal

APPROVER, CHIEF, OWNER = (Stage(one) for one in ("org_approver", "org_chief", "service_owner"))


def four_eyes(asking: Asking) -> FourEyes:
    return FourEyes(asking.grants, asking.sender, asking.cache.current_in)


def give(
    asking: Asking, by: UUID, role: str, *, to: UUID | None = None, group: UUID | None = None
) -> Given | Request:
    wanted = Wanted(asking.region, asking.roles[role], to, group)
    acting = asking.acting(by)
    with asking.work() as connection:
        return four_eyes(asking).give(connection, acting, wanted, deed())


def named(asking: Asking, code: str, *stages: Stage) -> None:
    """A role of that code with a policy of its own."""
    asking.policy(code, *stages)
    asking.role(code, policy=code)
    asking.entitle(asking.region, code)


@pytest.mark.parametrize(
    ("stages", "asks"),
    [
        ((APPROVER,), False),
        ((), False),
        ((Stage("org_approver", approvals=2),), True),
        ((APPROVER, CHIEF), True),
        ((OWNER,), True),
        ((APPROVER, OWNER), True),
    ],
)
def test_a_policy_of_more_than_one_approver_asks(
    asking: Asking, stages: tuple[Stage, ...], *, asks: bool
) -> None:
    named(asking, "special", *stages)
    done = give(asking, asking.bo, "special", to=asking.anna)
    assert isinstance(done, Request) == asks
    assert len(asking.grants_of(asking.anna)) == (0 if asks else 1)
    if isinstance(done, Request):
        assert (done.requester, done.subject) == (asking.bo, asking.anna)
        assert done.stages == stages


def test_without_a_policy_of_its_own_a_role_is_given(asking: Asking) -> None:
    for role in ("reader", "secret"):
        assert isinstance(give(asking, asking.bo, role, to=asking.anna), Given)


def test_who_may_not_give_it_may_not_ask_for_it_in_this_way(asking: Asking) -> None:
    named(asking, "special", APPROVER, CHIEF)
    assert refusal(lambda: give(asking, asking.bo, "special", to=asking.bo)) == "grant.oneself"
    assert refusal(lambda: give(asking, asking.carl, "special", to=asking.anna)) == (
        "permission.mandate"
    )
    assert asking.inbox(asking.eva) == ()


def test_a_group_gets_no_role_that_each_of_its_people_would_have_to_ask_for(
    asking: Asking,
) -> None:
    named(asking, "special", APPROVER, CHIEF)
    group = asking.group(asking.region, "Night", asking.anna)
    assert refusal(lambda: give(asking, asking.bo, "special", group=group)) == "request.group"
    assert isinstance(give(asking, asking.bo, "reader", group=group), Given)


def test_the_sender_is_not_among_those_who_approve(asking: Asking) -> None:
    named(asking, "special", APPROVER, CHIEF)
    made = give(asking, asking.bo, "special", to=asking.anna)
    assert isinstance(made, Request)
    assert refusal(lambda: asking.approve(asking.bo, made)) == "request.oneself"
    asking.approve(asking.carl, made)
    assert asking.approve(asking.eva, made).state == "done"
    assert len(asking.grants_of(asking.anna)) == 1


def test_longer_is_asked_for_and_shorter_is_not(asking: Asking) -> None:
    named(asking, "special", APPROVER, CHIEF)
    soon = NOW + 30 * DAY
    grant = asking.give(asking.bo, asking.region, "special", account=asking.anna, until=soon).grant
    acting, own = asking.acting(asking.bo), asking.acting(asking.anna)
    later = soon + timedelta(days=30)
    with asking.work() as connection:
        done = four_eyes(asking).extend(connection, acting, grant.id, later, deed())
    assert isinstance(done, Request)
    assert done.action == "extend"
    assert asking.grants_of(asking.anna)[0].period.until == soon

    def extend_own() -> object:
        with asking.work() as connection:
            return four_eyes(asking).extend(connection, own, grant.id, later, deed())

    assert refusal(extend_own) == "grant.oneself"
    plain = asking.give(asking.bo, asking.region, "reader", account=asking.anna, until=soon).grant
    with asking.work() as connection:
        given = four_eyes(asking).extend(connection, acting, plain.id, later, deed())
    assert isinstance(given, Given)
    assert given.grant.period.until == later


@pytest.mark.parametrize("into_friend", [True, False])
def test_nor_is_merging_two_people(
    asking: Asking,
    into_friend: bool,  # noqa: FBT001 # a parameter of the test
) -> None:
    """Whoever signs in as the one has the roles of the other from then on."""
    named(asking, "special", APPROVER, OWNER)
    named(asking, "plain", APPROVER)
    friend, other = asking.account(asking.region), asking.account(asking.region)
    asking.give(asking.bo, asking.region, "special", account=asking.anna)
    asking.give(asking.bo, asking.region, "plain", account=other)
    people = PeopleService(
        Desk(asking.engine, AuditStore()),
        IdentityStore(b"k" * 32),
        asking.mover,
        RoleGuard(asking.cache.current_in),
    )
    both = (friend, asking.anna) if into_friend else (asking.anna, friend)
    with pytest.raises(NotAllowed, match=r"grant\.four_eyes"):
        people.merge(asking.acting(asking.bo), *both, deed())
    assert people.merge(asking.acting(asking.bo), friend, other, deed()) == 1
    people.merge(CONSOLE, *both, deed())
