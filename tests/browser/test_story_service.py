"""A service goes from nothing to production and its first user, in a browser, by real logins."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from broker.clock import system_clock
from broker.db import reading, writing
from broker.demo.clerk import OPERATOR, Clerk
from broker.demo.federation import DemoFederation
from broker.demo.sites import served
from broker.organisations import store as organisations
from broker.roles.catalogue.cache import CatalogueCache
from broker.roles.grants.facts import Scope
from broker.roles.grants.model import Wanted
from tests.box import Moved
from tests.browser.gallery_portals import sign_in
from tests.browser.walking import choose
from tests.demos import made_in

CODE = "vaccination"


@pytest.fixture
def clock() -> Moved:
    return Moved(system_clock())


@pytest.fixture
def demo(tmp_path: Path, clock: Moved) -> Iterator[DemoFederation]:
    """One of its own: elsewhere somebody else may have registered the newcomer already."""
    made = made_in(tmp_path / "demo", clock)
    with served(made):
        yield made


@pytest.fixture
def other(chromium: Browser) -> Iterator[Page]:
    """Somebody else's browser."""
    context = chromium.new_context(locale="da-DK")
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def at(page: Page, words: str) -> None:
    """To one of the service's pages, by its name."""
    page.locator(".service-nav").get_by_role("link", name=words, exact=True).click()


def done(page: Page, words: str) -> None:
    expect(page.locator(".notice")).to_contain_text(words)


