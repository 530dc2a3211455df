"""Readiness as real fetches and logins show it: the address that was used, the logins that held."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from broker.audit.store import AuditStore
from broker.metadata.readiness.model import Line
from broker.metadata.readiness.service import Readiness
from tests.box import ORIGIN, Box
from tests.factories import key_pair
from tests.flows.test_rollover import (
    AFTER,
    BEFORE,
    DAY,
    INSTANTS,
    SLOT,
    begin_at,
    box,
    login,
    signer,
)
from tests.flows.test_signs import load, signs
from tests.hostile.forge import Forge
from tests.peers import sp_metadata

__all__ = ["box"]


def board(box: Box) -> Mapping[str, Line]:
    service = Readiness(box.services.engine, AuditStore())
    (plan,) = [p for p in service.plans("change", box.clock()) if p.slot == SLOT]
    return {line.partner.code: line for line in service.board(plan, box.clock())}


def flush(box: Box) -> None:
    """A minute later somebody fetches, and what waited is kept."""
    box.clock.move(60)
    box.browser().get("/sundhed/metadata/idp.xml", base_url=ORIGIN)


def test_a_partner_fetches_its_document_and_then_uses_the_address_in_it(box: Box) -> None:
    box.clock.now = INSTANTS.announce + DAY
    row = box.services.registry.current().service_by_code("sundhed", "one").row
    address = box.services.tokens.address(
        box.services.registry.current().federation("sundhed"), "idp", row
    )
    assert board(box)["one"].reached.level == 0
    answer = box.browser().get(address.removeprefix(ORIGIN), base_url=ORIGIN)
    assert answer.status_code == 200
    assert board(box)["one"].reached.level == 1
    assert login(box, box.clock() + DAY, endpoint="second") == "second"
    flush(box)
    reached = board(box)["one"].reached
    assert (reached.level, reached.because) == (4, "endpoint")
    assert board(box)["two"].reached.level == 0


def test_a_request_that_anybody_could_write_is_no_proof_of_its_service(box: Box) -> None:
    """Whoever may log in could else make a service look ready, and have it cut off."""
    signed = sp_metadata("https://one.example.dk", key_pair("one")[1])
    load(box, signed.replace(b'AuthnRequestsSigned="true"', b'AuthnRequestsSigned="false"'))
    box.clock.now = INSTANTS.announce + DAY
    for hours in range(0, 30, 5):
        box.clock.now = INSTANTS.announce + DAY + timedelta(hours=hours)
        browser = box.browser()
        begun = begin_at(box, browser, "second", "second", key="")
        sent = box.choose(browser, begun, "alpha")
        trip = box.trip(sent.headers["Location"], "one", "alpha", "_forged")
        assert signer(box, box.deliver(browser, Forge(trip, box.clock()).xml())) == "second"
    flush(box)
    assert board(box)["one"].reached.level == 0
    assert not [s for s in signs(box, "idp") if s[0] == "one"]


def test_logins_that_hold_for_a_day_under_the_new_key_are_proof(box: Box) -> None:
    for hours in range(5):
        assert login(box, AFTER + timedelta(hours=hours)) == "second"
    flush(box)
    assert board(box)["one"].reached.level == 0
    assert login(box, AFTER + timedelta(hours=25)) == "second"
    flush(box)
    line = board(box)["one"]
    assert (line.reached.level, line.reached.because) == (4, "logins")
    assert line.daily == pytest.approx(6 / 7)


def test_trying_the_next_key_is_no_login_that_held(box: Box) -> None:
    box.clock.now = BEFORE - DAY
    row = box.services.registry.current().service_by_code("sundhed", "one").row
    link = box.services.flow.keys.rehearsals.link("sundhed", row, box.clock())
    browser = box.browser()
    begun = browser.post(f"/sundhed/saml/try/{link}", base_url=ORIGIN)
    assert begun.status_code in (200, 303), begun.status_code
    assert login(box, box.clock(), browser) == "second"
    flush(box)
    assert [detail for partner, kind, detail in signs(box, "idp") if kind == "answered"] == []
    assert [d for _partner, kind, d in signs(box, "sp") if kind == "returned"] == ["first"]


def test_a_circle_under_the_new_key_takes_the_proof_away_for_a_day(box: Box) -> None:
    for hours in (0, 1, 2, 3, 4, 30):
        assert login(box, AFTER + timedelta(hours=hours)) == "second"
    browser = box.browser()
    assert login(box, AFTER + timedelta(hours=31), browser) == "second"
    answers = [box.redirect(browser).status_code for _ in range(11)]
    assert answers[-1] == 429
    flush(box)
    line = board(box)["one"]
    assert (line.reached.level, line.failures) == (0, answers.count(429))
    box.clock.move(DAY.total_seconds())
    assert board(box)["one"].reached.because == "logins"
