"""For which organisation: in a real browser, with and without script, and changing one's mind."""

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Locator, Page, expect

from broker.db import Connection, writing
from broker.demo.federation import DemoFederation
from broker.demo.people import person_of
from broker.identities.model import IdentityKey
from broker.organisations import store
from broker.organisations.store.write_accounts import accounts_of
from broker.organisations.tables import ACCOUNT_PERIOD
from tests.browser.test_leaving import session, sound
from tests.browser.walking import arrived, back_to, dead_end, primary, says_who

SERVICE = "fmk-online"
NAMES = ("Plejecenter Egely", "Egely Hjemmepleje")
WHO = "Sidsel Tornby"


@pytest.fixture(scope="module")
def sidsel(demo: DemoFederation) -> tuple[UUID, UUID]:
    """Somebody who works in two organisations under one CVR number."""
    known, now = person_of("sidsel"), demo.services.clock()
    assert known is not None
    key = IdentityKey("professional-uuid", f"{known.cvr}|{known.uuid}")
    with writing(demo.services.engine) as connection:
        identities = demo.services.flow.recorder.identities
        person = identities.person(connection, "sundhed", [key], now).person
        accounts = {}
        for own in accounts_of(connection, person):
            found = store.account(connection, own, now)
            assert found is not None
            home = store.organisation(connection, found.organisation, now)
            assert home is not None
            accounts[home.name] = own
    return accounts[NAMES[0]], accounts[NAMES[1]]


@pytest.fixture(autouse=True)
def unchosen(demo: DemoFederation, sidsel: tuple[UUID, UUID]) -> None:
    """Nobody has chosen yet, and both accounts are open."""
    with writing(demo.services.engine) as connection:
        _put(connection, sidsel[1], "active")
        found = store.account(connection, sidsel[0], demo.services.clock())
        assert found is not None
        assert found.person is not None
        store.forget_account(connection, found.person, SERVICE)


def _put(connection: Connection, account: UUID, state: str) -> None:
    where = ACCOUNT_PERIOD.c.account_id == account
    connection.execute(sa.update(ACCOUNT_PERIOD).where(where).values(state=state))


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    """A page of a fresh browser profile, in Danish."""
    context = chromium.new_context(locale="da-DK", java_script_enabled=request.param)
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


@pytest.fixture(params=["da-DK", "en-GB"])
def somebody(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    """A page of a fresh browser profile, in either language."""
    context = chromium.new_context(locale=request.param)
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def enabled(request: pytest.FixtureRequest) -> bool:
    """Whether script runs; else its button is pressed by hand."""
    return "without script" not in request.node.name


def onward(page: Page, *, enabled: bool) -> None:
    if not enabled:
        page.get_by_role("button", name="Fortsæt").first.click()


def to_the_page(page: Page, demo: DemoFederation, more: str = "", *, enabled: bool = True) -> None:
    """From the service to the question."""
    page.goto(f"{demo.sps[SERVICE].url}/login{more}")
    says_who(page, "nemlogin", "sidsel", "#question")
    onward(page, enabled=enabled)
    expect(page.locator("#question")).to_be_visible()


def organisation(page: Page, name: str) -> Locator:
    begins = re.compile(rf"^\s*{re.escape(name)}")  # a unit below may bear the name as well
    return page.locator('button[name="account"]').filter(has_text=begins)


@pytest.mark.parametrize("more", ["", "?force=1"], ids=["plain", "force-authn"])
def test_she_is_asked_once(page: Page, demo: DemoFederation, more: str, *, enabled: bool) -> None:
    to_the_page(page, demo, more, enabled=enabled)
    for name in NAMES:
        expect(organisation(page, name)).to_have_count(1)
    organisation(page, NAMES[1]).click()
    onward(page, enabled=enabled)
    arrived(page, demo, SERVICE, WHO)
    expect(page.locator("main")).to_contain_text(NAMES[1])
    page.goto(f"{demo.sps[SERVICE].url}/login")
    onward(page, enabled=enabled)
    arrived(page, demo, SERVICE, WHO)


def test_she_changes_her_mind_in_two_presses(
    page: Page, demo: DemoFederation, *, enabled: bool
) -> None:
    to_the_page(page, demo, enabled=enabled)
    organisation(page, NAMES[0]).click()
    onward(page, enabled=enabled)
    arrived(page, demo, SERVICE, WHO)
    page.goto(f"{demo.sps[SERVICE].url}/forget")
    page.goto(session(demo))
    page.locator('button[name="service"]').click()
    page.wait_for_url(f"{demo.sps[SERVICE].url}/**")
    page.get_by_role("link", name="Log ind").click()
    expect(page.locator("#question")).to_be_visible()
    organisation(page, NAMES[1]).click()
    onward(page, enabled=enabled)
    arrived(page, demo, SERVICE, WHO)
    expect(page.locator("main")).to_contain_text(NAMES[1])


def test_the_way_back_leads_to_pages_that_say_what_is_the_matter(
    danish: Page, demo: DemoFederation
) -> None:
    to_the_page(danish, demo)
    address = danish.url
    organisation(danish, NAMES[0]).click()
    arrived(danish, demo, SERVICE, WHO)
    danish.goto(address)
    dead_end(danish, "flow.finished")
    back_to(danish, demo, SERVICE)


def test_two_windows_ask_and_finish_apart(danish: Page, demo: DemoFederation) -> None:
    to_the_page(danish, demo)
    other = danish.context.new_page()
    other.goto(f"{demo.sps[SERVICE].url}/login")
    organisation(other, NAMES[1]).click()
    arrived(other, demo, SERVICE, WHO)
    organisation(danish, NAMES[0]).click()
    arrived(danish, demo, SERVICE, WHO)


def test_the_keyboard_alone_is_enough(danish: Page, demo: DemoFederation) -> None:
    to_the_page(danish, demo)
    for _ in range(12):
        danish.keyboard.press("Tab")
        if NAMES[1] in danish.evaluate("document.activeElement.innerText || ''"):
            break
    danish.keyboard.press("Enter")
    arrived(danish, demo, SERVICE, WHO)
    expect(danish.locator("main")).to_contain_text(NAMES[1])


def test_every_page_of_it_is_sound(
    somebody: Page, demo: DemoFederation, sidsel: tuple[UUID, UUID]
) -> None:
    to_the_page(somebody, demo)
    somebody.locator("summary").click()
    sound(somebody)
    with writing(demo.services.engine) as connection:
        _put(connection, sidsel[1], "suspended")
    organisation(somebody, NAMES[1]).click()
    expect(somebody.locator("main")).to_have_attribute("data-code", "policy.account_not_active")
    sound(somebody)
    with writing(demo.services.engine) as connection:
        _put(connection, sidsel[1], "active")
    somebody.go_back()
    organisation(somebody, NAMES[1]).click()
    arrived(somebody, demo, SERVICE, WHO)
    somebody.goto(session(demo))
    sound(somebody)
    to_be_lost = f"{demo.ports.origin}/sundhed/saml/organisation"
    somebody.goto(to_be_lost)
    dead_end(somebody, "flow.missing")
    sound(somebody)


def test_a_lost_session_has_its_page_and_a_way_on(somebody: Page, demo: DemoFederation) -> None:
    to_the_page(somebody, demo)
    somebody.context.clear_cookies(name="__Host-session-sundhed")
    organisation(somebody, NAMES[0]).click()
    dead_end(somebody, "flow.no_login")
    sound(somebody)
    primary(somebody).click()
    says_who(somebody, "nemlogin", "sidsel", "#question")
    organisation(somebody, NAMES[0]).click()
    arrived(somebody, demo, SERVICE, WHO)
