"""A nurse asks for DPSD where it refused her; her administrator narrows; she gets exactly that."""

import re

from playwright.sync_api import Browser, Page, expect

from broker.demo.federation import DemoFederation
from tests.browser.gallery_portals import sign_in
from tests.browser.walking import arrived, dead_end, says_who

WHO = "Nynne Havbro"
HOUSE, WING = "1491000016005", "1501000016001"
NUMBER = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}")


def _to_dpsd(page: Page, demo: DemoFederation) -> None:
    page.goto(demo.sps["dpsd"].url)
    page.get_by_role("link", name="Log ind").click()
    says_who(page, "nemlogin", "nynne", f"main[data-code], h1:has-text('{WHO}')")


def test_a_nurse_gets_exactly_what_her_administrator_approved(
    chromium: Browser, danish: Page, demo: DemoFederation
) -> None:
    # Refused, and led on with the service and the login; she only says again who she is.
    _to_dpsd(danish, demo)
    dead_end(danish, "policy.no_role")
    danish.locator("main .button-primary:visible", has_text="Bed om adgang").click()
    says_who(danish, "nemlogin", "nynne", ".portal-bar")
    danish.wait_for_url("**/portal/mine/ask?service=dpsd**")
    expect(danish.locator("h1")).to_have_text("Bed om adgang til Dansk Patientsikkerhedsdatabase")
    expect(danish.locator("main .what")).to_contain_text("Du loggede ind med NemLog-in")

    # The role, for the whole house, and why.
    danish.get_by_role("checkbox", name="Læser").check()
    danish.get_by_role("button", name="Læg i kurven, og fortsæt").click()
    danish.locator(f"input[value='{HOUSE}+']").check()
    danish.get_by_role("button", name="Fortsæt").last.click()
    danish.get_by_label("Hvad skal du bruge det til?").fill("Jeg følger op på hændelser")
    danish.get_by_label("Til og med hvilken dag").fill("31.03.2027")
    danish.get_by_role("button", name="Fortsæt").click()
    expect(danish.locator("h1")).to_have_text("Tjek dine svar")
    expect(danish.locator("main")).to_contain_text("Bodil Kornmose")
    danish.get_by_role("button", name="Send anmodningen").click()
    expect(danish.locator("h1")).to_have_text("Din anmodning er sendt")
    number = danish.locator("dd a").first.inner_text()
    assert NUMBER.fullmatch(number)

    # Her administrator, in another browser: only her own wing.
    office = chromium.new_context(locale="da-DK")
    office.set_default_timeout(15_000)
    bodil = office.new_page()
    sign_in(bodil, demo, "bodil", "org/requests")
    bodil.get_by_role("link", name=WHO).first.click()
    expect(bodil.locator("main")).to_contain_text("Jeg følger op på hændelser")
    bodil.get_by_role("link", name="Vælg en snævrere afgrænsning").click()
    while bodil.locator(".chosen .quiet-link").count():
        bodil.locator(".chosen .quiet-link").first.click()
    bodil.locator("main input[type='search']").fill(WING)
    bodil.locator("main form[role='search'] button").click()
    bodil.get_by_role("link", name=re.compile("Østfløjen")).first.click()
    bodil.get_by_role("link", name="Brug dette").click()
    expect(bodil.locator("main form strong").first).to_contain_text("Østfløjen")
    bodil.get_by_role("button", name="Godkend").click()
    expect(bodil.locator(".notice")).to_be_visible()
    office.close()

    # She sees what was decided, and her next login carries exactly that.
    danish.get_by_role("link", name=number).click()
    expect(danish.locator("main .what")).to_contain_text("Godkendt og givet")
    expect(danish.locator(".history")).to_contain_text(
        "Afgrænset til: Plejecenter Egely, Østfløjen"
    )
    expect(danish.locator(".history")).to_contain_text("Bodil Kornmose")
    _to_dpsd(danish, demo)
    arrived(danish, demo, "dpsd", WHO)
    danish.goto(f"{demo.sps['dpsd'].url}/arrival.json")
    told = danish.locator("body").inner_text()
    assert f"Laeser_{WING}_3" in told
    assert HOUSE not in told
    assert told.count("Laeser_") == 1
    assert "Sagsbehandler" not in told

    # And it stands under what she has, from where and until when.
    danish.goto(f"{demo.ports.origin}/sundhed/portal/mine/")
    row = danish.locator("tbody tr", has_text="Læser")
    expect(row).to_contain_text("Plejecenter Egely, Østfløjen")
    expect(row).to_contain_text("til og med 31. marts 2027")
    expect(row).to_contain_text("Du bad om den")
