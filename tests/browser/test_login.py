"""Somebody signs in, on pages of two different sites, so that third-party cookie rules apply."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from broker.demo.federation import DemoFederation
from broker.demo.people import PEOPLE
from tests.browser.walking import checked, choose, says_who

ROUTES = [
    ("nemlogin", "Mette Åkjær", "Sagsbehandler_1501000016001_3"),
    ("region-nordjylland", "Karen Vesterskov", "Risikomanager_1231000016008_3"),
]


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def page(request: pytest.FixtureRequest, whole_chromium: Browser) -> Iterator[Page]:
    """A page of a fresh browser profile, in Danish."""
    context = whole_chromium.new_context(locale="da-DK", java_script_enabled=request.param)
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


def scripted(page: Page, *, enabled: bool) -> None:
    """Press the button that the script presses, where there is no script."""
    if not enabled:
        page.get_by_role("button", name="Fortsæt").first.click()


def has_script(request: pytest.FixtureRequest) -> bool:
    return "with script" in request.node.name


def press(page: Page, text: str) -> None:
    page.get_by_role("button", name=text).first.click()


def site_of(url: str) -> str:
    return urlsplit(url).hostname or ""


@pytest.mark.parametrize(("idp", "who", "role"), ROUTES, ids=[row[0] for row in ROUTES])
def test_a_person_signs_in_to_dpsd(
    page: Page, demo: DemoFederation, request: pytest.FixtureRequest, idp: str, who: str, role: str
) -> None:
    enabled = has_script(request)
    sites = []
    page.goto(f"{demo.sps['dpsd'].url}/")
    sites.append(site_of(page.url))
    page.get_by_role("link", name="Log ind").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Dansk Patientsikkerhedsdatabase")
    sites.append(site_of(page.url))
    choose(page, "idp", idp)
    sites.append(site_of(page.url))
    person = next(known.key for known in PEOPLE if known.name == who)
    choose(page, "person", person)
    scripted(page, enabled=enabled)
    scripted(page, enabled=enabled)
    expect(page.get_by_role("heading", level=1)).to_contain_text(who)
    expect(page.get_by_text(role)).to_be_visible()
    assert sites == ["127.0.0.1", "localhost", "127.0.0.1"]


def test_a_posted_request_survives_the_journey(
    page: Page, demo: DemoFederation, request: pytest.FixtureRequest
) -> None:
    enabled = has_script(request)
    page.goto(f"{demo.sps['esundhed-sor'].url}/login?binding=post")
    scripted(page, enabled=enabled)
    choose(page, "idp", "nemlogin")
    choose(page, "person", "mette")
    scripted(page, enabled=enabled)
    scripted(page, enabled=enabled)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Mette Åkjær")


def test_a_wrong_choice_is_undone_with_the_back_button(
    page: Page, demo: DemoFederation, request: pytest.FixtureRequest
) -> None:
    enabled = has_script(request)
    page.goto(f"{demo.sps['dpsd'].url}/login")
    choose(page, "idp", "region-nordjylland")
    expect(page.locator('button[name="person"]').first).to_be_visible()
    page.go_back()
    choose(page, "idp", "nemlogin")
    choose(page, "person", "mette")
    scripted(page, enabled=enabled)
    scripted(page, enabled=enabled)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Mette Åkjær")


def test_two_tabs_finish_in_either_order(
    page: Page, demo: DemoFederation, request: pytest.FixtureRequest
) -> None:
    enabled = has_script(request)
    other = page.context.new_page()
    page.goto(f"{demo.sps['dpsd'].url}/login")
    other.goto(f"{demo.sps['esundhed-sor'].url}/login")
    for tab in (page, other):
        choose(tab, "idp", "nemlogin")
    for tab in (other, page):
        choose(tab, "person", "mette")
        scripted(tab, enabled=enabled)
        scripted(tab, enabled=enabled)
        expect(tab.get_by_role("heading", level=1)).to_contain_text("Mette Åkjær")


def test_the_test_environment_wears_its_ribbon(chromium: Browser, demo: DemoFederation) -> None:
    context = chromium.new_context(locale="da-DK")
    page = context.new_page()
    page.goto(f"{demo.sps['dpsd'].url}/login?federation=sundhed-test")
    expect(page.get_by_text("Testmiljø")).to_be_visible()
    choose(page, "idp", "nemlogin")
    choose(page, "person", "mette")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Mette Åkjær")
    context.close()


REFUSALS = [
    ("dpsd", "viggo", "policy.no_role"),
    ("fmk-online", "lone", "idp.no_authn_context"),
]


@pytest.mark.parametrize(("service", "person", "code"), REFUSALS)
def test_a_refusal_says_why_and_leads_back(
    page: Page,
    demo: DemoFederation,
    request: pytest.FixtureRequest,
    service: str,
    person: str,
    code: str,
) -> None:
    enabled = has_script(request)
    page.goto(f"{demo.sps[service].url}/login")
    says_who(page, "nemlogin", person)
    scripted(page, enabled=enabled)
    main = page.locator("main")
    expect(main).to_have_attribute("data-code", code)
    expect(main).to_have_attribute("data-reference", page.locator(".reference").first.inner_text())
    press(page, "Tilbage til")
    expect(page.get_by_text("urn:oasis:names:tc:SAML:2.0:status:Responder").first).to_be_visible()


def test_cancelling_at_the_idp_offers_another_choice(
    page: Page, demo: DemoFederation, request: pytest.FixtureRequest
) -> None:
    enabled = has_script(request)
    page.goto(f"{demo.sps['dpsd'].url}/login")
    choose(page, "idp", "nemlogin")
    page.locator('button[name="cancel"]').click()
    scripted(page, enabled=enabled)
    expect(page.locator("main")).to_have_attribute("data-code", "idp.cancelled")
    page.locator(".actions a").first.click()
    choose(page, "idp", "region-nordjylland")
    choose(page, "person", "karen")
    scripted(page, enabled=enabled)
    scripted(page, enabled=enabled)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Karen Vesterskov")


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("language", ["da", "en"])
def test_the_pages_of_a_login_are_accessible(
    chromium: Browser, demo: DemoFederation, width: int, language: str
) -> None:
    context = chromium.new_context(
        locale=f"{language}-DK", viewport={"width": width, "height": 800}
    )
    page = context.new_page()
    page.goto(f"{demo.sps['dpsd'].url}/")
    checked(page, language)
    page.goto(f"{demo.sps['dpsd'].url}/login")
    checked(page, language)
    choose(page, "idp", "nemlogin")
    checked(page, language)
    choose(page, "person", "viggo")
    expect(page.locator("main")).to_have_attribute("data-code", "policy.no_role")
    checked(page, language)
    page.goto(f"{demo.ports.origin}/")
    checked(page, language)
    context.close()


def test_the_keyboard_alone_is_enough(chromium: Browser, demo: DemoFederation) -> None:
    context = chromium.new_context(locale="da-DK")
    page = context.new_page()
    page.goto(f"{demo.sps['dpsd'].url}/login")
    for _ in range(12):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.value || ''")
        if focused == "nemlogin":
            break
    page.keyboard.press("Enter")
    expect(page.locator('button[name="person"]').first).to_be_visible()
    context.close()
