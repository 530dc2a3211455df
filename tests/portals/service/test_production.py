"""Production: asked for by the owner, decided by somebody else, changed by a diff, removed."""

from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from broker.db import reading
from broker.demo.visitor import Page
from broker.organisations.mandating import MandateService, Wanted
from broker.organisations.model import Actor, Deed
from broker.organisations.services import RegisteredServices
from broker.registrations import store
from broker.registrations.changing import carry_out_due
from broker.trials.model import CODE
from tests.portals.service.filling import LEVEL, SERVICE, done
from tests.portals.visiting import House, Portal, text


def tried(house: House, owner: Portal, service: str) -> None:
    """A test login that comes through."""
    page = owner.open(f"service/{service}/testing")
    fields = {"person": "tea", "assurance": "Substantial", "roles": "Vaccinator", "fault": "none"}
    owner.send(page, {**fields, "unit-sor": ""}, action="/testing")
    newcomer = house.demo.newcomer
    page = owner.visitor.open(f"{newcomer.url}/login?federation=sundhed-test")
    while not page.url.startswith(newcomer.url):
        assert page.mark("code") is None, page.mark("code")
        page = owner.visitor.post(page, {"idp": CODE} if page.asks(CODE) else {})
    assert "Tea Prøvenberg" in text(page)


def asked(owner: Portal, service: str, **fields: str) -> str:
    """Asked for; the path of the request."""
    page = owner.open(f"service/{service}/production?lang=en")
    done(owner.send(page, {"reason": "We open", **fields}, action="/production/ask"))
    return change_of(owner, service)


def change_of(owner: Portal, service: str) -> str:
    page = owner.open(f"service/{service}/")
    links = (a.get("href", "") for a in page.tree.iter("a"))
    return next(one for one in links if "/changes/" in one).partition("/portal/")[2]


def decided(who: Portal, path: str, decision: str) -> Page:
    page = who.open(f"{path}?lang=en")
    return who.send(page, {"reason": "Looked at", "decision": decision}, action="/changes/")


def arrival(house: House, key: str) -> Page:
    """A login in production with NemLog-in."""
    newcomer = house.demo.newcomer
    who = house.enter(key, anew=True)
    return who.visitor.login(newcomer.url, "nemlogin", key, {"federation": "sundhed"})


def test_from_nothing_to_production_at_the_wanted_time(house: House, owner: Portal) -> None:
    tried(house, owner, SERVICE)
    wanted = (house.clock() + timedelta(days=2)).astimezone(ZoneInfo("Europe/Copenhagen"))
    page = owner.open(f"service/{SERVICE}/production?lang=en")
    assert "Missing" not in text(page)
    about = owner.open(f"service/{SERVICE}/about")
    done(owner.send(about, {**LEVEL, "contract": "2026-2002"}, action="/about/save"))
    page = owner.open(f"service/{SERVICE}/production?lang=en")
    assert "Missing" not in text(page)  # no login depends on an agreement
    bad = owner.send(page, {"reason": "x", "day": "31.2.2027"}, action="/production/ask")
    assert (bad.status, "Write the day as 31-12-2026" in text(bad)) == (400, True)
    path = asked(owner, SERVICE, day=f"{wanted:%d.%m.%Y}", time="06.00")
    own = owner.open(f"{path}?lang=en")
    assert "Approve" not in text(own)
    page = owner.send(own, {"reason": "x", "decision": "approve"}, action="/changes/")
    assert page.mark("code") == "case.oneself"
    palle = house.enter("palle")
    assert palle.open(path).mark("code") == "registration.no_change"
    ravn = house.enter("ravn")
    assert "Vaccinationskortet: i produktion" in text(ravn.open("operator/cases"))
    page = decided(ravn, path, "approve")
    assert (page.status, page.mark("code")) == (200, None), text(page)
    before = arrival(house, "mette")
    assert before.mark("code") == "request.unknown_issuer"
    house.clock.move(3 * 24 * 3600)
    after = arrival(house, "mette")
    # The service is there now, and asks for a role that nobody has yet.
    assert after.mark("code") == "policy.no_role", text(after)
    assert "In operation" in text(house.enter("merete").open("service/?lang=en"))


def test_a_change_is_a_diff_that_somebody_else_approves(house: House) -> None:
    merete = house.enter("merete")
    page = merete.open(f"service/{SERVICE}/about?lang=en")
    fields = {"name_en": "The new card", "sla": "standard", "minimum": "High"}
    done(merete.send(page, fields, action="/about/save"))
    page = merete.open(f"service/{SERVICE}/production?lang=en")
    said = text(page)
    assert "The new card" in said
    assert "Lowest level of assuranceSubstantialHigh" in said
    assert "nemlogin" not in said  # from when it opened is no change of the owner's
    path = asked(merete, SERVICE)
    again = merete.open(f"service/{SERVICE}/production?lang=en")
    assert "Something is asked for already" in text(again)
    ravn = house.enter("ravn")
    assert decided(ravn, path, "reject").status == 200
    assert "Looked at" in text(merete.open(f"{path}?lang=en"))
    path = asked(merete, SERVICE)
    assert decided(merete, path, "withdraw").status == 200
    path = asked(merete, SERVICE)
    assert decided(ravn, path, "approve").status == 200
    page = merete.open(f"service/{SERVICE}/production?lang=en")
    assert "Production is as it is saved" in text(page)


