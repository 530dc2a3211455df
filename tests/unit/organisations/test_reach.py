"""Whoever lets a login find an account gives it all that the account administers. R22, R24."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from broker.errors import BrokerError
from broker.organisations.linking import Asserted
from broker.organisations.model import Actor, MandateKind
from tests.factories import NOW
from tests.unit.organisations.office import Office, deed

CVR = "90000004"
UUID_SAID = "9f3b2d1c-0000-4000-8000-00000000000c"
Deed = Callable[[Office, Actor, UUID, UUID], object]


@pytest.fixture
def home(office: Office) -> UUID:
    """An organisation."""
    return office.world.organisation(CVR)


@pytest.fixture
def boss(office: Office, home: UUID) -> Actor:
    """An administrator, who may name administrators and nobody above."""
    made = office.world.account(home, "Boss")
    office.world.mandate(made, "org_admin", organisation=home)
    return office.as_(made)


def link(office: Office, actor: Actor, account: UUID, _friend: UUID) -> object:
    office.links.link(actor, account, Asserted("professional-uuid", UUID_SAID, CVR), deed())
    return None


def code(office: Office, actor: Actor, account: UUID, _friend: UUID) -> object:
    return office.claims.issue(actor, account, deed())


def merged_away(office: Office, actor: Actor, account: UUID, friend: UUID) -> object:
    return office.people.merge(actor, friend, account, deed())


def merged_into(office: Office, actor: Actor, account: UUID, friend: UUID) -> object:
    return office.people.merge(actor, account, friend, deed())


WAYS = pytest.mark.parametrize("way", [link, code, merged_away, merged_into])


@WAYS
@pytest.mark.parametrize("kind", ["org_chief", "operator", "service_owner"])
def test_an_administrator_lets_nobody_in_as_somebody_above(
    office: Office, home: UUID, boss: Actor, way: Deed, kind: MandateKind
) -> None:
    above = office.world.account(home, "Above", state="pending")
    friend = office.world.account(home, "Friend")
    of_service = "dpsd" if kind == "service_owner" else None
    organisation = home if kind == "org_chief" else None
    office.world.mandate(above, kind, organisation=organisation, service=of_service)
    with pytest.raises(BrokerError, match=r"permission\.(wider|organisation)"):
        way(office, boss, above, friend)


@WAYS
def test_nor_as_somebody_who_stands_in_for_one(
    office: Office, home: UUID, boss: Actor, way: Deed
) -> None:
    chief = office.world.account(home, "Chief")
    mandate = office.world.mandate(chief, "org_chief", organisation=home)
    deputy = office.world.account(home, "Deputy", state="pending")
    friend = office.world.account(home, "Friend")
    office.world.substitute(mandate, chief, deputy, until=NOW + timedelta(days=9))
    with pytest.raises(BrokerError, match=r"permission\.wider"):
        way(office, boss, deputy, friend)


@WAYS
def test_as_a_colleague_whom_they_could_have_named_they_do(
    office: Office, home: UUID, boss: Actor, way: Deed
) -> None:
    colleague = office.world.account(home, "Colleague", state="pending")
    friend = office.world.account(home, "Friend")
    office.world.mandate(colleague, "org_admin", organisation=home)
    way(office, boss, colleague, friend)
