"""An administrator imports 500 rows with 7 faults, applies the valid ones, and takes them back."""

from playwright.sync_api import FilePayload, Page, expect

from broker.demo.federation import DemoFederation
from broker.organisations import store
from tests.box import Moved
from tests.browser.gallery_portals import sign_in
from tests.browser.walking import checked
from tests.portals.org_admin.uploading import faulty, newcomer, workbook

ROWS = 500


def people(demo: DemoFederation, clock: Moved) -> int:
    """How many of the file work at Plejecenter Egely now."""
    with demo.services.portals.reading() as connection:
        home = store.organisation_by_cvr(connection, "sundhed", "90000004", "", clock())
        assert home is not None
        found = store.accounts(
            connection,
            home.id,
            clock(),
            text="Ny Medarbejder",
            states=("pending", "active"),
            limit=ROWS,
        )
        return len(found)


def test_500_rows_with_7_faults_are_applied_and_taken_back(
    danish: Page, demo: DemoFederation, clock: Moved
) -> None:
    danish.set_default_timeout(300_000)  # 500 rows are read and applied while the browser waits
    wrong = faulty(600)
    data = workbook([newcomer(number) for number in range(ROWS - len(wrong))] + wrong)
    sign_in(danish, demo, "bodil", "org/imports")
    danish.get_by_role("link", name="Upload en fil").click()
    expect(danish.get_by_label("Ingenting: den bliver, som den er")).to_be_checked()
    file = FilePayload(name="nye i huset.xlsx", mimeType="application/vnd.ms-excel", buffer=data)
    danish.set_input_files("#file", files=[file])
    danish.get_by_role("button", name="Læs filen").click()

    expect(danish.get_by_role("heading", level=1)).to_have_text("nye i huset.xlsx")
    expect(danish.locator("[data-verdict=new]")).to_have_text("493")
    expect(danish.locator("[data-verdict=error]")).to_have_text("7")
    assert people(demo, clock) == 0, "nothing is changed by a preview"
    danish.locator(".filters a", has_text="Fejl").click()
    expect(danish.locator("tbody tr")).to_have_count(7)
    expect(danish.locator("tbody")).to_contain_text(
        "C499: »ikke en adresse« er ikke en e-mailadresse."
    )
    checked(danish, "da")

    danish.get_by_role("link", name="Gennemfør importen").click()
    danish.get_by_label("Begrundelse").fill("Nye kolleger fra 1. marts")
    danish.get_by_role("button", name="Gennemfør").click()
    expect(danish.get_by_role("heading", level=1)).to_have_text("Gennemfør importen")
    expect(danish.locator("#faults")).to_contain_text("Nogle rækker har fejl")
    assert people(demo, clock) == 0, "all of it, or nothing"
    danish.get_by_label("Kun rækkerne uden fejl").check()
    expect(danish.get_by_label("Begrundelse")).to_have_value("Nye kolleger fra 1. marts")
    danish.get_by_role("button", name="Gennemfør").click()
    expect(danish.locator(".notice")).to_contain_text("Importen er gennemført")
    expect(danish.locator("main")).to_contain_text("7 af rækkerne")
    assert people(demo, clock) == 493

    danish.get_by_role("link", name="Log", exact=True).click()
    expect(danish.locator("tbody")).to_contain_text("gennemførte en import: 493 nye")
    danish.get_by_role("link", name="Import", exact=True).first.click()
    danish.get_by_role("link", name="nye i huset.xlsx").first.click()
    danish.get_by_role("link", name="Fortryd importen").click()
    danish.get_by_label("Begrundelse").fill("Den forkerte fil")
    danish.get_by_role("button", name="Fortryd").click()
    expect(danish.locator(".notice")).to_contain_text("Importen er fortrudt")
    assert people(demo, clock) == 0
