"""The pages of the portals, each as somebody who signs in for it.

A portal adds its pages here in one line each: `"name": as_person("bodil", "org/people")`. Tests
look at all of them with axe, and `make screenshots` makes a picture of each.
"""

from playwright.sync_api import Page

from broker.demo.federation import DemoFederation
from broker.demo.people import person_of
from tests.browser.gallery import Gallery, Show
from tests.browser.gallery_switching import switching_states
from tests.browser.walking import choose

NOBODY = "00000000-0000-4000-8000-000000000000"


def sign_in(page: Page, demo: DemoFederation, key: str, path: str = "") -> None:
    """From a page of the portals, through the login that it leads to, and back."""
    base = f"{demo.ports.origin}/sundhed/portal/"
    page.goto(base + path)
    who = person_of(key)
    assert who is not None
    if page.url.startswith(base):
        return
    if page.locator(f'button[name="idp"][value="{who.idp}"]').count():
        choose(page, "idp", who.idp)
    choose(page, "person", key)
    page.wait_for_selector("button[name='account'], .portal-bar")
    if not page.url.startswith(base):  # somebody with two organisations, who has not chosen yet
        page.locator("button[name='account']").first.click()
    page.wait_for_url(f"{base}**")


def as_person(key: str, path: str = "") -> Show:
    """A page of the portals, as somebody."""

    def show(page: Page, gallery: Gallery) -> None:
        sign_in(page, gallery.demo, key, path)

    return show


def _without_login(path: str) -> Show:
    def show(page: Page, gallery: Gallery) -> None:
        page.goto(f"{gallery.demo.ports.origin}/sundhed/portal/{path}")

    return show


def _left(page: Page, gallery: Gallery) -> None:
    sign_in(page, gallery.demo, "bodil")
    page.locator("form[action$='/portal/logout'] button").click()
    page.wait_for_url("**/portal/left**")


def _over(page: Page, gallery: Gallery) -> None:
    """A form that was sent after its session ended."""
    sign_in(page, gallery.demo, "sidsel", "organisation")
    kept = [c for c in page.context.cookies() if not str(c.get("name")).startswith("__Host-portal")]
    page.context.clear_cookies()
    page.context.add_cookies(kept)  # type: ignore[arg-type]  # what was just read
    page.locator("main button[name='account']").first.click()
    page.wait_for_selector("main[data-code='portal.over']")


PORTAL_STATES: dict[str, Show] = {
    "portal-home-employee": as_person("mette"),
    "portal-home-admin": as_person("bodil"),
    "portal-home-owner": as_person("merete"),
    "portal-home-operator": as_person("ravn"),
    "portal-mine": as_person("mette", "mine/"),
    "portal-org": as_person("bodil", "org/"),
    "portal-service": as_person("merete", "service/"),
    "portal-operator": as_person("ravn", "operator/"),
    **switching_states(as_person),
    "portal-organisation": as_person("sidsel", "organisation"),
    "portal-refused": as_person("mette", "operator/"),
    "portal-over": _over,
    "portal-left": _left,
    "portal-help": _without_login("help"),
    "portal-emergency": _without_login("emergency/a-link-of-two-people"),
}
