"""Many windows of one browser at once: all arrive, and they share one login."""

from uuid import UUID

import sqlalchemy as sa
from playwright.sync_api import Page, expect

from broker.db import reading
from broker.demo.federation import DemoFederation
from broker.sessions.tables import LOGIN_SESSION
from tests.browser.walking import arrived, back_to, choose, dead_end, primary

SERVICES = ("dpsd", "esundhed-sor", "fmk-online")
CHOICE = 'button[name="idp"][value="nemlogin"]'
PERSON = 'button[name="person"][value="mette"]'
LOST = 'main[data-code="flow.missing"]'
WELCOME = "h1:has-text('Mette Åkjær')"


def sessions(demo: DemoFederation) -> set[UUID]:
    with reading(demo.services.engine) as connection:
        return set(connection.execute(sa.select(LOGIN_SESSION.c.id)).scalars())


def through(tab: Page, demo: DemoFederation, service: str) -> None:
    """From wherever a window stands to its service, as anybody would go."""
    for _ in range(8):
        tab.locator(f"{CHOICE}, {PERSON}, {LOST}, {WELCOME}, a:text-is('Log ind')").first.wait_for()
        if tab.locator(WELCOME).count():
            break
        if tab.locator(LOST).count():
            dead_end(tab, "flow.missing")
            back_to(tab, demo, service)
        elif tab.locator(CHOICE).count():
            choose(tab, "idp", "nemlogin")
        elif tab.locator(PERSON).count():
            choose(tab, "person", "mette")
        else:
            tab.get_by_role("link", name="Log ind").click()
    arrived(tab, demo, service)


def test_ten_windows_opened_at_once_share_one_login(danish: Page, demo: DemoFederation) -> None:
    before = sessions(demo)
    tabs = [(danish.context.new_page(), SERVICES[n % len(SERVICES)]) for n in range(10)]
    for tab, service in tabs:  # each is sent on its way, and none is waited for
        tab.evaluate("url => { location.href = url }", f"{demo.sps[service].url}/login")
    for tab, _ in tabs:
        tab.locator(f"{CHOICE}, {PERSON}").first.wait_for()
    for tab, service in tabs:
        through(tab, demo, service)
    shared = sessions(demo) - before
    assert len(shared) == 1
    own_page = f"{demo.ports.origin}/sundhed/saml/logout"
    danish.goto(own_page)
    for service in SERVICES:
        name = demo.sps[service].name.da
        expect(danish.get_by_role("listitem").filter(has_text=name)).to_have_count(1)
    with danish.expect_response(lambda answer: answer.request.method == "POST"):
        primary(danish).click()
    assert not sessions(demo) & shared
    danish.goto(own_page)
    expect(danish.get_by_role("heading", level=1)).to_have_text("Du er ikke logget ind her")
    for service in SERVICES:
        danish.goto(f"{demo.sps[service].url}/login")
        expect(danish.locator(f"{CHOICE}, {PERSON}")).to_have_count(1)
