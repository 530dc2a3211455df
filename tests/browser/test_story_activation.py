"""Region Nordjylland is opened for one service at a set time and paused; people see each step."""

from datetime import timedelta

from playwright.sync_api import Browser, Page, expect

from broker.codelists.dates import DENMARK
from broker.demo.federation import DemoFederation
from tests.box import Moved
from tests.browser.gallery_portals import sign_in
from tests.browser.walking import choose

NORD, SERVICE = "region-nordjylland", "fmk-online"


def _operator(page: Page, demo: DemoFederation, path: str) -> None:
    sign_in(page, demo, "ravn", f"operator/activations/{path}")


def _discovery(page: Page, demo: DemoFederation) -> None:
    """The page that asks where to log in, as anybody sees it on the way to the service."""
    page.goto(demo.sps[SERVICE].url)
    page.get_by_role("link", name="Log ind").click()
    page.wait_for_url("**/saml/discovery**")
    if page.get_by_role("link", name="Vis alle").count():
        page.get_by_role("link", name="Vis alle").first.click()


def test_a_region_is_opened_at_a_set_time_and_paused(
    chromium: Browser, demo: DemoFederation, clock: Moved
) -> None:
    contexts = [chromium.new_context(locale="da-DK") for _ in range(2)]
    for context in contexts:
        context.set_default_timeout(15_000)
    operator, user = (context.new_page() for context in contexts)
    button = user.locator(f'button[name="idp"][value="{NORD}"]')

    # With NemLog-in alone nobody would be asked, so another region is opened at once.
    _operator(operator, demo, f"at/{SERVICE}/region-sjaelland")
    operator.get_by_role("link", name="Åbn nu").click()
    operator.get_by_role("button", name="Se det igennem først").click()
    operator.get_by_role("button", name="Åbn").click()
    expect(operator.locator(".notice")).to_have_text("Der er åbent.")

    # Before: it is not there. It is to open at six in a week.
    at = (clock() + timedelta(days=7)).astimezone(DENMARK)
    said = f"{at:%d-%m-%Y} 06:00"
    _discovery(user, demo)
    expect(button).to_have_count(0)

    # Planned for one service, looked through first; people see when it opens.
    operator.goto(operator.url.partition("/at/")[0] + f"/at/{SERVICE}/{NORD}")
    operator.get_by_role("link", name="Planlæg åbning").click()
    expect(operator.locator("main input[type=checkbox]:checked")).to_have_count(1)
    operator.locator("#since").fill(said)
    operator.get_by_label("Sagsnummer").fill("26/2049")
    operator.get_by_role("button", name="Se det igennem først").click()
    expect(operator.locator("main table tbody tr")).to_have_count(1)
    expect(operator.locator("main table tbody td").last).to_contain_text("åbner senere")
    operator.locator("main details summary").first.click()
    expect(operator.locator("main pre").first).to_contain_text("Region Nordjylland")
    operator.get_by_role("button", name="Planlæg").click()
    expect(operator.locator(".notice")).to_have_text("Åbningen er planlagt.")
    _discovery(user, demo)
    expect(button).to_have_count(0)
    months = "januar februar marts april maj juni juli august september oktober november december"
    opens = f"{at.day}. {months.split()[at.month - 1]}"
    expect(user.locator("main")).to_contain_text(opens)

    # At that time it is open, and nobody did anything.
    clock.move((at.replace(hour=6, minute=0, second=1) - at).total_seconds() + 7 * 86400)
    _discovery(user, demo)
    expect(button).to_be_visible()

    # Paused in two presses from the matrix's own field, also seen at once.
    _operator(operator, demo, f"at/{SERVICE}/{NORD}")
    expect(operator.locator(".verdict")).to_contain_text("Åben")
    operator.get_by_role("link", name="Sæt på pause").click()
    operator.get_by_role("button", name="Sæt på pause nu").first.click()
    expect(operator.locator(".notice")).to_have_text("Det er sat på pause.")
    _discovery(user, demo)
    expect(button).to_have_count(0)
    expect(user.locator("main")).to_contain_text("problemer med login gennem Region Nordjylland")

    # Let go on: open again, and a nurse of the region gets in by it.
    operator.get_by_role("link", name="Genoptag login").click()
    operator.get_by_role("button", name="Se det igennem først").click()
    operator.get_by_role("button", name="Genoptag login").click()
    expect(operator.locator(".notice")).to_have_text("Det fortsætter som planlagt.")
    rows = operator.locator("main table tbody tr")
    expect(rows.first).to_contain_text("Rikke Ravnkilde")
    _discovery(user, demo)
    button.click()
    choose(user, "person", "karen")
    user.wait_for_selector("main[data-code], h1")
    for context in contexts:
        context.close()
