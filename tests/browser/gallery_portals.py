"""The pages of the portals, each as somebody who signs in for it.

A portal adds its pages here in one line each: `"name": as_person("bodil", "org/people")`. Tests
look at all of them with axe, and `make screenshots` makes a picture of each.
"""

from playwright.sync_api import Page

from tests.browser.gallery import Gallery, Show
from tests.browser.gallery_mine import MINE_STATES
from tests.browser.gallery_organisation import organisation_states
from tests.browser.gallery_signing import as_person, sign_in

NOBODY = "00000000-0000-4000-8000-000000000000"


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


def _desk(sought: str, *steps: str) -> Show:
    """A search of the operator's desk, and on by the first link or button of each step."""

    def show(page: Page, gallery: Gallery) -> None:
        sign_in(page, gallery.demo, "ravn", "operator/desk")
        page.locator("#sought").fill(sought)
        page.locator("#reason").fill("Ringede om DPSD")
        page.locator("main form button").click()
        page.wait_for_url("**/operator/desk/*-*")
        for step in steps:
            page.locator(step).first.click()

    return show


def _checked_plan(page: Page, gallery: Gallery) -> None:
    """What an opening would come to, before it is decided."""
    sign_in(page, gallery.demo, "ravn", "operator/activations/do/plan/kombit")
    page.locator("main input[type=checkbox]").first.check()
    page.locator("#since").fill("31-12-2049 06:00")
    page.locator("main form button").last.click()
    page.wait_for_selector("button[name=sure]")


PORTAL_STATES: dict[str, Show] = {
    "portal-home-employee": as_person("mette"),
    "portal-home-admin": as_person("bodil"),
    "portal-home-owner": as_person("merete"),
    "portal-home-operator": as_person("ravn"),
    "portal-mine": as_person("mette", "mine/"),
    **organisation_states(sign_in),
    **MINE_STATES,
    "portal-service": as_person("merete", "service/"),
    "portal-operator": as_person("ravn", "operator/"),
    "portal-organisation": as_person("sidsel", "organisation"),
    "portal-refused": as_person("mette", "operator/"),
    "portal-over": _over,
    "portal-left": _left,
    "portal-help": _without_login("help"),
    "portal-emergency": _without_login("emergency/a-link-of-two-people"),
    "portal-desk": as_person("ravn", "operator/desk"),
    "portal-desk-found": _desk("Rikke"),
    "portal-desk-nobody": _desk("Ingen af det navn"),
    "portal-desk-unknown": _desk("7KQ2-9F4M-XTRC"),
    "portal-desk-person": _desk("Ravnkilde", "main table a"),
    "portal-desk-login": _desk("Ravnkilde", "main table a", "main table a"),
    "portal-desk-simulate": _desk("Åkjær", "main table a", "main .actions a", "main form button"),
    "portal-desk-looks": as_person("ravn", "operator/desk/looks"),
    "portal-activations": as_person("ravn", "operator/activations"),
    "portal-activations-idp": as_person("ravn", "operator/activations?idp=nemlogin"),
    "portal-activation": as_person("ravn", "operator/activations/at/dpsd/nemlogin"),
    "portal-activation-plan": as_person("ravn", "operator/activations/do/plan/kombit"),
    "portal-activation-pause": as_person(
        "ravn", "operator/activations/pause/nemlogin?service=dpsd"
    ),
    "portal-activation-check": _checked_plan,
}

__all__ = ["PORTAL_STATES", "as_person", "sign_in"]
