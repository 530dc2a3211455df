"""An OCES3 switch from announcement to retired, in Chromium: one early, one late, one dry run,
one taken back.

Everybody signs in by a real login, and so do the people who use the services meanwhile: what the
demo services verify is what the broker signed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from broker.clock import system_clock
from broker.db import reading
from broker.demo.federation import DemoFederation
from broker.demo.sites import served
from broker.metadata.readiness import store
from tests.box import Moved
from tests.browser.gallery_signing import resume, sign_in
from tests.browser.walking import arrived, log_in, says_who
from tests.demos import made_in
from tests.portals.changing import DAY, Change
from tests.portals.switching.moments import typed
from tests.portals.visiting import House

OWNER, BOARD = "service/certificates/dpsd", "operator/switching/plans/oces3"
EARLY, LATE, BACK = "dpsd", "sor", "lpr-sor"
HELD = ("fmk-online", "sundhed-dk")  # patients depend on them, and nobody says they are ready


@dataclass
class Story:
    """The demo, its clock, and the browsers of everybody."""

    demo: DemoFederation
    clock: Moved
    chromium: Browser
    change: Change

    @contextmanager
    def somebody(self) -> Iterator[Page]:
        context = self.chromium.new_context(locale="da-DK")
        context.set_default_timeout(15_000)
        yield context.new_page()
        context.close()

    @contextmanager
    def at(self, key: str, path: str, *, anew: bool = False) -> Iterator[Page]:
        """Somebody at a page of the portals; who has no session there any more signs in."""
        with self.somebody() as page:
            (sign_in if anew else resume)(page, self.demo, key, path)
            yield page

    def until(self, at: datetime) -> None:
        self.clock.move((at - self.clock()).total_seconds())

    def loads(self) -> None:
        """The demo services load our metadata again."""
        self.demo.sps[EARLY].brokers.cache_clear()  # type: ignore[attr-defined]  # functools.cache, which the type hides

    def logs_in(self, service: str) -> str:
        """Mette logs in at a service, which verifies it; the epoch that answered."""
        before = self.answered(service)
        with self.somebody() as page:
            page.goto(self.demo.sps[service].url + "/")
            log_in(page, self.demo, service)
        self.flush()
        after = self.answered(service)
        (epoch,) = [one for one in after if after[one] > before.get(one, 0)]
        return epoch

    def answered(self, service: str, kind: str = "answered") -> dict[str, int]:
        since = self.clock() - 100 * DAY
        with reading(self.demo.services.engine) as connection:
            found = store.summed(connection, "sundhed", "idp", since, self.clock())
        return {s.detail: s.count for s in found.get(service, ()) if s.kind == kind}

    def flush(self) -> None:
        """What was seen is kept with the next fetch, a minute later."""
        self.clock.move(61)
        with self.somebody() as page:
            page.request.get(f"{self.demo.ports.origin}/sundhed/metadata/idp.xml")

    def decides(self, key: str, path: str, fields: dict[str, str], press: str) -> None:
        """Fill in a form of the portals and send it; it says that it is done."""
        with self.at(key, path) as page:
            for name, value in fields.items():
                field = page.locator(f"main [name='{name}']")
                if field.first.get_attribute("type") in ("radio", "checkbox"):
                    page.locator(f"main [name='{name}'][value='{value}']").check()
                else:
                    field.fill(value)
            page.locator("main").get_by_role("button", name=press, exact=True).click()
            expect(page.locator(".notice").first).to_be_visible()
            assert "done=" in page.url, page.locator("main").inner_text()


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Story]:
    clock = Moved(system_clock())
    demo = made_in(tmp_path_factory.mktemp("story") / "demo", clock)
    with served(demo):
        change = Change(House(demo, clock))
        change.keys("oces3")
        yield Story(demo, clock, chromium, change)


def test_from_announcement_to_retired(story: Story) -> None:
    planned(story)
    announced(story)
    tried(story)
    early_and_late(story)
    overruled(story)
    the_day(story)
    retired(story)


def planned(story: Story) -> None:
    with story.at("ravn", "operator/switching") as page:
        page.get_by_role("link", name="Planlæg et skift").click()
        switch = story.clock() + 40 * DAY
        for name, value in (
            ("code", "oces3"),
            ("after", "oces3"),
            ("switch", typed(switch)),
            ("reason", "OCES2 udløber"),
        ):
            page.locator(f"main [name='{name}']").fill(value)
        for slot in ("sp-signing", "sp-encryption"):
            page.locator(f"main [name='slots'][value='{slot}']").uncheck()
        page.get_by_text("De andre tidspunkter").click()
        page.locator("[name='announce']").fill(typed(story.clock() + 3 * DAY))
        page.get_by_role("button", name="Undersøg det").click()
        expect(page.get_by_text("Intet taler imod.")).to_be_visible()
        page.get_by_role("button", name="Planlæg det sådan").click()
        expect(page.locator(".notice").first).to_have_text(
            "Skiftet er planlagt. Partnerne får besked, når det varsles."
        )
        expect(page.locator("main")).to_contain_text("Ikke varslet endnu")
    with story.at("merete", OWNER) as page:  # nobody but us knows of it
        expect(page.locator("main")).to_contain_text("Der er ikke planlagt noget skift")
    assert story.logs_in(EARLY) == "first"  # and so the services have loaded the file of today


def announced(story: Story) -> None:
    story.decides("ravn", f"{BOARD}/announce", {"reason": "aftalt med alle"}, "Varsl nu")
    with story.at("merete", OWNER) as page:
        expect(page.locator("h1")).to_contain_text("Certifikatskift")
        expect(page.locator("main")).to_contain_text("om 39 dage")
        expect(page.locator("main")).to_contain_text("Intet tegn endnu")


def tried(story: Story) -> None:
    """Before the service has loaded the new certificate it refuses, and only in that browser."""
    with story.at("merete", OWNER) as page:
        trial(story, page)
        expect(page.get_by_role("heading", level=1)).not_to_contain_text("Mette")
    assert story.logs_in(EARLY) == "first"
    story.loads()
    with story.at("merete", OWNER) as page:
        trial(story, page)
        arrived(page, story.demo, EARLY)
    story.flush()
    assert story.answered(EARLY, "rehearsed")["oces3"] >= 1
    assert "oces3" not in story.answered(EARLY)
    fields = {"what": "tried", "note": "kom ind"}
    story.decides("merete", f"{OWNER}/confirm", fields, "Bekræft")
    with story.at("merete", OWNER) as page:
        expect(page.locator("main")).to_contain_text("Klar: prøvet")


def trial(story: Story, page: Page) -> None:
    page.get_by_role("link", name="Prøv nu").click()
    page.get_by_role("button", name="Lav linket").click()
    page.get_by_role("link", name="Åbn det i denne browser").click()
    page.locator("main .button-primary").click()
    page.wait_for_url(f"{story.demo.sps[EARLY].url}/**")
    page.context.clear_cookies(name="__Host-session-sundhed")  # as Mette, not as the owner
    page.get_by_role("link", name="Log ind").click()
    says_who(page, "nemlogin", "mette")
    page.wait_for_url(f"{story.demo.sps[EARLY].url}/**")


def early_and_late(story: Story) -> None:
    story.decides("merete", f"{OWNER}/early", {"reason": "vi er klar"}, "Skift før de andre")
    assert story.logs_in(EARLY) == "oces3"
    assert story.logs_in(BACK) == "first"
    until = typed(story.change.of("oces3").instants.switch + 6 * DAY)
    story.decides(
        "merete",
        f"service/certificates/{LATE}/late",
        {"at": until, "reason": "frys over nytår"},
        "Bed om at skifte senere",
    )
    with story.at("ravn", "", anew=True) as page:
        page.get_by_role("link", name="Tjenester beder om at skifte certifikat senere").click()
        page.get_by_role("link", name=LATE, exact=True).click()
        page.get_by_role("link", name="Svar på ønsket").click()
        page.locator("[name='reason']").fill("i orden")
        page.get_by_role("button", name="Imødekom").click()
        expect(page.locator(".notice").first).to_contain_text("Ønsket er imødekommet")


def overruled(story: Story) -> None:
    """Two people say that systems which patients depend on may switch though they are not ready."""
    for service in HELD:
        for key in ("ravn", "holger"):
            story.decides(
                key,
                f"{BOARD}/partners/{service}/except",
                {"kind": "waive", "reason": "leverandøren står klar"},
                "Bestem",
            )
    with story.at("ravn", BOARD) as page:
        expect(page.locator("main")).not_to_contain_text("De beholder den gamle nøgle ved skiftet")


def the_day(story: Story) -> None:
    switch = story.change.of("oces3").instants.switch
    story.until(switch - timedelta(minutes=5))
    assert story.logs_in(BACK) == "first"
    story.until(switch + timedelta(minutes=1))
    assert story.logs_in(BACK) == "oces3"
    assert story.logs_in(EARLY) == "oces3"
    assert story.change.counts("oces3", LATE) == "first"
    for service in HELD:
        assert story.change.counts("oces3", service) == "oces3"
    for _ in range(4):  # its own machine number two has an old file: people go in circles
        story.demo.services.flow.recorder.signals.failed(
            "sundhed", "idp", BACK, story.clock(), epoch="oces3"
        )
    story.flush()
    with story.at("ravn", f"{BOARD}/live", anew=True) as page:
        expect(page.locator("main")).to_contain_text("4 login med den nye nøgle mislykkedes")
        page.locator(".notice-warning a").click()
        page.locator("[name='reason']").fill("deres anden maskine har en gammel fil")
        page.get_by_role("button", name="Rul tilbage").click()
        expect(page.locator(".notice").first).to_contain_text("Skiftet er rullet tilbage for den")
    assert story.logs_in(BACK) == "first"
    assert story.logs_in(EARLY) == "oces3"  # nobody else noticed
    story.clock.move(DAY.total_seconds())
    fields = {"kind": "follow", "reason": "filen er rettet"}
    story.decides("ravn", f"{BOARD}/partners/{BACK}/except", fields, "Bestem")
    assert story.logs_in(BACK) == "oces3"


def retired(story: Story) -> None:
    instants = story.change.of("oces3").instants
    story.until(instants.switch + 6 * DAY + timedelta(hours=1))
    assert story.change.counts("oces3", LATE) == "oces3"
    story.until(instants.unpublish + timedelta(minutes=1))
    with story.at("ravn", BOARD) as page:
        expect(page.locator("main")).to_contain_text("Slut: det gamle certifikat er trukket")
    with story.at("merete", OWNER) as page:
        expect(page.locator("main")).to_contain_text("skiftet skete")
        expect(page.locator("main")).to_contain_text("Skifter tidligt")
    story.loads()
    for service in (EARLY, BACK):
        assert story.logs_in(service) == "oces3"
    story.until(instants.destroy + timedelta(minutes=1))
    with story.at("ravn", BOARD) as page:
        expect(page.locator("main")).to_contain_text("Slut: den gamle nøgle er slettet")