def test_from_nothing_to_production_and_the_first_user(
    danish: Page, other: Page, demo: DemoFederation, clock: Moved
) -> None:
    owner, newcomer = danish, demo.newcomer
    owner.set_default_timeout(20_000)
    sign_in(owner, demo, "merete", "service/")

    # From nothing: a name, and metadata by its address.
    owner.get_by_role("link", name="Registrér en tjeneste", exact=True).click()
    owner.get_by_label("Navn på dansk").fill("Vaccinationskortet")
    owner.get_by_label("Navn på engelsk").fill("The vaccination card")
    owner.get_by_label("Kort navn").fill(CODE)
    owner.get_by_role("button", name="Begynd").click()
    done(owner, "Tjenesten er oprettet")
    at(owner, "Metadata")
    owner.get_by_label("Adressen på jeres metadata").fill(f"{newcomer.url}/metadata")
    owner.get_by_role("button", name="Læs metadata").click()
    done(owner, "Gemt")
    expect(owner.get_by_text("Svar kan sendes dertil.")).to_be_visible()
    expect(owner.get_by_text("Signaturer på jeres forespørgsler kan kontrolleres.")).to_be_visible()

    # What it is, and what people may do there.
    at(owner, "Om tjenesten")
    owner.get_by_label("Startadresse").fill(f"{newcomer.url}/")
    owner.get_by_label("Hjælp til brugere: mail").fill("support@example.dk")
    owner.get_by_label("Teknisk kontakt: mail").fill("drift@example.dk")
    owner.get_by_label("Tilslutningsaftale: sagsnummer").fill("2026-1001")
    owner.get_by_label("Databehandleraftale: sagsnummer").fill("2026-1002")
    owner.get_by_label("Privatlivspolitik: adresse").fill("https://example.dk/privatliv")
    owner.get_by_role("button", name="Gem", exact=True).click()
    done(owner, "Gemt")
    at(owner, "Roller")
    owner.get_by_role("link", name="Tilføj en rolle").click()
    owner.get_by_label("Navn på dansk").fill("Vaccinatør")
    owner.get_by_label("Navn på engelsk").fill("Vaccinator")
    owner.get_by_label("Kode", exact=True).fill("Vaccinator")
    owner.get_by_label("Hvad man må med den, på dansk").fill("Må registrere vaccinationer.")
    owner.get_by_label("Hvad man må med den, på engelsk").fill("May record vaccinations.")
    owner.get_by_label("Enhed i SOR").check()
    owner.get_by_role("button", name="Gem rollen").click()
    done(owner, "Gemt")
    expect(owner.locator("pre.sent").last).to_contain_text("urn:dk:sundhed:vaccination:vaccinator")
    owner.get_by_label("Ingen lukkes ind uden en rolle").check()
    owner.get_by_role("button", name="Gem, hvordan roller sendes").click()
    done(owner, "Gemt")
    at(owner, "Attributter")
    owner.locator("#a-full_name").check()
    owner.locator("#full_name-da").fill("Så borgeren kan se, hvem der vaccinerede.")
    owner.locator("#full_name-en").fill("So that the citizen can see who vaccinated.")
    owner.get_by_role("button", name="Gem", exact=True).click()
    done(owner, "Gemt")
    at(owner, "Logins")
    owner.get_by_label("NemLog-in", exact=True).check()
    owner.get_by_role("button", name="Gem", exact=True).click()
    done(owner, "Gemt")

    # Test: into operation, and a login as somebody made up.
    at(owner, "Status")
    owner.get_by_role("button", name="Sæt i drift i test").click()
    done(owner, "Det er i drift i test nu")
    at(owner, "Testlogin")
    owner.get_by_label("Tobias Prøvegaard Ærø").check()
    owner.get_by_role("button", name="Gør loginet klar").click()
    expect(owner.get_by_role("heading", level=1)).to_have_text("Testloginet er klar")
    seen = owner.get_by_role("link", name="Se, hvad der blev sendt").get_attribute("href")
    owner.goto(f"{newcomer.url}/login?federation=sundhed-test")
    owner.wait_for_selector("button[value='test-login'], :text('Tobias Prøvegaard')")
    if owner.locator("button[value='test-login']").count():
        choose(owner, "idp", "test-login")
    owner.wait_for_url(f"{newcomer.url}/")
    expect(owner.get_by_role("heading", level=1)).to_contain_text("Tobias Prøvegaard Ærø")
    owner.goto(f"{demo.ports.origin}{seen}")
    expect(owner.get_by_text("Vi sendte et svar til jeres tjeneste")).to_be_visible()
    expect(owner.locator("pre.sent").first).to_contain_text("vaccination:vaccinator")

    # Production: asked for by the owner, approved by the operator.
    at(owner, "Produktion")
    expect(owner.locator(".steps .todo")).to_have_count(0)
    owner.get_by_label("Besked til den, der skal godkende").fill("Vi åbner for kommunerne")
    owner.get_by_role("button", name="Bed om produktion").click()
    done(owner, "Du har bedt om det")
    request = owner.get_by_role("link", name="En anmodning venter").get_attribute("href")
    sign_in(other, demo, "ravn")
    other.goto(f"{demo.ports.origin}{request}")
    expect(other.get_by_role("heading", level=1)).to_contain_text("Anmodning om produktion")
    expect(other.get_by_text("2026-1001")).to_be_visible()
    other.get_by_label("Din begrundelse").fill("Alt er i orden")
    other.get_by_role("button", name="Godkend").click()
    done(other, "Godkendt")
    owner.goto(f"{demo.ports.origin}/sundhed/portal/service/{CODE}/")
    expect(owner.locator(".standing")).to_contain_text("Ja, det, der er gemt nu")

    # The first user: entitled by the operator, given by the administrator, let in by a login.
    _give(demo, clock)
    other.context.clear_cookies()
    other.goto(f"{newcomer.url}/login?federation=sundhed")
    other.wait_for_selector("button[value='nemlogin'], button[value='mette']")
    if other.locator("button[value='nemlogin']").count():
        choose(other, "idp", "nemlogin")
    choose(other, "person", "mette")
    other.wait_for_url(f"{newcomer.url}/")
    expect(other.get_by_role("heading", level=1)).to_contain_text("Mette Åkjær")
    expect(other.get_by_role("main")).to_contain_text("Vaccinat")
    told = newcomer.last
    assert told is not None
    assert [role.facts() for role in told.roles] != []


def _give(demo: DemoFederation, clock: Moved) -> None:
    """What operator and administrator do on pages of their own."""
    engine, now = demo.services.engine, clock()
    with reading(engine) as connection:
        people = {
            one.display_name: one
            for home in organisations.organisations(connection, "sundhed", now)
            for one in organisations.accounts(connection, home.id, now)
        }
    mette, bodil = people["Mette Åkjær"], people["Bodil Kornmose"]
    with writing(engine) as connection:
        identities = demo.services.portals.identities
        clerk = Clerk(connection, identities, CatalogueCache(engine), "sundhed", "story")
        (role,) = clerk.roles([f"{CODE}:Vaccinator"])
        deed = clerk.deed(now, "den nye tjeneste")
        clerk.entitlements.entitle(connection, OPERATOR, mette.organisation, role.id, (), deed)
        wanted = Wanted(
            organisation=mette.organisation,
            role=role.id,
            account=mette.id,
            scopes=(Scope("sor", "own_unit"),),
        )
        clerk.grants.give(connection, clerk.acting(bodil.id, now), wanted, deed)
