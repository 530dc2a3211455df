"""A support case, from the reference on a user's error page to its solution, by real logins."""

import re

from playwright.sync_api import Browser, Page, expect

from broker.demo.federation import DemoFederation
from tests.browser.gallery_portals import sign_in
from tests.browser.walking import choose, dead_end

REFERENCE = re.compile(r"[2-9A-Z]{4}(?:-[2-9A-Z]{4}){2}")


def _refused(page: Page, demo: DemoFederation) -> str:
    """Viggo tries DPSD, in which he has no role; what he reads aloud on the phone."""
    page.goto(demo.sps["dpsd"].url)
    page.get_by_role("link", name="Log ind").click()
    choose(page, "idp", "nemlogin")
    choose(page, "person", "viggo")
    dead_end(page, "policy.no_role")
    return page.locator(".reference:visible").inner_text()


def test_a_support_case_is_solved_from_the_reference(
    chromium: Browser, danish: Page, demo: DemoFederation
) -> None:
    phone = chromium.new_context(locale="da-DK")
    phone.set_default_timeout(15_000)
    reference = _refused(phone.new_page(), demo)
    phone.close()
    assert REFERENCE.fullmatch(reference)

    # The desk: without a reason nothing; then every step of the login in words.
    sign_in(danish, demo, "ravn", "operator/desk")
    danish.get_by_label("Navn, mail eller reference").fill(reference.lower().replace("-", " "))
    danish.get_by_role("button", name="Søg").click()
    expect(danish.locator(".error-summary")).to_contain_text("Skriv, hvorfor du søger")
    expect(danish.get_by_label("Navn, mail eller reference")).to_have_value(
        reference.lower().replace("-", " ")
    )
    danish.get_by_label("Hvorfor søger du").fill("Viggo ringer: kan ikke komme ind i DPSD")
    danish.get_by_role("button", name="Søg").click()
    expect(danish.get_by_role("heading", level=1)).to_have_text(f"Login {reference}")
    legs = danish.locator(".leg h3")
    expect(legs).to_have_text(
        [
            "Tjenesten bad om et login",
            "Personen blev sendt til login",
            "Svaret fra identitetsudbyderen blev læst",
            "Det blev kontrolleret, hvad identitetsudbyderen må udtale sig om",
            "Organisation, roller og oplysninger blev fundet – her endte det",
        ]
    )
    expect(danish.locator(".verdict")).to_contain_text("rolle")
    expect(danish.locator("main dl.facts").first).to_contain_text("Viggo Ørsnes")
    assert not re.search(r"\b\d{6}-?\d{4}\b", danish.locator("main").inner_text())

    # What would he get now? Nothing, and the page says what to do about it.
    danish.get_by_role("link", name="Hvad ville personen få nu?").click()
    expect(danish.locator(".verdict")).to_contain_text("Ville ikke komme ind")
    expect(danish.get_by_label("Tjeneste")).to_have_value("dpsd")

    # That it was looked at stands where auditors read it.
    auditor = chromium.new_context(locale="da-DK")
    auditor.set_default_timeout(15_000)
    page = auditor.new_page()
    sign_in(page, demo, "rosa", "operator/desk/looks")
    expect(page.locator("main table tbody tr").first).to_contain_text("Viggo ringer")
    expect(page.locator("main table tbody tr").first).to_contain_text("Rikke Ravnkilde")
    page.goto(page.url.removesuffix("/looks"))
    expect(page.locator("main")).to_have_attribute("data-code", "permission.mandate")
    auditor.close()
