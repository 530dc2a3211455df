"""Pages of a spreadsheet that Bodil has uploaded, with faults in it."""

from playwright.sync_api import FilePayload, Page

from tests.browser.gallery import Gallery, Show
from tests.browser.gallery_signing import as_person, resume
from tests.portals.org_admin.uploading import faulty, newcomer, workbook


def _imported(path: str = "") -> Show:
    def show(page: Page, gallery: Gallery) -> None:
        resume(page, gallery.demo, "bodil", "org/imports/new")
        rows = [newcomer(number) for number in range(9)] + faulty(600)
        file = FilePayload(name="nye i huset.xlsx", mimeType="", buffer=workbook(rows))
        page.set_input_files("#file", files=[file])
        page.locator("main .button-primary").click()
        page.wait_for_url("**/imports/*-*")
        if path:
            page.goto(page.url + path)

    return show


def _undo(page: Page, gallery: Gallery) -> None:
    """Applied, and about to be taken back."""
    _imported("/apply")(page, gallery)
    page.locator("main input[name=mode][value=valid]").check()
    page.locator("#reason").fill("Nye kolleger")
    page.locator("main form .button-primary").click()
    page.wait_for_selector("main a[href$='/undo']")
    page.locator("main a[href$='/undo']").click()
    page.wait_for_url("**/undo")


IMPORT_STATES: dict[str, Show] = {
    "portal-org-imports": as_person("bodil", "org/imports"),
    "portal-org-import-new": as_person("bodil", "org/imports/new"),
    "portal-org-import": _imported(),
    "portal-org-import-apply": _imported("/apply"),
    "portal-org-import-confirm": _imported("/confirm"),
    "portal-org-import-discard": _imported("/discard"),
    "portal-org-import-undo": _undo,
}
