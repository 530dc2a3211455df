"""The portals in a real browser, each person by a real login: axe, keyboard, phone, no script."""

import pytest
from playwright.sync_api import Browser, Page, expect

from broker.demo.federation import DemoFederation
from tests.browser.camera import faults_of
from tests.browser.gallery import Gallery
from tests.browser.gallery_portals import PORTAL_STATES, sign_in
from tests.browser.walking import checked

# Every fourth page, in one of the languages by turns. `make screenshots` looks at all of them in
# both, with the same eyes, and takes six minutes.
TURNS = [(name, ("da", "en")[turn % 2]) for turn, name in enumerate(sorted(PORTAL_STATES)[::4])]


@pytest.mark.parametrize(("name", "language"), TURNS)
def test_a_page_is_without_fault_wide_and_on_a_phone(
    chromium: Browser, demo: DemoFederation, name: str, language: str
) -> None:
    context = chromium.new_context(
        locale=f"{language}-DK",
        viewport={"width": 1280, "height": 800},
        java_script_enabled=True,
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    gallery = Gallery(demo)
    PORTAL_STATES[name](page, gallery)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert faults_of(page, language, name, gallery) == []
    context.close()


@pytest.mark.parametrize(
    ("key", "name", "portals"),
    [
        ("mette", "Mette Åkjær", ["Min adgang"]),
        ("bodil", "Bodil Kornmose", ["Min adgang", "Min organisation"]),
        ("merete", "Merete Skovbo", ["Min adgang", "Mine tjenester"]),
        ("ravn", "Rikke Ravnkilde", ["Min adgang", "Drift"]),
    ],
)
def test_each_sees_their_own_portals(
    danish: Page, demo: DemoFederation, key: str, name: str, portals: list[str]
) -> None:
    sign_in(danish, demo, key)
    expect(danish.get_by_role("heading", level=1)).to_have_text(f"Hej {name}")
    expect(danish.locator(".portal-nav a")).to_have_text(["Forside", *portals])
    expect(danish.locator(".card-link strong")).to_have_text(portals)
    danish.locator(".portal-nav a").last.click()
    danish.wait_for_url("**/portal/*/")
    expect(danish.locator(".portal-nav a[aria-current]")).to_have_text(portals[-1])


def test_the_keyboard_alone_comes_in_and_out(danish: Page, demo: DemoFederation) -> None:
    sign_in(danish, demo, "bodil")
    danish.keyboard.press("Tab")
    assert danish.evaluate("document.activeElement.className") == "skip-link"
    for _ in range(12):
        danish.keyboard.press("Tab")
        if danish.evaluate("document.activeElement.textContent") == "Min organisation":
            break
    assert danish.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
    danish.keyboard.press("Enter")
    danish.wait_for_url("**/portal/org/")
    for _ in range(14):
        danish.keyboard.press("Tab")
        if danish.evaluate("document.activeElement.textContent.trim()") == "Log ud":
            break
    danish.keyboard.press("Enter")
    danish.wait_for_url("**/portal/left**")
    expect(danish.get_by_role("heading", level=1)).to_have_text("Du er logget ud")


def test_a_long_menu_folds_on_a_phone_and_says_where_one_is(
    danish: Page, demo: DemoFederation
) -> None:
    sign_in(danish, demo, "ravn", "operator/cases")
    said, links = danish.locator(".section-menu > summary"), danish.locator(".section-nav a")
    expect(said).to_be_hidden()
    expect(links.first).to_be_visible()
    danish.set_viewport_size({"width": 320, "height": 800})
    expect(said).to_have_text("Menu Sager")
    expect(links.first).to_be_hidden()
    said.focus()
    danish.keyboard.press("Enter")
    expect(links.last).to_be_visible()
    checked(danish, "da")
    danish.keyboard.press("Enter")
    expect(links.first).to_be_hidden()
    danish.set_viewport_size({"width": 1280, "height": 800})
    expect(links.first).to_be_visible()
    expect(said).to_be_hidden()


def test_without_script_it_is_the_same(chromium: Browser, demo: DemoFederation) -> None:
    context = chromium.new_context(locale="da-DK", java_script_enabled=False)
    context.set_default_timeout(15_000)
    page = context.new_page()
    base = f"{demo.ports.origin}/sundhed/portal/"
    page.goto(f"{base}org/")
    page.locator('button[name="idp"][value="nemlogin"]').click()
    page.locator('button[name="person"][value="bodil"]').click()
    for _ in range(2):  # on to the broker, and on to the portal
        page.locator("main button").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Plejecenter Egely")
    page.set_viewport_size({"width": 320, "height": 800})
    expect(page.locator(".section-nav a").first).to_be_visible()
    context.close()


def test_somebody_else_changes_organisation(danish: Page, demo: DemoFederation) -> None:
    sign_in(danish, demo, "sidsel", "organisation")
    before = danish.locator(".portal-organisation").inner_text()
    other = danish.locator("main .choice:not([aria-current])").first
    name = (other.text_content() or "").partition("CVR")[0].strip()
    other.click()
    danish.wait_for_url("**/portal/")
    expect(danish.locator(".portal-organisation")).to_have_text(name)
    assert name != before


def test_the_language_stays_with_the_page(danish: Page, demo: DemoFederation) -> None:
    sign_in(danish, demo, "bodil", "org/?q=%C3%A5&page=2")
    danish.get_by_role("link", name="English").click()
    expect(danish.locator(".portal-nav a[aria-current]")).to_have_text("My organisation")
    assert "q=%C3%A5&page=2" in danish.url
