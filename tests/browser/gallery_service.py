"""The pages of a service's owner, with what can be wrong on them."""

from playwright.sync_api import Page

from tests.browser.gallery import Gallery, Show
from tests.browser.gallery_signing import as_person, resume
from tests.browser.walking import choose


def _begun(page: Page, gallery: Gallery) -> str:
    """A service that Merete began, with metadata and everything that its pages show."""
    code, newcomer = "gallery-card", gallery.demo.newcomer
    resume(page, gallery.demo, "merete", f"service/{code}/metadata")
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


def _seen(page: Page, gallery: Gallery) -> None:
    """What was sent in a test login."""
    _service("testing", press=_SEND)(page, gallery)
    seen = page.locator("main a.button[href*='/testing/']").get_attribute("href")
    page.goto(f"{gallery.demo.newcomer.url}/login?federation=sundhed-test")
    if page.locator("button[value='test-login']").count():
        choose(page, "idp", "test-login")
    page.wait_for_url(f"{gallery.demo.newcomer.url}/")
    page.goto(f"{gallery.demo.ports.origin}{seen}")


def _change(page: Page, gallery: Gallery) -> None:
    """A change of dpsd that waits, as the operator sees it."""
    base = f"{gallery.demo.ports.origin}/sundhed/portal/service"
    resume(page, gallery.demo, "merete", "service/dpsd/production")
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
    resume(page, gallery.demo, "ravn", str(where).partition("/portal/")[2])


_SEND = "main form .button-primary"


def _pressed(path: str) -> Show:
    """A page as Merete, and what its empty form is answered with."""

    def show(page: Page, gallery: Gallery) -> None:
        resume(page, gallery.demo, "merete", path)
        page.locator(_SEND).first.click()
        page.wait_for_selector("#faults")

    return show


SERVICE_STATES: dict[str, Show] = {
    "portal-service-new": as_person("merete", "service/new"),
    "portal-service-new-fault": _pressed("service/new"),
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
    "portal-service-seen": _seen,
    "portal-service-ask": as_person("merete", "service/sor/production"),
    "portal-service-production": _service("production"),
    "portal-service-change": _change,
    "portal-service-away": as_person("merete", "service/sor/production/remove"),
    "portal-service-away-fault": _pressed("service/sor/production/remove"),
}
