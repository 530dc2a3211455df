"""The discovery page in a real browser: every state with axe, the keyboard, no script."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from broker.discovery.folding import spell, squeeze
from tests.browser.gallery import (
    KIOSK,
    MANY,
    ONE,
    PATH,
    STATES,
    TRIAL,
    TWELVE,
    TWO,
    Gallery,
    forget_flows,
)
from tests.browser.walking import arrived, checked, choose


@pytest.fixture
def plain(chromium: Browser) -> Iterator[Page]:
    """A page of a fresh browser profile, in Danish and without script."""
    context = chromium.new_context(locale="da-DK", java_script_enabled=False)
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def opened(chromium: Browser, **more: object) -> BrowserContext:
    context = chromium.new_context(**more)  # type: ignore[arg-type]  # as the caller names them
    context.set_default_timeout(15_000)
    return context


def codes(page: Page) -> list[str]:
    """The codes of the buttons that can be seen, in order."""
    buttons = page.locator('button[name="idp"]:visible')
    return [str(button.get_attribute("value")) for button in buttons.all()]


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("name", sorted(STATES))
def test_axe_finds_nothing_in_any_state(
    chromium: Browser, gallery: Gallery, name: str, language: str
) -> None:
    context = opened(chromium, locale=f"{language}-DK", viewport={"width": 1280, "height": 800})
    page = context.new_page()
    STATES[name](page, gallery)
    checked(page, language)
    page.set_viewport_size({"width": 320, "height": 800})
    checked(page, language)
    context.close()


def test_large_text_dark_and_high_contrast_hold(chromium: Browser, gallery: Gallery) -> None:
    """Text twice as large, in half the window, is what a zoom of 200 % comes to."""
    context = opened(
        chromium, locale="da-DK", viewport={"width": 640, "height": 400}, color_scheme="dark"
    )
    page = context.new_page()
    page.goto(gallery.start(MANY))
    page.evaluate("document.documentElement.style.fontSize = '20px'")
    checked(page, "da")
    page.emulate_media(forced_colors="active")  # axe cannot tell the colours that are forced
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    borders = page.evaluate(
        "[...document.querySelectorAll('.choice')].map(e => getComputedStyle(e).borderTopStyle)"
    )
    assert set(borders) <= {"solid", "dashed"}
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()


@pytest.mark.parametrize(
    ("service", "count", "search"), [(TWO, 2, False), (TWELVE, 12, False), (MANY, 120, True)]
)
def test_as_many_as_are_open_can_be_chosen(
    plain: Page, gallery: Gallery, service: str, count: int, *, search: bool
) -> None:
    plain.goto(gallery.start(service))
    assert plain.locator('button[name="idp"]').count() == count
    assert bool(plain.locator("#q").count()) is search
    assert codes(plain)[0] == "nemlogin"


def test_where_only_one_is_open_nobody_is_asked(plain: Page, gallery: Gallery) -> None:
    plain.goto(gallery.start(ONE))
    assert plain.url.startswith(gallery.demo.idps["nemlogin"].url)


def test_what_cannot_be_chosen_says_why_and_is_no_button(plain: Page, gallery: Gallery) -> None:
    plain.goto(gallery.start())
    paused, planned = (
        plain.locator('[data-state="paused"]'),
        plain.locator('[data-state="planned"]'),
    )
    expect(paused).to_contain_text("Region Hovedstaden")
    expect(paused).to_contain_text("Regionens login har driftsforstyrrelser.")
    expect(planned).to_contain_text("Åbner for Dansk Patientsikkerhedsdatabase")
    for shown in (paused, planned):
        assert not shown.locator("button, a").count()
        assert shown.evaluate("e => e.tagName") == "DIV"
    assert codes(plain) == ["nemlogin", "region-nordjylland", "region-sjaelland"]


def test_a_test_user_gets_in_by_keyboard_and_without_script(
    plain: Page, danish: Page, gallery: Gallery
) -> None:
    """Nobody else takes it for a login of theirs: it is grey, with its date, and says for whom."""
    for page in (plain, danish):
        page.goto(gallery.start(TRIAL))
        shown = page.locator('[data-state="trial"]')
        expect(shown).to_contain_text("Region Midtjylland")
        expect(shown).to_contain_text("Åbner for")
        assert not shown.locator("button, a").count()
        waiting = page.locator("section[aria-labelledby=waiting]")
        way = waiting.get_by_role(
            "button", name="Kun for testbrugere: log ind med Region Midtjylland"
        )
        assert codes(page) == ["nemlogin", "region-nordjylland", "region-midtjylland"]
        for _ in range(40):
            page.keyboard.press("Tab")
            if way.evaluate("e => e === document.activeElement"):
                break
        page.keyboard.press("Enter")
        page.wait_for_url(f"{gallery.demo.idps['region-midtjylland'].url}/**")


def test_without_script_a_search_finds_and_leads_on(plain: Page, gallery: Gallery) -> None:
    plain.goto(gallery.start(MANY))
    plain.locator("#q").fill("ålborg")
    plain.get_by_role("button", name="Søg").click()
    assert codes(plain) == ["kommune-aalborg", "region-nordjylland"]
    plain.locator("#q").fill("RN")
    plain.get_by_role("button", name="Søg").click()
    choose(plain, "idp", "region-nordjylland")
    plain.wait_for_url(f"{gallery.demo.idps['region-nordjylland'].url}/**")


def test_a_search_in_vain_suggests_and_offers_what_everybody_has(
    plain: Page, gallery: Gallery
) -> None:
    plain.goto(gallery.start(MANY))
    plain.locator("#q").fill("nordjyland")
    plain.get_by_role("button", name="Søg").click()
    expect(plain.locator("section [role=alert]")).to_contain_text("Vi fandt ikke")
    assert plain.title().startswith("Intet fundet")
    assert codes(plain) == ["region-nordjylland", "nemlogin"]


def test_many_results_are_shown_in_part_and_all_on_request(plain: Page, gallery: Gallery) -> None:
    plain.goto(gallery.start(MANY))
    plain.locator("#q").fill("kommune")
    plain.get_by_role("button", name="Søg").click()
    assert len(codes(plain)) == 25
    plain.get_by_role("link", name="vis alle").click()
    assert len(codes(plain)) > 90


def test_script_filters_while_somebody_writes(danish: Page, gallery: Gallery) -> None:
    danish.goto(gallery.start(MANY))
    danish.locator("#q").press_sequentially("vejl")
    expect(danish.locator("#found-many")).to_have_text("1 fundet")
    assert [c for c in codes(danish) if c.startswith("kommune")] == ["kommune-vejle"]
    danish.locator("#q").fill("xyzzy")
    expect(danish.locator("#found-none")).to_contain_text("Intet fundet")
    danish.locator("#q").fill("")
    expect(danish.locator("#found-many")).to_have_text("")


def test_script_folds_letters_as_the_server_does(danish: Page, gallery: Gallery) -> None:
    danish.goto(gallery.start(MANY))
    for text in ("Aalborg", "ÅLBORG", "Æbeltoft", "Ærø Sø", "Allé 2", "Köln", "Straße", "A\u030a!"):
        found = danish.evaluate("t => [spell(t), squeeze(spell(t))]", text)
        assert found == [spell(text), squeeze(spell(text))], text


def test_the_keyboard_alone_finds_remembers_and_chooses(danish: Page, gallery: Gallery) -> None:
    danish.goto(gallery.start(MANY))
    seen = []
    for _ in range(40):
        danish.keyboard.press("Tab")
        focused = danish.evaluate("document.activeElement.id || document.activeElement.value")
        seen.append(focused)
        if focused == "remember":
            danish.keyboard.press("Space")
        if focused == "q":
            break
    assert seen.index("remember") < seen.index("nemlogin") < seen.index("q")
    danish.keyboard.type("randers")
    danish.keyboard.press("Enter")
    danish.wait_for_url("**q=randers**")
    for _ in range(20):
        danish.keyboard.press("Tab")
        if danish.evaluate("document.activeElement.value") == "kommune-randers":
            break
    shadow = danish.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert shadow == "3px"
    danish.keyboard.press("Enter")
    danish.wait_for_url(f"{gallery.demo.idps['nemlogin'].url}/**")


def test_targets_are_large_enough(chromium: Browser, gallery: Gallery) -> None:
    context = opened(chromium, locale="da-DK", viewport={"width": 320, "height": 800})
    page = context.new_page()
    page.goto(gallery.start(MANY))
    small = page.evaluate(
        """[...document.querySelectorAll('button, input:not([type=hidden]), summary, .language')]
        .filter(e => e.checkVisibility())
        .filter(e => e.getBoundingClientRect().height < 44 || e.getBoundingClientRect().width < 44)
        .map(e => e.outerHTML)"""
    )
    assert small == []
    context.close()


def test_what_is_used_last_comes_first_at_that_service_alone(
    danish: Page, gallery: Gallery
) -> None:
    danish.goto(gallery.start())
    choose(danish, "idp", "region-sjaelland")
    forget_flows(danish)
    danish.goto(gallery.start())
    expect(danish.locator(".choice-main")).to_contain_text("Fortsæt med Region Sjælland")
    danish.goto(gallery.start(TWELVE))
    assert not danish.locator(".choice-main").count()
    danish.goto(gallery.start(KIOSK))
    choose(danish, "idp", "region-nordjylland")
    forget_flows(danish)
    danish.goto(gallery.start(KIOSK))
    assert not danish.locator(".choice-main, #remember").count()


def test_a_cookie_of_choices_is_small_and_out_of_reach(danish: Page, gallery: Gallery) -> None:
    danish.goto(gallery.start())
    choose(danish, "idp", "region-sjaelland")
    (cookie,) = [c for c in danish.context.cookies() if c["name"] == "__Host-choices"]
    assert cookie["httpOnly"]
    assert cookie["secure"]
    assert cookie["sameSite"] == "Lax"
    assert len(cookie["name"]) + len(cookie["value"]) <= 2048
    assert "sjaelland" not in cookie["value"]


def test_the_reset_page_shows_forgets_and_says_so(danish: Page, gallery: Gallery) -> None:
    STATES["remembered"](danish, gallery)
    danish.goto(f"{gallery.demo.ports.origin}/{PATH}/vaelg-login/nulstil")
    expect(danish.get_by_text("husket: siden springes over")).to_be_visible()
    danish.get_by_role("button", name="Glem alle valg").click()
    expect(danish.get_by_role("status")).to_contain_text("Det er glemt")
    forget_flows(danish)
    danish.goto(gallery.start())
    assert not danish.locator(".choice-main").count()
    assert "/saml/discovery" in danish.url


def test_a_remembered_login_passes_the_page_by_to_the_end(danish: Page, gallery: Gallery) -> None:
    danish.goto(gallery.start())
    danish.locator("#remember").check()
    choose(danish, "idp", "nemlogin")
    choose(danish, "person", "mette")
    arrived(danish, gallery.demo, "dpsd")
    danish.context.clear_cookies(name=f"__Host-session-{PATH}")
    danish.goto(gallery.start())
    danish.wait_for_url(f"{gallery.demo.idps['nemlogin'].url}/**")
