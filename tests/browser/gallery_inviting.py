"""Pages about invitations into the team of a service, of one that waits."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.gallery import Gallery, Show
from tests.browser.gallery_cases import mailed
from tests.browser.gallery_signing import resume

WITHDRAW = "main a[href$='/withdraw']"
MAIL = "bodil@egely.example.dk"
FIELDS = {
    "name": "Bodil Kornmose",
    "email": MAIL,
    "cvr": "90000004",
    "until": "31-12-2030",
    "reason": "Leverandør til kodelisten",
}


def _invited(page: Page, gallery: Gallery) -> None:
    """The owner on the page of the team, with an invitation that waits."""
    resume(page, gallery.demo, "merete", "service/team/sor")
    if page.locator(WITHDRAW).count() == 0:
        resume(page, gallery.demo, "merete", "service/team/sor/invite")
        for name, value in FIELDS.items():
            page.locator(f"#{name}").fill(value)
        page.locator("main form button.button-primary").click()
        page.wait_for_selector(WITHDRAW)


def _withdraw(page: Page, gallery: Gallery) -> None:
    _invited(page, gallery)
    page.locator(WITHDRAW).first.click()
    page.wait_for_url("**/withdraw")


def _link(page: Page, gallery: Gallery) -> None:
    """Behind the link, as whoever was invited."""
    sending = page.context.browser.new_context()  # type: ignore[union-attr]  # it has one
    _invited(sending.new_page(), gallery)
    sending.close()
    resume(page, gallery.demo, "bodil", mailed(gallery.demo, "team-invitation", MAIL))


def _faults(page: Page, gallery: Gallery) -> None:
    resume(page, gallery.demo, "merete", "service/team/sor/invite")
    page.locator("main form button.button-primary").click()
    page.wait_for_selector("#faults")


_SHOWS: dict[str, Callable[[Page, Gallery], None]] = {
    "team-invited": _invited,
    "team-withdraw": _withdraw,
    "team-link": _link,
    "team-invite-faults": _faults,
}
INVITING_STATES: dict[str, Show] = {f"portal-service-{name}": s for name, s in _SHOWS.items()}
