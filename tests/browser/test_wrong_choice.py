"""From the wrong login to the right one in at most two clicks, in every case."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, expect

from broker.demo.federation import DemoFederation
from tests.browser.gallery import forget_flows
from tests.browser.walking import choose

WRONG, RIGHT = "region-nordjylland", "nemlogin"


@dataclass
class Counted:
    """A page whose clicks are counted."""

    page: Page
    demo: DemoFederation
    scripted: bool
    clicks: list[str] = field(default_factory=list)

    def on(self) -> None:
        """Press the button that a script presses where there is one. No choice, so no click."""
        if not self.scripted:
            self.page.get_by_role("button", name="Fortsæt").first.click()

    def back(self) -> None:
        """The browser's own button."""
        self.clicks.append("back")
        self.page.go_back()

    def press(self, selector: str) -> None:
        """One click."""
        self.clicks.append(selector)
        self.page.locator(selector).first.click()

    def choose(self, idp: str) -> None:
        """Press the button of a login."""
        self.press(f'button[name="idp"][value="{idp}"]:visible')

    def at(self, idp: str) -> None:
        """The login page of that one is open."""
        self.page.wait_for_url(f"{self.demo.idps[idp].url}/**")


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def counted(
    request: pytest.FixtureRequest, chromium: Browser, demo: DemoFederation
) -> Iterator[Counted]:
    context = chromium.new_context(locale="da-DK", java_script_enabled=request.param)
    context.set_default_timeout(15_000)
    yield Counted(context.new_page(), demo, request.param)
    context.close()


def begin(counted: Counted, more: str = "") -> None:
    counted.page.goto(f"{counted.demo.sps['dpsd'].url}/login{more}")


def finished(counted: Counted) -> None:
    """At the right login, in two clicks, and from there to the service."""
    counted.at(RIGHT)
    assert len(counted.clicks) <= 2, counted.clicks
    choose(counted.page, "person", "mette")
    counted.on()
    counted.on()
    expect(counted.page.get_by_role("heading", level=1)).to_contain_text("Mette Åkjær")


def test_back_from_the_login(counted: Counted) -> None:
    begin(counted)
    choose(counted.page, "idp", WRONG)
    counted.at(WRONG)
    counted.back()
    assert not counted.page.locator(".choice-main").count(), "the wrong one is not offered first"
    counted.choose(RIGHT)
    finished(counted)


def test_giving_up_at_the_login(counted: Counted) -> None:
    begin(counted)
    choose(counted.page, "idp", WRONG)
    counted.page.locator('button[name="cancel"]').click()
    counted.on()
    expect(counted.page.locator("main")).to_have_attribute("data-code", "idp.cancelled")
    counted.press("main .actions a:visible")
    counted.choose(RIGHT)
    finished(counted)


def test_no_role_at_the_login_that_was_chosen(counted: Counted) -> None:
    begin(counted)
    choose(counted.page, "idp", RIGHT)
    choose(counted.page, "person", "viggo")
    counted.on()
    expect(counted.page.locator("main")).to_have_attribute("data-code", "policy.no_role")
    counted.press("main .actions a[href*='/saml/discovery']:visible")
    assert counted.page.locator('button[name="idp"]').count() > 1
    counted.choose(RIGHT)
    finished(counted)


def remember(counted: Counted, idp: str) -> None:
    """Have chosen and ticked, long ago."""
    begin(counted)
    counted.page.locator("#remember").check()
    choose(counted.page, "idp", idp)
    counted.at(idp)
    counted.page.goto(f"{counted.demo.sps['dpsd'].url}/")
    forget_flows(counted.page)


def test_a_remembered_login_that_is_the_wrong_one_today(counted: Counted) -> None:
    remember(counted, WRONG)
    begin(counted)
    counted.at(WRONG)
    counted.back()
    counted.choose(RIGHT)
    finished(counted)


def test_a_remembered_login_changed_on_the_way(counted: Counted) -> None:
    remember(counted, WRONG)
    begin(counted)
    counted.press("main .change:visible")
    counted.choose(RIGHT)
    finished(counted)


def test_a_remembered_login_that_failed_is_asked_for_again(counted: Counted) -> None:
    remember(counted, WRONG)
    begin(counted)
    counted.at(WRONG)
    begin(counted)
    expect(counted.page.locator("[data-told=failed]")).to_contain_text("Region Nordjylland")
    counted.choose(RIGHT)
    finished(counted)


def test_a_start_link_goes_to_the_login_that_it_names(counted: Counted) -> None:
    origin = counted.demo.ports.origin
    counted.page.goto(f"{origin}/sundhed/login?sp=dpsd&idp={RIGHT}")
    if counted.page.url.startswith(counted.demo.sps["dpsd"].url):
        counted.press('a:has-text("Log ind")')
    finished(counted)
