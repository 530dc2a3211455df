"""Pages about vendors: what they ask for, what they have, and what owners see and decide."""

import re

from playwright.sync_api import Page

from tests.browser.gallery import Gallery, Show
from tests.browser.gallery_signing import as_person, resume
from tests.system_certificates import system_certificate

FIELDS = {
    "product": "Hospicejournalen",
    "purpose": "Vi indberetter dødsattester for hospicer og henter kvitteringer.",
    "contact_email": "vilma@kodevaerket.example.dk",
    "technical_name": "Tage Bitsted",
    "technical_email": "drift@kodevaerket.example.dk",
}
_SEND = "main form .button-primary"
_ACCESS = "main table a[href*='/vendor/access/']"
_DECIDED = "main table a[href*='/vendors/']"


def _filled(page: Page, gallery: Gallery, product: str = FIELDS["product"]) -> None:
    """The form as Vilma fills it in, with a certificate that fits."""
    resume(page, gallery.demo, "vilma", "vendor/new?interface=sei2/idws")
    for name, value in {**FIELDS, "product": product}.items():
        page.locator(f"#{name}").fill(value)
    page.locator("#certificate").fill(system_certificate(name="Hospicejournalen test").decode())


def _asked(page: Page, gallery: Gallery, product: str = FIELDS["product"]) -> str:
    """The reference of a case that waits; asked for where there is none."""
    resume(page, gallery.demo, "vilma", "vendor/")
    rows = page.locator("main tr", has=page.locator(".case-state-open"))
    known = rows.filter(has_text=product).locator("a[href*='/cases/']")
    if known.count():
        return known.first.inner_text()
    _filled(page, gallery, product)
    page.locator("#fictive").check()
    page.locator(_SEND).click()
    page.wait_for_url("**/vendor/cases/S*")
    found = re.search(r"/cases/(S[^?]+)", page.url)
    assert found
    return found.group(1)


def _granted(page: Page, gallery: Gallery) -> None:
    """Vilma's list, with an access that the owner has approved."""
    resume(page, gallery.demo, "vilma", "vendor/")
    if page.locator(_ACCESS).count():
        return
    reference = _asked(page, gallery, "Plejejournalen")
    fresh = page.context.browser.new_context()  # type: ignore[union-attr]  # it has one
    deciding = fresh.new_page()
    resume(deciding, gallery.demo, "sigrid", f"service/cases/{reference}")
    deciding.locator("main input[name=deed][value=approve]").check()
    deciding.locator(".case-panel button").click()
    deciding.wait_for_url("**done=approved")
    fresh.close()
    resume(page, gallery.demo, "vilma", "vendor/")


def _access(path: str = "", *, press: str = "") -> Show:
    """The page of that access, and a form of it."""

    def show(page: Page, gallery: Gallery) -> None:
        _granted(page, gallery)
        page.locator(_ACCESS).first.click()
        page.wait_for_url("**/vendor/access/*")
        if path:
            page.goto(page.url.partition("?")[0] + path)
        if press:
            page.locator(press).click()
            page.wait_for_selector("#faults")

    return show


def _case(key: str, place: str) -> Show:
    def show(page: Page, gallery: Gallery) -> None:
        reference = _asked(page, gallery)
        _leave(page)
        resume(page, gallery.demo, key, f"{place}/{reference}")

    return show


def _decided(key: str, place: str, path: str = "") -> Show:
    """The list of those who decide, and on to one access of it."""

    def show(page: Page, gallery: Gallery) -> None:
        _granted(page, gallery)
        _leave(page)
        resume(page, gallery.demo, key, f"{place}/vendors")
        if path:
            page.locator(_DECIDED).first.click()
            page.wait_for_url("**/vendors/*-*")
            if path != "one":
                page.goto(f"{page.url}/{path}")

    return show


def _leave(page: Page) -> None:
    page.context.clear_cookies()


def _checked(page: Page, gallery: Gallery) -> None:
    _filled(page, gallery)
    page.locator("button[name=check]").click()
    page.wait_for_selector("#verdict")


def _faults(page: Page, gallery: Gallery) -> None:
    """Nothing filled in, and a certificate of production."""
    resume(page, gallery.demo, "vilma", "vendor/new")
    page.locator("#certificate").fill(system_certificate(test=False).decode())
    page.locator(_SEND).click()
    page.wait_for_selector("#faults")


def _wrong_certificate(page: Page, gallery: Gallery) -> None:
    _access("/certificate")(page, gallery)
    page.locator("#certificate").fill(system_certificate(test=False).decode())
    page.locator(_SEND).click()
    page.wait_for_selector("#faults")


def _interface_fault(page: Page, gallery: Gallery) -> None:
    resume(page, gallery.demo, "sigrid", "service/sei2/interfaces/idws")
    page.locator("#closes").fill("01-01-2019 00.00")
    page.locator(_SEND).click()
    page.wait_for_selector("#faults")


def _public(page: Page, gallery: Gallery) -> None:
    page.goto(f"{gallery.demo.ports.origin}/sundhed/portal/interfaces")


VENDOR_STATES: dict[str, Show] = {
    "portal-interfaces": _public,
    "portal-vendor": _granted,
    "portal-vendor-home": as_person("vilma"),
    "portal-vendor-ask": as_person("vilma", "vendor/new?interface=sei2/idws"),
    "portal-vendor-ask-checked": _checked,
    "portal-vendor-ask-faults": _faults,
    "portal-vendor-case": _case("vilma", "vendor/cases"),
    "portal-vendor-access": _access(),
    "portal-vendor-certificate": _access("/certificate"),
    "portal-vendor-certificate-fault": _wrong_certificate,
    "portal-vendor-end": _access("/end", press="main form .button-danger"),
    "portal-service-vendor-case": _case("sigrid", "service/cases"),
    "portal-service-vendors": _decided("sigrid", "service"),
    "portal-service-vendor": _decided("sigrid", "service", "one"),
    "portal-service-vendor-extend": _decided("sigrid", "service", "extend"),
    "portal-service-vendor-revoke": _decided("sigrid", "service", "revoke"),
    "portal-operator-vendors": _decided("ravn", "operator"),
    "portal-operator-vendor": _decided("ravn", "operator", "one"),
    "portal-operator-vendor-extend": _decided("ravn", "operator", "extend"),
    "portal-operator-vendor-revoke": _decided("ravn", "operator", "revoke"),
    "portal-service-interfaces": as_person("sigrid", "service/sei2/interfaces"),
    "portal-service-interface": as_person("sigrid", "service/sei2/interfaces/idws"),
    "portal-service-interface-new": as_person("sigrid", "service/sei2/interfaces/new"),
    "portal-service-interface-fault": _interface_fault,
}
