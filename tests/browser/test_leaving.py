"""Logging out in a real browser: every page, wide and narrow, with and without script."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from broker.demo.federation import DemoFederation
from tests.browser.walking import choose

NARROW, WIDE = {"width": 320, "height": 700}, {"width": 1280, "height": 900}


@pytest.fixture(params=["da-DK", "en-GB"])
def somebody(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    """A fresh browser, in either language."""
    context = chromium.new_context(locale=request.param)
    context.set_default_timeout(8_000)
    yield context.new_page()
    context.close()


def sound(page: Page) -> None:
    """Nothing that axe finds, and nothing to scroll sideways, wide and narrow."""
    for size in (WIDE, NARROW):
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        found = Axe().run(page).response["violations"]
        assert found == [], [violation["id"] for violation in found]
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size["width"], f"{wide} pixels"


def session(demo: DemoFederation) -> str:
    return f"{demo.ports.origin}/sundhed/saml/logout"


def known(page: Page, demo: DemoFederation) -> None:
    """Three services that were told of one login: one takes SOAP, two have a step each."""
    page.goto(f"{demo.sps['dpsd'].url}/login")
    choose(page, "idp", "nemlogin")
    choose(page, "person", "mette")
    page.wait_for_url(f"{demo.sps['dpsd'].url}/")
    for service in ("sor", "esundhed-sor"):
        page.goto(f"{demo.sps[service].url}/login")
        page.wait_for_url(f"{demo.sps[service].url}/")


def test_every_page_of_a_logout_is_sound(somebody: Page, demo: DemoFederation) -> None:
    known(somebody, demo)
    somebody.goto(session(demo))
    sound(somebody)
    somebody.locator("main button").click()
    expect(somebody.locator('[data-partner="sor"]')).to_have_attribute("data-outcome", "done")
    sound(somebody)
    somebody.locator("main button.button-primary").click()
    expect(somebody.locator('[data-partner="dpsd"]')).to_have_attribute("data-outcome", "done")
    somebody.locator("main button:not([name])").click()
    expect(somebody.locator("main")).to_have_attribute("data-complete", "no")
    expect(somebody.locator('[data-outcome="unconfirmed"]')).to_have_count(1)
    sound(somebody)
    somebody.goto(session(demo))
    expect(somebody.locator("main form")).to_have_count(0)
    sound(somebody)


def test_one_primary_button_at_a_time_leads_out_of_everything(
    danish: Page, demo: DemoFederation
) -> None:
    known(danish, demo)
    danish.goto(f"{demo.sps['dpsd'].url}/logout")
    for _ in range(5):
        button = danish.locator("main .button-primary")
        if danish.url.startswith(demo.sps["dpsd"].url):
            break
        expect(button).to_have_count(1)
        button.click()
        danish.wait_for_load_state()
    expect(danish.locator('[data-left="complete"]')).to_be_visible()
    for code in ("dpsd", "sor", "esundhed-sor"):
        danish.goto(f"{demo.sps[code].url}/")
        expect(danish.locator("main")).to_contain_text("Log ind")


def test_a_service_that_hangs_is_left_by_the_back_button(
    danish: Page, demo: DemoFederation
) -> None:
    known(danish, demo)
    danish.goto(session(demo))
    danish.locator("main button").click()
    home = danish.url

    def hang(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch(max_redirects=0)  # the broker sends the browser on, and no more is heard
            route.fulfill(status=200, content_type="text/html", body="<p>waiting</p>")
        else:
            route.continue_()

    danish.route(home, hang)
    danish.locator('[data-partner="dpsd"] button').click()
    expect(danish.locator("p")).to_have_text("waiting")
    danish.unroute(home)
    danish.go_back()
    danish.reload()
    expect(danish.locator('[data-partner="dpsd"]')).to_have_attribute("data-outcome", "asked")
    danish.locator('[data-partner="esundhed-sor"] button').click()
    expect(danish.locator('[data-partner="esundhed-sor"]')).to_have_attribute(
        "data-outcome", "done"
    )


def test_without_script_and_by_the_keyboard_alone(chromium: Browser, demo: DemoFederation) -> None:
    context = chromium.new_context(locale="da-DK", java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(8_000)
    page.goto(f"{demo.sps['sor'].url}/login?idp=nemlogin")
    page.locator('button[name="person"][value="mette"]').press("Enter")
    for _ in range(2):  # the page in the other language is hidden by the stylesheet, not before
        page.wait_for_load_state("load")
        page.locator("main button:visible").press("Enter")
    page.wait_for_url(f"{demo.sps['sor'].url}/")
    page.goto(session(demo))
    page.locator("main button").press("Enter")
    page.wait_for_url(f"{demo.ports.origin}/sundhed/saml/logout/*")
    expect(page.locator("main")).to_have_attribute("data-complete", "yes")
    context.close()
