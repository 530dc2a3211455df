"""The pages of the portals, each as somebody who signs in for it.

A portal adds its pages here in one line each: `"name": as_person("bodil", "org/people")`. Tests
look at all of them with axe, and `make screenshots` makes a picture of each.
"""

from playwright.sync_api import Page

from tests.browser.gallery import Gallery, Show
from tests.browser.gallery_cases import CASE_STATES
from tests.browser.gallery_importing import IMPORT_STATES
from tests.browser.gallery_mine import MINE_STATES
from tests.browser.gallery_organisation import organisation_states
from tests.browser.gallery_service import SERVICE_STATES
from tests.browser.gallery_signing import as_person, resume, sign_in
from tests.browser.gallery_switching import switching_states
from tests.browser.gallery_vendors import VENDOR_STATES
from tests.browser.gallery_waiting import WAITING_STATES

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
        resume(page, gallery.demo, "ravn", "operator/desk")
        page.locator("#sought").fill(sought)
        page.locator("#reason").fill("Ringede om DPSD")
        page.locator("main form button").click()
        page.wait_for_url("**/operator/desk/*-*")
        for step in steps:
            page.locator(step).first.click()

    return show


def _checked_plan(page: Page, gallery: Gallery) -> None:
    """What an opening would come to, before it is decided."""
    resume(page, gallery.demo, "ravn", "operator/activations/do/plan/kombit")
    page.locator("main input[type=checkbox]").first.check()
    page.locator("#since").fill("31-12-2049 06:00")
    page.locator("main form button").last.click()
    page.wait_for_selector("button[name=sure]")


def _mandate(key: str, name: str, kind: str) -> Show:
    """A page about somebody's mandate, from the list."""

    def show(page: Page, gallery: Gallery) -> None:
        resume(page, gallery.demo, key, "org/mandates")
        page.locator("tr", has_text=name).first.locator(f"a[href$='/{kind}']").click()
        page.wait_for_url(f"**/{kind}")

    return show


def _chosen(key: str, path: str, name: str) -> Show:
    """A form about somebody who was searched for."""

    def show(page: Page, gallery: Gallery) -> None:
        resume(page, gallery.demo, key, f"{path}?q={name}")
        page.locator(".card-link").first.click()
        page.wait_for_selector("#reason")

    return show


PORTAL_STATES: dict[str, Show] = {
    **CASE_STATES,
    "portal-home-employee": as_person("mette"),
    "portal-home-admin": as_person("bodil"),
    "portal-home-owner": as_person("merete"),
    "portal-home-operator": as_person("ravn"),
    "portal-mine": as_person("mette", "mine/"),
    **organisation_states(resume),
    **MINE_STATES,
    **SERVICE_STATES,
    **VENDOR_STATES,
    **IMPORT_STATES,
    **WAITING_STATES,
    "portal-org-mandates": as_person("bodil", "org/mandates"),
    "portal-org-mandate-find": as_person("bodil", "org/mandates/new?q=an"),
    "portal-org-mandate-new": _chosen("bodil", "org/mandates/new", "Hanne"),
    "portal-org-mandate-end": _mandate("bodil", "Anton", "end"),
    "portal-org-substitute": _mandate("anton", "Anton", "substitute"),
    "portal-org-claim": as_person("viggo", "org/claim"),
    "portal-org-log": as_person("bodil", "org/log"),
    "portal-mine-mail": as_person("bodil", "mine/mail"),
    "portal-operator-rescues": as_person("ravn", "operator/rescues"),
    "portal-service": as_person("merete", "service/"),
    "portal-operator": as_person("ravn", "operator/"),
    **switching_states(as_person),
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
    "portal-health": as_person("ravn", "operator/health"),
    "portal-mail": as_person("ravn", "operator/mail"),
    "portal-mail-words": as_person("ravn", "operator/mail/words"),
    "portal-mail-kind": as_person("ravn", "operator/mail/words/role-granted"),
    "portal-mappings": as_person("ravn", "operator/mappings"),
    "portal-mapping": as_person("ravn", "operator/mappings/of/dpsd"),
}

__all__ = ["PORTAL_STATES", "as_person", "sign_in"]
