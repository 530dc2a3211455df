"""The last administrator leaves, people and the operator are told, and a new one gets in."""

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from playwright.sync_api import Browser, Page, expect

from broker.audit.store import AuditStore
from broker.demo.federation import DemoFederation
from broker.mail.message import Envelope
from broker.mail.sender import Sender
from broker.mail.smtp import SmtpMailer
from broker.mail.store import Outbox
from broker.notices.making import make_notices
from tests.box import Moved
from tests.browser.gallery_portals import sign_in
from tests.unit.mail.post import Office, serving

HOME = "Egelund"


@pytest.fixture
def pages(chromium: Browser) -> Iterator[list[Page]]:
    """Four browsers, of people who never met."""
    contexts = [chromium.new_context(locale="da-DK") for _ in range(4)]
    for context in contexts:
        context.set_default_timeout(30_000)
    yield [context.new_page() for context in contexts]
    for context in contexts:
        context.close()


def post(demo: DemoFederation, clock: Moved) -> list[EmailMessage]:
    """Run the jobs of mail: what waits is gathered, and posted to a real server."""
    office = Office()
    settings, engine = demo.settings, demo.services.engine
    with serving(office) as server:
        make_notices(settings, engine, clock).gathering.gather(clock(), lambda: True)
        envelope = Envelope.of(settings.origin, "", "")
        Sender(
            engine, SmtpMailer(replace(server, patience=30)), envelope, Outbox(), AuditStore()
        ).send(clock, lambda: True)
    return [message_from_bytes(raw, policy=default) for _to, raw in office.taken]


def subjects(mails: list[EmailMessage], to: str) -> str:
    return " | ".join(str(mail["Subject"]) for mail in mails if mail["To"] == f"{to}@example.dk")


def withdraw(page: Page, name: str, reason: str) -> None:
    page.locator("tr", has_text=name).locator("a[href$='/end']").click()
    page.get_by_label("Begrundelse").fill(reason)
    page.locator("main .button-primary").click()


def test_the_last_administrator_leaves_and_the_organisation_gets_a_new_one(
    pages: list[Page], demo: DemoFederation, clock: Moved
) -> None:
    dagny, evald, ravn, aksel = pages
    post(demo, clock)  # what other stories left

    sign_in(dagny, demo, "dagny", "org/mandates")
    withdraw(dagny, "Evald Birkemose", "Evald er stoppet")
    expect(dagny.locator("[data-left='1']")).to_contain_text("I har kun én administrator")
    mails = post(demo, clock)
    assert "ikke længere administrator" in subjects(mails, "evald")
    assert "kun én administrator" in subjects(mails, "dagny")
    sign_in(evald, demo, "evald", "org/")
    expect(evald.locator("main")).to_have_attribute("data-code", "permission.mandate")

    dagny.locator("tr", has_text="Dagny Lundvig").locator("a[href$='/end']").click()
    expect(dagny.locator("[data-left='0']")).to_contain_text("Det er den sidste administrator")
    dagny.get_by_label("Begrundelse").fill("Skifter job")
    dagny.get_by_role("button", name="Træd tilbage").click()
    dagny.wait_for_url("**/portal/")

    sign_in(ravn, demo, "ravn")
    ravn.get_by_role("link", name="Organisationer uden administrator: 1").click()
    ravn.locator("tbody a", has_text=HOME).click()
    ravn.get_by_label("Navn eller mailadresse").fill("aksel")
    ravn.get_by_role("button", name="Find personen").click()
    ravn.get_by_role("link", name="Aksel Skovgaarde").click()
    ravn.get_by_label("Hvordan ved du").fill("Ringet op på nummeret i CVR-registret")
    ravn.get_by_label("Sagsnummer").fill("26/1042")
    ravn.get_by_role("button", name="Udpeg").click()
    expect(ravn.locator(".notice")).to_contain_text("Administratoren er udpeget")
    expect(ravn.locator("tbody tr", has_text=HOME)).to_contain_text("Én")
    mails = post(demo, clock)
    assert "Du er blevet administrator i" in subjects(mails, "aksel")
    (mail,) = [one for one in mails if one["To"] == "aksel@example.dk"]
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]

    sign_in(aksel, demo, "aksel", "org/mandates")
    expect(aksel.locator("tr", has_text="Aksel Skovgaarde")).to_contain_text("Administrator")
    expect(aksel.locator("[data-left='1']")).to_be_visible()
    aksel.get_by_role("link", name="Log", exact=True).click()
    expect(aksel.locator("tbody")).to_contain_text("Ingen administrere")
    expect(aksel.locator("tbody")).to_contain_text(
        "Rikke Ravnkilde gjorde Aksel Skovgaarde til administrator."
    )
    expect(aksel.locator("tbody")).to_contain_text(
        "Ringet op på nummeret i CVR-registret · 26/1042"
    )


def test_somebody_new_gets_in_with_a_code(pages: list[Page], demo: DemoFederation) -> None:
    """Where nobody of the organisation is known here, the code is all that they have."""
    inger, ravn, dorte, _ = pages
    sign_in(inger, demo, "inger", "org/mandates")
    withdraw(inger, "Frode Limhus", "Frode er stoppet")
    sign_in(ravn, demo, "ravn", "operator/rescues")
    ravn.locator("tbody a", has_text="Region Nordjylland").click()
    ravn.get_by_role("link", name="Personen er ikke oprettet endnu").click()
    ravn.get_by_label("Navn").fill("Dorte Kallehave")
    ravn.get_by_label("Mailadresse").fill("dorte@example.dk")
    ravn.get_by_label("Hvordan ved du").fill("Bekræftet af direktionen")
    ravn.get_by_label("Sagsnummer").fill("26/1043")
    ravn.get_by_role("button", name="Udpeg").click()
    code = ravn.locator("[data-code-shown]").inner_text()

    sign_in(dorte, demo, "dorte-navne")
    expect(dorte.locator("main")).to_contain_text("ingen organisation her kender dig")
    dorte.get_by_role("link", name="Har du fået en kode?").click()
    dorte.get_by_label("Kode").fill("ABCD-EFGH-2345-6789")
    dorte.get_by_role("button", name="Brug koden").click()
    expect(dorte.locator("#faults")).to_contain_text("Koden kan ikke bruges")
    dorte.get_by_label("Kode").fill(code.lower().replace("-", " "))
    dorte.get_by_role("button", name="Brug koden").click()
    dorte.wait_for_url("**/portal/")
    expect(dorte.locator(".portal-organisation")).to_have_text("Region Nordjylland")
    dorte.get_by_role("link", name="Min organisation").first.click()
    dorte.get_by_role("link", name="Administratorer").click()
    expect(dorte.locator("tr", has_text="Dorte Kallehave")).to_contain_text("dig")
