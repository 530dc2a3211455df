"""Whoever comes in past the login looks, pauses and takes back, whatever else they may do."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from broker.portals.model import PortalSession
from broker.portals.person import person_of
from broker.saml.assurance import Assurance
from tests.factories import NOW
from tests.unit.organisations.office import Office
from tests.unit.web.pages import federation

SESSION = PortalSession(
    id=uuid4(),
    federation="sundhed",
    person=uuid4(),
    account=None,
    level=Assurance.HIGH,
    authenticated_at=NOW,
    started_at=NOW,
    seen_at=NOW,
    ends_at=NOW + timedelta(hours=1),
    session_index=None,
    name="",
    name_format="",
    idp="",
    reference="R1",
)


@pytest.mark.parametrize("emergency", [False, True])
def test_services_and_organisations_are_out_of_reach_past_the_login(
    office: Office,
    emergency: bool,  # noqa: FBT001 # a parameter of the test
) -> None:
    home, person = office.world.organisation("90000004"), office.world.person()
    account = office.world.account(home, person=person)
    office.world.mandate(account, "operator")
    office.world.mandate(account, "service_owner", service="dpsd")
    office.world.mandate(account, "org_admin", organisation=home)
    session = replace(SESSION, person=person, account=account, emergency=emergency)
    found = office.ask(lambda c: person_of(c, session, federation("sundhed"), NOW))
    kinds = {one.kind for one in found.actor.mandates}  # type: ignore[attr-defined]  # a person
    usual = {"operator", "service_owner", "org_admin"}
    assert kinds == ({"operator_publisher"} if emergency else usual)
