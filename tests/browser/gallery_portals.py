"""The pages of the portals, each as somebody who signs in for it.

A portal adds its pages here in one line each: `"name": as_person("bodil", "org/people")`. Tests
look at all of them with axe, and `make screenshots` makes a picture of each.
"""

from playwright.sync_api import Page

from broker.demo.federation import DemoFederation
from broker.demo.people import person_of
from tests.browser.gallery import Gallery, Show
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


def as_person(key: str, path: str = "", *, press: str = "") -> Show:
    """A page of the portals, as somebody; with a button pressed, what it leads to."""

    def show(page: Page, gallery: Gallery) -> None:
        sign_in(page, gallery.demo, key, path)
        if press:
            page.locator(press).first.click()
            page.wait_for_load_state("load")

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


def _begun(page: Page, gallery: Gallery) -> str:
    """A service that Merete began, with metadata and everything that its pages show."""
    code, newcomer = "gallery-card", gallery.demo.newcomer
    sign_in(page, gallery.demo, "merete", f"service/{code}/metadata")
    if page.locator("main[data-code]").count() == 0:
        return code
    base = f"{gallery.demo.ports.origin}/sundhed/portal/service"
    page.goto(f"{base}/new")
    for field, words in (("name_da", "Kortet"), ("name_en", "The card"), ("code", code)):
        page.locator(f"#{field}").fill(words)
    page.locator("main form .button-primary").click()
    page.goto(f"{base}/{code}/metadata")
    page.locator("#address").fill(f"{newcomer.url}/metadata")
    page.locator("form[enctype] button").click()
    page.wait_for_url("**done=saved")
    page.goto(f"{base}/{code}/roles/new")
    for field in ("name_da", "name_en", "code", "description_da", "description_en"):
        page.locator(f"#{field}").fill("Vaccinator")
    page.locator("#types input[value=sor]").check()
    page.locator("main form .button-primary").click()
    page.wait_for_url("**done=saved")
    page.goto(f"{base}/{code}/")
    page.locator(f"form[action$='/{code}/test'] button").click()
    page.wait_for_url("**done=tested")
    return code


def _service(path: str, *, press: str = "", fill: dict[str, str] | None = None) -> Show:
    """A page of that service; with a button pressed, what it leads to, faults included."""

    def show(page: Page, gallery: Gallery) -> None:
        code = _begun(page, gallery)
        page.goto(f"{gallery.demo.ports.origin}/sundhed/portal/service/{code}/{path}")
        for field, words in (fill or {}).items():
            page.locator(f"#{field}").fill(words)
        if press:
            page.locator(press).first.click()
            page.wait_for_load_state("load")

    return show


def _attributes_fault(page: Page, gallery: Gallery) -> None:
    """An attribute without its reason."""
    _service("attributes")(page, gallery)
    page.locator("#a-cvr").check()
    page.locator(_SEND).click()
    page.wait_for_selector("#faults")


def _change(page: Page, gallery: Gallery) -> None:
    """A change of dpsd that waits, as the operator sees it."""
    base = f"{gallery.demo.ports.origin}/sundhed/portal/service"
    sign_in(page, gallery.demo, "merete", "service/dpsd/production")
    waits = page.locator("a[href*='/changes/']")
    if waits.count() == 0:
        page.goto(f"{base}/dpsd/about")
        page.locator("#name_en").fill("Danish Patient Safety Database, new")
        page.locator("main form .button-primary").click()
        page.wait_for_url("**done=saved")
        page.goto(f"{base}/dpsd/production")
        page.locator("#reason").fill("A better name")
        page.locator("form[action$='/ask'] button").click()
        page.wait_for_url("**done=asked")
    where = page.locator("a[href*='/changes/']").first.get_attribute("href")
    page.context.clear_cookies()
    sign_in(page, gallery.demo, "ravn", str(where).partition("/portal/")[2])


_SEND = "main form .button-primary"
PORTAL_STATES: dict[str, Show] = {
    "portal-home-employee": as_person("mette"),
    "portal-home-admin": as_person("bodil"),
    "portal-home-owner": as_person("merete"),
    "portal-home-operator": as_person("ravn"),
    "portal-mine": as_person("mette", "mine/"),
    "portal-org": as_person("bodil", "org/"),
    "portal-service": as_person("merete", "service/"),
    "portal-service-new": as_person("merete", "service/new"),
    "portal-service-new-fault": as_person("merete", "service/new", press=_SEND),
    "portal-service-one": _service(""),
    "portal-service-metadata": _service("metadata"),
    "portal-service-metadata-fault": _service(
        "metadata/fields", press=".graded ~ .actions button", fill={"acs": "http://x"}
    ),
    "portal-service-about": _service("about"),
    "portal-service-about-fault": _service("about", press=_SEND, fill={"name_da": ""}),
    "portal-service-roles": _service("roles"),
    "portal-service-role": _service("roles/Vaccinator"),
    "portal-service-role-fault": _service("roles/new", press=_SEND),
    "portal-service-role-away": _service("roles/Vaccinator/away"),
    "portal-service-attributes": _service("attributes"),
    "portal-service-attributes-fault": _attributes_fault,
    "portal-service-logins": _service("logins"),
    "portal-service-testing": _service("testing"),
    "portal-service-armed": _service("testing", press=_SEND),
    "portal-service-production": _service("production"),
    "portal-service-change": _change,
    "portal-service-away": as_person("merete", "service/sor/production/remove"),
    "portal-service-away-fault": as_person("merete", "service/sor/production/remove", press=_SEND),
    "portal-operator": as_person("ravn", "operator/"),
    "portal-organisation": as_person("sidsel", "organisation"),
    "portal-refused": as_person("mette", "operator/"),
    "portal-over": _over,
    "portal-left": _left,
    "portal-help": _without_login("help"),
    "portal-emergency": _without_login("emergency/a-link-of-two-people"),
}
