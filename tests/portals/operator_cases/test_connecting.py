"""An identity provider is connected: loaded for nobody, seen, and opened by a second operator."""

import sqlalchemy as sa

from broker.audit.flights.tables import FLIGHT
from broker.clock import system_clock
from broker.db import reading
from broker.saml import names
from tests.metadata_factory import Idp, Sp
from tests.portals.operator_cases.applying import decide, reference
from tests.portals.visiting import House, Portal, text

ENTITY = "https://login.region-eksempel.dk/saml"
FORM = {
    "name": "Region Eksempel",
    "cvrs": "90000306, 90000314",
    "level": "Substantial",
    "evidence": "Revisionserklæring af 1. marts",
    "contact_name": "Bo Lind",
    "contact_email": "bo@region-eksempel.dk",
    "service": "dpsd",
}


def metadata(entity_id: str = ENTITY) -> str:
    return Idp(entity_id=entity_id).xml().decode()


def operator(house: House, key: str) -> Portal:
    """An operator who logged in a moment ago: trust takes that."""
    return house.enter(key, anew=True)


def test_what_is_no_new_identity_provider_is_refused(house: House) -> None:
    ravn = operator(house, "ravn")
    page = ravn.open("operator/idps/new")
    known = house.demo.services.registry.current().idp_by_code("sundhed", "nemlogin")
    for pasted, title in (
        ("", "exactly one"),
        (Sp().xml().decode(), "exactly one"),
        (metadata(known.idp.entity_id), "connected already"),
        ("<html/>", ""),
    ):
        said = ravn.send(page, {**FORM, "pasted": pasted}, action="idps/new")
        assert said.status == 400, pasted[:40]
        assert title in text(said)
        assert "90000306" in text(said)
    wrong = ravn.send(page, {**FORM, "pasted": metadata(), "cvrs": "123"}, action="idps/new")
    assert wrong.status == 400
    registry = house.demo.services.registry.current()
    assert all(one.idp.entity_id != ENTITY for one in registry.idps("sundhed"))


def test_it_is_opened_by_two_operators_and_the_owner(house: House) -> None:
    ravn, holger = operator(house, "ravn"), operator(house, "holger")
    page = ravn.open("operator/idps/new")
    sent = ravn.send(page, {**FORM, "pasted": metadata()}, action="idps/new")
    assert sent.status == 200, text(sent)
    case = reference(sent)
    registry = house.demo.services.registry.current()
    (added,) = (one for one in registry.idps("sundhed") if one.idp.entity_id == ENTITY)
    assert added.cvrs == frozenset({"90000306", "90000314"})
    dpsd = registry.service_by_code("sundhed", "dpsd")
    assert added not in registry.active_idps(dpsd, system_clock())

    where = f"operator/cases/{case}"
    begun = ravn.send(ravn.open(f"{where}/logins"), {"act": "begin"}, action="logins")
    assert begun.status == 200
    assert house.enter("rosa").open(f"{where}/logins").mark("code") == "permission.mandate"
    for _step in ("metadata", "test_login", "mapping"):
        decide(ravn, where)
    assert not ravn.open(where).tree.xpath("//input[@name='deed']")  # the owner's turn
    decide(house.enter("merete"), f"service/cases/{case}")
    assert not ravn.open(where).tree.xpath("//input[@name='deed']")  # who opened it does not
    decide(holger, where)
    registry = house.demo.services.registry.current()
    dpsd = registry.service_by_code("sundhed", "dpsd")
    active = registry.active_idps(dpsd, house.clock())
    assert ENTITY in {one.idp.entity_id for one in active}


def test_the_recorder_keeps_shapes_and_no_values(house: House) -> None:
    house.enter("mette", anew=True)
    with reading(house.demo.services.engine) as connection:
        query = sa.select(FLIGHT.c.story).where(FLIGHT.c.idp == "nemlogin")
        story = connection.execute(query.order_by(FLIGHT.c.at.desc()).limit(1)).scalar_one()
    came = {name: (values, shape) for name, values, shape in story["came"]}
    assert came[names.CVR] == (1, "d8")
    assert "90000004" not in str(story["came"])
    assert "Mette" not in str(story["came"])
