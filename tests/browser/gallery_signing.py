"""Signing in to the portals in a browser, as one of the people of the demo."""

from playwright.sync_api import Cookie, Page

from broker.demo.federation import DemoFederation
from broker.demo.people import person_of
from broker.portals.gate import PREFIX
from tests.browser.gallery import Gallery, Show
from tests.browser.walking import says_who

AGAIN = "main[data-code='portal.fresh'], main[data-code='portal.level']"
_SESSIONS: dict[tuple[str, str], list[Cookie]] = {}  # of this process, by demo and person


def sign_in(page: Page, demo: DemoFederation, key: str, path: str = "") -> None:
    """From a page of the portals, through the login that it leads to, and back."""
    base = f"{demo.ports.origin}/sundhed/portal/"
    page.goto(base + path)
    who = person_of(key)
    assert who is not None
    if page.url.startswith(base):
        if page.locator(AGAIN).count() == 0:
            return
        page.locator("main .button-primary").click()  # a login of a moment ago is asked for
    says_who(page, who.idp, key, "button[name='account']")
    page.wait_for_selector("button[name='account'], .portal-bar")
    if not page.url.startswith(base):  # somebody with two organisations, who has not chosen yet
        page.locator("button[name='account']").first.click()
    page.wait_for_url(f"{base}**")


def resume(page: Page, demo: DemoFederation, key: str, path: str = "") -> None:
    """The same in the session that the person has by now; a login only where there is none."""
    known = (demo.ports.origin, key)
    page.context.add_cookies(_SESSIONS.get(known, []))  # type: ignore[arg-type]  # as it was read
    sign_in(page, demo, key, path)
    _SESSIONS[known] = [
        cookie
        for cookie in page.context.cookies(demo.ports.origin)
        if cookie.get("name", "").startswith(PREFIX)
    ]


def as_person(key: str, path: str = "") -> Show:
    """A page of the portals, as somebody."""

    def show(page: Page, gallery: Gallery) -> None:
        resume(page, gallery.demo, key, path)

    return show
