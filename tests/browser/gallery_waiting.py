"""Pages on which something waits that somebody else did: a wish, a case, a new document, a rule."""

from playwright.sync_api import Page

from broker.audit.store import AuditStore
from broker.clock import system_clock
from broker.db import writing
from broker.demo.federation import DemoFederation
from broker.metadata.report import Occasion
from broker.metadata.sources.model import Policy, Source
from broker.metadata.sources.registering import SourceDesk
from broker.organisations.model import Actor, Deed
from broker.roles.rules.service import RuleService
from broker.upkeep import metadata_refresher
from tests.box import Moved
from tests.browser.gallery import Gallery, Show
from tests.browser.gallery_signing import resume
from tests.browser.gallery_switching import ONE, planned
from tests.metadata_factory import Sp
from tests.portals.changing import DAY
from tests.portals.org.backstage import Backstage
from tests.portals.switching.moments import typed
from tests.portals.visiting import House

PARTNER, RULE = "service-example-dk", "gallery-temps"
SEND = "main form .button-primary"


def _standing_in(page: Page, gallery: Gallery) -> None:
    """Somebody stands in for Anton, who takes that back."""
    resume(page, gallery.demo, "anton", "org/mandates")
    if page.locator("main a[href*='/substitutes/']").count() == 0:
        page.locator("tr", has_text="Anton").first.locator("a[href$='/substitute']").click()
        page.wait_for_url("**/substitute")
        resume(page, gallery.demo, "anton", page.url.partition("/portal/")[2] + "?q=Hanne")
        page.locator(".card-link").first.click()
        page.locator("#until").fill(typed(system_clock() + 90 * DAY).partition(" ")[0])
        page.locator("#reason").fill("Ferie")
        page.locator("main form[method=post] .button-primary").click()
        page.wait_for_url("**/mandates?**")
    page.locator("main a[href*='/substitutes/']").first.click()
    page.wait_for_url("**/end")


def _asked_for_roles(page: Page, gallery: Gallery) -> None:
    """The organisation has asked for more roles."""
    resume(page, gallery.demo, "bodil", "org/cases")
    cases = page.locator("main a[href*='/org/cases/S']")
    if cases.count() == 0:
        resume(page, gallery.demo, "bodil", "org/cases/new")
        page.locator("main input[type=checkbox]").first.check()
        page.locator("#purpose").fill("Vi indberetter for to plejecentre mere.")
        page.locator(SEND).click()
    else:
        cases.first.click()
    page.wait_for_url("**/org/cases/S*")


def _document(page: Page, gallery: Gallery, path: str = "version") -> None:
    """The first document of a partner waits for somebody who compares it."""
    demo, now = gallery.demo, system_clock()
    engine = demo.services.engine
    if PARTNER not in {one.code for one in demo.services.registry.current().services("sundhed")}:
        occasion = Occasion(now, "host", "the gallery", "GALLERY")
        resume(page, demo, "ravn", "operator/metadata/sources")
        if "gallery-partner" not in page.locator("main").inner_text():
            name = "gallery-partner"
            desk = SourceDesk(engine, demo.ports.origin, demo.services.portals.audit)
            made = Source(name, "sundhed", "upload", "", False, Policy(), "", 0, now, "x", "y")
            desk.add(made, occasion)
            keeper = metadata_refresher(demo.settings, engine)
            assert keeper.refresh(name, occasion, content=Sp().xml()).good
    resume(page, demo, "ravn", f"operator/metadata/partners/{PARTNER}/{path}")


def _decide_document(page: Page, gallery: Gallery) -> None:
    """The same, with the form sent empty."""
    _document(page, gallery, "decide")
    page.locator(SEND).click()
    page.wait_for_selector("#faults")


def _wish(page: Page, gallery: Gallery) -> None:
    """A service has asked to switch later than all others."""
    plan = planned(gallery)
    resume(page, gallery.demo, "ravn", ONE)
    if page.locator("main a[href*='/wishes/']").count() == 0:
        page.context.clear_cookies()
        resume(page, gallery.demo, "merete", "service/certificates/dpsd/late")
        page.locator("#at").fill(typed(plan.instants.switch + 3 * DAY))
        page.locator("#reason").fill("Vi fryser ændringer til mandag")
        page.locator(SEND).click()
        page.wait_for_url("**done=**")
        page.context.clear_cookies()
        resume(page, gallery.demo, "ravn", ONE)
    link = page.locator("main a[href*='/wishes/']").first.get_attribute("href")
    resume(page, gallery.demo, "ravn", str(link).partition("/portal/")[2])


def _rule(page: Page, gallery: Gallery) -> None:
    """A rule is proposed."""
    _propose(gallery.demo)
    resume(page, gallery.demo, "ravn", f"operator/mappings/rule/{RULE}")


def _propose(demo: DemoFederation) -> None:
    services = demo.services
    rules = RuleService(AuditStore(), services.portals.catalogue.current_in)
    with writing(services.engine) as connection:
        catalogue = services.portals.catalogue.current_in(connection)
        if any(one.code == RULE for one in catalogue.rules):
            return
        role = next(one for one in catalogue.roles_of("sundhed", "dpsd") if one.versions)
        document = {
            "code": RULE,
            "role": role.urn,
            "effect": "deny",
            "when": [[{"attribute": "title", "op": "eq", "value": "Vikar"}]],
        }
        deed = Deed(services.clock(), "vikarer har rollen et andet sted", "GALLERY")
        rules.propose(connection, Actor.at_console("vagt"), "sundhed", document, deed)


def _rescue(path: str = "") -> Show:
    """The way back for an organisation, and for somebody who is not known yet."""

    def show(page: Page, gallery: Gallery) -> None:
        home = Backstage(House(gallery.demo, Moved(system_clock()))).organisation()
        resume(page, gallery.demo, "ravn", f"operator/rescues/{home.id}{path}")

    return show


def _out_of_the_team(page: Page, gallery: Gallery) -> None:
    resume(page, gallery.demo, "merete", "service/team/dpsd")
    link = page.locator("main a[href$='/take']").last.get_attribute("href")
    resume(page, gallery.demo, "merete", str(link).partition("/portal/")[2])


WAITING_STATES: dict[str, Show] = {
    "portal-org-substitute-end": _standing_in,
    "portal-org-case": _asked_for_roles,
    "portal-operator-metadata-version": _document,
    "portal-operator-metadata-decide": _decide_document,
    "portal-operator-switching-wish": _wish,
    "portal-operator-rule": _rule,
    "portal-operator-rescue": _rescue("?q=a"),
    "portal-operator-rescue-new": _rescue("/newcomer"),
    "portal-service-team-take": _out_of_the_team,
}
