"""The employee's pages, each on the way that leads there."""

import re
from collections.abc import Callable

from playwright.sync_api import Page

from broker.demo.federation import DemoFederation
from tests.browser.gallery import Gallery, Show
from tests.browser.gallery_signing import as_person, resume
from tests.portals.mine.deciding import decide

READER = re.compile("^(Læser|Reader)")
_REQUEST = re.compile(r"/mine/requests/([0-9a-f-]{36})$")


def base_of(demo: DemoFederation) -> str:
    return f"{demo.ports.origin}/sundhed/portal/mine/"


def clear(page: Page, demo: DemoFederation) -> None:
    """An empty cart, and no request that waits."""
    base = base_of(demo)
    page.goto(f"{base}ask")
    while page.locator("button[name='drop']").count():
        page.locator("button[name='drop']").first.click()
    page.goto(f"{base}requests")
    links = page.locator("tr:has(.mark-open) a")
    for href in [link.get_attribute("href") for link in links.all()]:
        page.goto(f"{demo.ports.origin}{href}/withdraw")
        page.locator("main .button-primary").click()


def put_in_cart(page: Page, demo: DemoFederation, name: re.Pattern[str] = READER) -> None:
    """Pick a role of DPSD."""
    page.goto(f"{base_of(demo)}ask?service=dpsd&idp=nemlogin")
    page.get_by_role("checkbox", name=name).check()
    page.locator(".role-list ~ .actions button").click()
    page.wait_for_url("**/ask/role/**")


def narrow(page: Page) -> None:
    """To one's own unit, and on to when and why."""
    page.locator("input[value='own_unit']").check()
    page.locator(".actions button[value='save']").click()
    page.wait_for_url("**/ask/why")


def give_reason(page: Page, reason: str = "Jeg er ny på afdelingen") -> None:
    """And on to the check of the answers."""
    page.locator("textarea").fill(reason)
    page.locator("main .button-primary").click()
    page.wait_for_url("**/ask/check")


def send(page: Page) -> None:
    """And the receipt."""
    page.locator("main .actions .button-primary").click()
    page.wait_for_url("**/ask/sent/**")


def _on_the_way(*steps: Callable[[Page], None]) -> Show:
    def show(page: Page, gallery: Gallery) -> None:
        resume(page, gallery.demo, "viggo", "mine/")
        clear(page, gallery.demo)
        put_in_cart(page, gallery.demo)
        for step in steps:
            step(page)

    return show


def _searched(page: Page) -> None:
    page.locator("input[type='search']").fill("egely")
    page.locator(".search-row button").click()
    page.wait_for_selector(".results")


def _faulty(page: Page) -> None:
    page.locator("main .button-primary").click()
    page.wait_for_selector(".error-summary")


def _first_request(page: Page) -> None:
    page.locator("dd a").first.click()
    page.wait_for_url(_REQUEST)


def _request(then: str = "") -> Show:
    sent = _on_the_way(narrow, give_reason, send, _first_request)

    def show(page: Page, gallery: Gallery) -> None:
        sent(page, gallery)
        found = _REQUEST.search(page.url)
        assert found is not None
        if then == "ask":
            decide(gallery.demo, "bodil", "ask", found.group(1), "Hvilken afdeling gælder det?")
            page.reload()
        elif then:
            page.goto(f"{page.url}/{then}")

    return show


def _role(name: re.Pattern[str], path: str = "") -> Show:
    def show(page: Page, gallery: Gallery) -> None:
        resume(page, gallery.demo, "omar", "mine/")
        page.get_by_role("link", name=name).first.click()
        page.wait_for_url("**/mine/roles/**")
        if path:
            page.goto(f"{page.url}/{path}")

    return show


DEATH = re.compile("^(Dødsattest|Death certificate)")
MINE_STATES: dict[str, Show] = {
    "portal-mine": as_person("mette", "mine/"),
    "portal-mine-many": as_person("omar", "mine/"),
    "portal-mine-role": _role(DEATH),
    "portal-mine-extend": _role(DEATH, "extend"),
    "portal-mine-give-back": _role(DEATH, "give-back"),
    "portal-mine-ask": as_person("viggo", "mine/ask"),
    "portal-mine-ask-service": as_person("viggo", "mine/ask?service=dpsd&idp=nemlogin"),
    "portal-mine-ask-search": as_person("viggo", "mine/ask?q=sager"),
    "portal-mine-ask-closed": as_person("viggo", "mine/ask?q=darina"),
    "portal-mine-pick": _on_the_way(_searched),
    "portal-mine-why": _on_the_way(narrow, _faulty),
    "portal-mine-check": _on_the_way(narrow, give_reason),
    "portal-mine-sent": _on_the_way(narrow, give_reason, send),
    "portal-mine-requests": as_person("viggo", "mine/requests"),
    "portal-mine-request": _request(),
    "portal-mine-request-question": _request("ask"),
    "portal-mine-withdraw": _request("withdraw"),
    "portal-mine-logins": as_person("mette", "mine/logins"),
    "portal-mine-choices": as_person("sidsel", "mine/choices"),
    "portal-mine-data": as_person("mette", "mine/data"),
    "portal-mine-start": as_person("malene", "mine/start"),
    "portal-mine-start-unknown": as_person("dagfin", "mine/start"),
}