def test_a_dated_change_comes_by_itself_on_its_day(house: House) -> None:
    merete, ravn, demo = house.enter("merete"), house.enter("ravn"), house.demo
    page = merete.open(f"service/{SERVICE}/about?lang=en")
    fields = {"name_en": "The later card", "sla": "standard", "minimum": "High"}
    done(merete.send(page, fields, action="/about/save"))
    day = (house.clock() + timedelta(days=1)).astimezone(ZoneInfo("Europe/Copenhagen"))
    path = asked(merete, SERVICE, day=f"{day:%d-%m-%Y}", time="6:30")
    decided(ravn, path, "approve")
    assert "Approved, and planned" in text(merete.open(f"{path}?lang=en"))
    services, audit = demo.services, demo.services.portals.audit

    def due() -> int:
        found = carry_out_due(services.engine, demo.ports.origin, audit, house.clock(), "the-job")
        return len(found)

    assert due() == 0
    house.clock.move(2 * 24 * 3600)
    assert (due(), due()) == (1, 0)
    registry = services.registry.current()
    assert registry.service_by_code("sundhed", SERVICE).name.en == "The later card"


def test_what_is_there_already_opens_with_all_that_it_is(house: House) -> None:
    """A service that was loaded on the host: its owner sees it, and nothing differs."""
    merete = house.enter("merete")
    page = merete.open("service/dpsd/production?lang=en")
    assert "Production is as it is saved" in text(page)
    for words in ("Sagsbehandler", "Risikomanager"):
        assert words in text(merete.open("service/dpsd/roles?lang=en"))
    assert "urn:dk:sundhed:dpsd:sagsbehandler" in text(merete.open("service/dpsd/roles"))


def test_a_technician_cannot_ask_for_production_or_removal(house: House) -> None:
    palle = house.enter("palle")
    page = palle.open("service/dpsd/production/remove")
    fields = {"code": "dpsd", "reason": "x"}
    answer = palle.send(page, fields, action="/remove")
    assert answer.mark("code") == "permission.mandate" or answer.status == 400


def test_a_removal_takes_the_name_typed_and_another_person(house: House) -> None:
    merete, ravn = house.enter("merete"), house.enter("ravn")
    page = merete.open(f"service/{SERVICE}/production/remove?lang=en")
    wrong = merete.send(page, {"code": "dpsd", "reason": "Over"}, action="/remove")
    assert (wrong.status, "not the short name" in text(wrong)) == (400, True)
    done(merete.send(page, {"code": SERVICE, "reason": "Over"}, action="/remove"))
    path = change_of(merete, SERVICE)
    assert decided(ravn, path, "approve").status == 200
    services = house.demo.services
    registry = services.registry.current()
    service = registry.service_by_code("sundhed", SERVICE)
    assert registry.active_idps(service, house.clock()) == ()
    with reading(services.engine) as connection:
        kinds = [one.kind for one in store.changes(connection, "sundhed", SERVICE)]
    assert kinds[0] == "removal"
    assert kinds.count("change") == 4


def test_two_owners_open_no_login_that_the_operator_has_closed(house: House) -> None:
    """Removal has closed every login; what is saved still wants one of them."""
    merete, ravn, palle = (house.enter(key) for key in ("merete", "ravn", "palle"))
    page = palle.open("organisation")
    account = next(b.get("value") for b in page.tree.iter("button") if b.get("name") == "account")
    desk = MandateService(house.demo.services.portals.desk, RegisteredServices())
    deed = Deed(house.clock(), "a second owner", "R-1")
    desk.give(Actor.at_console("host"), UUID(account), Wanted("service_owner", SERVICE), deed)

    path = asked(merete, SERVICE)
    assert "Approve" not in text(palle.open(f"{path}?lang=en"))
    assert decided(ravn, path, "approve").mark("code") is None
    page = merete.open(f"service/{SERVICE}/about?lang=en")
    fields = {"name_en": "Another card", "sla": "standard", "minimum": "High"}
    done(merete.send(page, fields, action="/about/save"))
    path = asked(merete, SERVICE)
    page = ravn.open(f"operator/activations/do/close/nemlogin?service={SERVICE}&lang=en")
    page = ravn.send(page, {"services": SERVICE, "text_da": "Lukket", "text_en": "Closed"})
    ravn.send(page, {"sure": "1"})
    registry = house.demo.services.registry.current()
    service = registry.service_by_code("sundhed", SERVICE)
    assert registry.active_idps(service, house.clock()) == ()
    assert decided(palle, path, "approve").mark("code") == "registration.operator"
