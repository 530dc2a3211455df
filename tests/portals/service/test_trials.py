"""Test logins: what an owner chose is what the service is told, and what they are shown."""

from urllib.parse import urljoin
from uuid import UUID

import pytest

from broker.db import reading, writing
from broker.demo.visitor import Page
from broker.metadata import store as registry
from broker.trials import store
from broker.trials.faults import FAULTS
from broker.trials.model import CODE
from tests.portals.service.filling import SERVICE
from tests.portals.visiting import House, Portal, text

FAULTY = [fault.code for fault in FAULTS if fault.side == "answer"]


def armed(owner: Portal, fault: str, **fields: str) -> Page:
    page = owner.open(f"service/{SERVICE}/testing?lang=en")
    said = {"person": "tobias", "assurance": "High", "roles": "Vaccinator", "fault": fault}
    page = owner.send(page, {**said, **fields, "unit-sor": "1501000016001"}, action="/testing")
    assert (page.status, page.mark("code")) == (200, None), text(page)
    return page


def logged_in(house: House, owner: Portal) -> Page:
    """A login at the test service, to where it ends."""
    url = f"{house.demo.newcomer.url}/login?federation=sundhed-test"
    page = owner.visitor.open(url)
    for _ in range(8):
        if page.url.startswith(house.demo.newcomer.url) or page.mark("code"):
            return page
        page = owner.visitor.post(page, {"idp": CODE} if page.asks(CODE) else {})
    raise AssertionError(page.url)


def seen(owner: Portal, page: Page) -> Page:
    return owner.open(link_of(page) + "?lang=en")


def link_of(page: Page) -> str:
    links = [a.get("href", "") for a in page.tree.iter("a")]
    return urljoin(page.url, next(link for link in links if "/testing/" in link))


def test_what_was_chosen_is_told_and_shown_to_the_letter(house: House, owner: Portal) -> None:
    page = armed(owner, "none")
    arrived = logged_in(house, owner)
    assert "Tobias Prøvegaard Ærø" in text(arrived)
    told = house.demo.newcomer.last
    assert told is not None
    (role,) = told.roles
    assert "1501000016001" in str(role.facts())
    shown = text(seen(owner, page))
    assert told.assertion.id in shown
    assert "urn:dk:sundhed:real-card:vaccinator" in shown
    assert "Tobias Prøvegaard Ærø" in shown
    assert "1501000016001" in shown
    assert told.assertion.name_id is not None
    assert told.assertion.name_id.value in shown


@pytest.mark.parametrize("fault", FAULTY)
def test_a_good_service_refuses_what_is_wrong(house: House, owner: Portal, fault: str) -> None:
    page = armed(owner, fault)
    arrived = logged_in(house, owner)
    assert arrived.status == 403, text(arrived)
    assert "We sent an answer to your service" in text(seen(owner, page))


def test_without_a_role_the_broker_stops_the_login(house: House, owner: Portal) -> None:
    page = armed(owner, "no_role")
    assert logged_in(house, owner).mark("code") == "policy.no_role"
    assert "policy.no_role" in text(seen(owner, page))


def test_giving_up_at_the_login_comes_back_as_such(house: House, owner: Portal) -> None:
    page = armed(owner, "cancelled")
    assert logged_in(house, owner).mark("code") == "idp.cancelled"
    assert "idp.cancelled" in text(seen(owner, page))


def test_each_test_login_is_chosen_anew_and_not_that_of_the_session(
    house: House, owner: Portal
) -> None:
    armed(owner, "none")
    assert "Tobias" in text(logged_in(house, owner))
    armed(owner, "none", person="tea")
    assert "Tea Prøvenberg" in text(logged_in(house, owner))


def test_nobody_else_sees_what_was_sent(house: House, owner: Portal) -> None:
    page = armed(owner, "none")
    logged_in(house, owner)
    link = link_of(page)
    palle = house.enter("palle")
    assert palle.open(link).status == 404
    assert palle.open(link.replace(SERVICE, "dpsd")).mark("code") == "trial.unknown"
    with reading(house.demo.services.engine) as connection:
        kept = store.find(connection, UUID(link.rpartition("/")[2]))
    assert kept is not None
    assert kept.sealed is not None
    assert b"Tobias" not in kept.sealed


def test_choices_are_over_after_half_an_hour(house: House, owner: Portal) -> None:
    armed(owner, "none")
    house.clock.move(31 * 60)
    assert logged_in(house, owner).mark("code") == "trial.not_chosen"


def test_without_choices_the_test_login_lets_nobody_in(house: House, owner: Portal) -> None:
    stranger = house.enter("mette", anew=True)
    assert owner is not stranger
    assert logged_in(house, stranger).mark("code") == "trial.not_chosen"


def test_production_has_no_test_login_whatever_its_registry_says(
    house: House, owner: Portal
) -> None:
    """The address is not there, and the code of the test login is worth nothing there."""
    del owner
    client = house.demo.broker.test_client()
    origin = house.demo.ports.origin
    assert client.get("/sundhed/test-login/sso", base_url=origin).status_code == 404
    with writing(house.demo.services.engine) as connection:
        codes = {one.code for one in registry.members(connection, "sundhed")}
        tried = {one.code for one in registry.members(connection, "sundhed-test")}
    assert CODE not in codes
    assert CODE in tried


@pytest.mark.parametrize(
    ("extra", "value", "words"),
    [
        ("cvr", "90000187", "Choose an attribute from the list"),
        (
            "professional_uuid",
            "5b1f0f5e-0040-4000-8000-000000000040",
            "Choose an attribute from the list",
        ),
        ("cpr_number", "29118299", "Choose an attribute from the list"),
        ("cpr_number", "2911829996", "That looks like a CPR number"),
        ("title", "291182-9996", "That looks like a CPR number"),
    ],
)
def test_nobody_logs_in_as_anybody_real(owner: Portal, extra: str, value: str, words: str) -> None:
    page = owner.open(f"service/{SERVICE}/testing?lang=en")
    said = {"person": "tea", "assurance": "High", "roles": "Vaccinator", "fault": "none"}
    page = owner.send(page, {**said, "extra": extra, "value": value}, action="/testing")
    assert words in text(page)
    armed(owner, "none", extra="title", value="Sygeplejerske")
