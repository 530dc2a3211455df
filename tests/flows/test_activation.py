"""The gate on the way out and the gate on the way back: planned, tried, paused, closed. R23."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from lxml import etree
from werkzeug.test import TestResponse

from broker.audit.store import AuditStore
from broker.db import reading
from broker.health.tables import FLOW_COUNT, FLOW_DETAIL
from broker.identities.store import PERSON
from broker.metadata import waves
from broker.metadata.activating import ActivationService
from broker.metadata.model import Localised
from broker.metadata.report import Occasion
from broker.metadata.waves import Edit, Wave, What
from broker.saml import names
from broker.saml.response import open_response
from broker.sessions.tables import LOGIN_SESSION
from broker.statistics.tables import DISCOVERY_WRONG
from tests.box import ORIGIN, Box, code_of, make_box, posted
from tests.hostile.forge import HONEST_ATTRIBUTES, Forge

WHY = Localised("Fejl hos <regionen>.", "A fault at the <region>.")
HOUR = timedelta(hours=1)


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return make_box(tmp_path)


def decide(box: Box, idp: str, what: What, edit: Edit, service: str = "one") -> None:
    """What somebody at another console does while the broker runs."""
    desk = ActivationService(box.services.engine, ORIGIN, AuditStore())
    occasion = Occasion(box.clock(), "test", "a test", "BOX")
    desk.carry_out(Wave("sundhed", idp, (service,)), what, edit, occasion)


def arrive(box: Box, browser: FlaskClient, idp: str = "alpha", **change: object) -> TestResponse:
    """A whole login, as far as it gets."""
    trip = box.at_idp(browser, idp)
    return box.deliver(browser, Forge(trip, box.clock()).but(**change).xml())


def rows(box: Box, table: sa.Table) -> int:
    with reading(box.services.engine) as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def person(box: Box) -> str:
    """The only person there is."""
    with reading(box.services.engine) as connection:
        return str(connection.scalars(sa.select(PERSON.c.id)).one())


def test_what_is_planned_is_refused_with_its_date_until_the_minute_it_opens(box: Box) -> None:
    browser = box.browser()
    decide(box, "alpha", "plan", waves.plan(box.clock() + HOUR))
    page = box.redirect(browser)
    refused = box.choose(browser, page, "alpha")
    assert (refused.status_code, code_of(refused)) == (403, "policy.idp_planned")
    assert "alpha.example.dk opens" in refused.text
    assert "alpha.example.dk åbner" in refused.text
    assert "Choose another login" in refused.text
    box.clock.move(HOUR.total_seconds() - 1)
    page = box.redirect(browser)
    assert code_of(box.choose(browser, page, "alpha")) == "policy.idp_planned"
    box.clock.move(1)
    assert box.choose(browser, page, "alpha").status_code == 303


def test_a_pause_tells_its_reason_at_once_and_as_text(box: Box) -> None:
    browser = box.browser()
    page = box.redirect(browser)
    decide(box, "alpha", "pause", waves.pause(box.clock(), box.clock() + HOUR, WHY))
    refused = box.choose(browser, page, "alpha")
    assert code_of(refused) == "policy.idp_paused"
    for words in ("Fejl hos &lt;regionen&gt;.", "A fault at the &lt;region&gt;."):
        assert words in refused.text
    assert "alpha.example.dk is expected to open again" in refused.text
    assert "alpha.example.dk ventes at åbne igen" in refused.text
    assert box.choose(browser, page, "beta").status_code == 303
    box.clock.move(HOUR.total_seconds())
    assert box.choose(browser, box.redirect(browser), "alpha").status_code == 303


def test_a_service_with_nothing_but_a_pause_says_why(box: Box) -> None:
    for idp in ("beta", "legacy"):
        decide(box, idp, "close", waves.close(box.clock()))
    decide(box, "alpha", "pause", waves.pause(box.clock(), None, WHY))
    refused = box.redirect(box.browser())
    assert code_of(refused) == "policy.idp_paused"
    assert "A fault at the &lt;region&gt;." in refused.text
    status = open_response([posted(refused)[1]["SAMLResponse"]]).unverified.status
    assert status.sub_code == names.NO_AVAILABLE_IDP


def test_who_was_at_the_idp_when_the_pause_came_may_finish(box: Box) -> None:
    there, later = box.browser(), box.browser()
    forge = Forge(box.at_idp(there), box.clock())
    box.clock.move(20)
    decide(box, "alpha", "pause", waves.pause(box.clock(), None, WHY))
    box.clock.move(20)
    assert box.deliver(there, forge.xml()).status_code == 200
    assert code_of(box.choose(later, box.redirect(later), "alpha")) == "policy.idp_paused"


def test_a_pause_that_began_before_somebody_left_holds_them_up(box: Box) -> None:
    """As when its beginning is put in the past, or a node was behind for a moment."""
    browser = box.browser()
    box.clock.move(20)
    forge = Forge(box.at_idp(browser), box.clock())
    decide(box, "alpha", "pause", waves.pause(box.clock() - HOUR, None, WHY))
    assert code_of(box.deliver(browser, forge.xml())) == "policy.idp_paused"


def test_what_is_closed_is_closed_to_those_who_are_there_as_well(box: Box) -> None:
    browser = box.browser()
    forge = Forge(box.at_idp(browser), box.clock())
    box.clock.move(20)
    decide(box, "alpha", "close", waves.close(box.clock()))
    assert code_of(box.deliver(browser, forge.xml())) == "policy.idp_closed"


def test_a_known_session_does_not_get_past_a_pause(box: Box) -> None:
    browser = box.browser()
    assert arrive(box, browser).status_code == 200
    box.clock.move(60)
    decide(box, "alpha", "pause", waves.pause(box.clock(), None, WHY))
    page = box.redirect(browser)
    assert "/saml/discovery" in page.headers["Location"]


def test_only_test_users_get_past_the_gate_and_only_after_sign_in(box: Box) -> None:
    arrive(box, box.browser())
    tester = person(box)
    decide(box, "alpha", "plan", waves.plan(box.clock() + HOUR))
    decide(box, "alpha", "trial", waves.let_try([tester], [], None))
    browser = box.browser()
    assert arrive(box, browser).status_code == 200
    other = tuple(
        (name, value.replace("00000a", "00000b"))
        if name == names.PROFESSIONAL_UUID
        else (name, value)
        for name, value in HONEST_ATTRIBUTES
    )
    sessions, people = rows(box, LOGIN_SESSION), rows(box, PERSON)
    stranger = box.browser()
    refused = arrive(box, stranger, attributes=other)
    assert (refused.status_code, code_of(refused)) == (403, "policy.idp_test_only")
    assert "only open for test users" in refused.text
    assert "foreløbig kun åbent for testbrugere" in refused.text
    assert (rows(box, LOGIN_SESSION), rows(box, PERSON)) == (sessions, people)
    box.clock.move(HOUR.total_seconds())
    assert arrive(box, box.browser(), attributes=other).status_code == 200


def test_a_trial_asks_nobody_who_has_one_login_to_choose(box: Box) -> None:
    """Only one login is open to everybody: it is taken, and a tester asks for the page."""
    for idp in ("alpha", "legacy"):
        decide(box, idp, "close", waves.close(box.clock()))
    decide(box, "alpha", "plan", waves.plan(box.clock() + HOUR))
    decide(box, "alpha", "trial", waves.let_try([], [], None))
    browser = box.browser()
    sent = box.redirect(browser)
    assert sent.headers["Location"].startswith("https://beta.example.dk/")


@pytest.mark.parametrize("more", ["", "&vaelg=1"])
def test_what_is_for_test_users_is_no_button_of_everybody_and_has_a_way_in_for_them(
    box: Box, more: str
) -> None:
    decide(box, "alpha", "plan", waves.plan(box.clock() + HOUR))
    decide(box, "alpha", "trial", waves.let_try([], [], None))
    browser = box.browser()
    page = browser.get(box.redirect(browser).headers["Location"] + more, base_url=ORIGIN)
    assert (buttons(page, "choice"), buttons(page, "testers")) == (["beta", "legacy"], ["alpha"])
    assert "Kun for testbrugere: log ind med " in page.text
    assert "Åbner for one.example.dk" in page.text
    sent = box.choose(browser, box.redirect(browser), "alpha")
    assert sent.headers["Location"].startswith("https://alpha.example.dk/")


def test_nobody_is_sent_to_what_is_for_test_users_alone(box: Box) -> None:
    for idp in ("beta", "legacy"):
        decide(box, idp, "close", waves.close(box.clock()))
    decide(box, "alpha", "plan", waves.plan(box.clock() + HOUR))
    decide(box, "alpha", "trial", waves.let_try([], [], None))
    browser = box.browser()
    page = browser.get(box.redirect(browser).headers["Location"], base_url=ORIGIN)
    assert (page.status_code, buttons(page, "choice")) == (200, [])
    assert buttons(page, "testers") == ["alpha"]


def buttons(page: TestResponse, kind: str) -> list[str]:
    """The codes of the buttons of a kind."""
    tree = etree.HTML(page.text)
    return [
        button.get("value", "")
        for button in tree.iter("button")
        if kind in button.get("class", "").split() and button.get("name") == "idp"
    ]


def test_what_happens_to_flows_is_counted_with_its_kind_and_time(box: Box) -> None:
    browser = box.browser()
    forge = Forge(box.at_idp(browser), box.clock())
    box.clock.move(12)
    assert box.deliver(browser, Forge(forge.trip, box.clock()).xml()).status_code == 200
    assert box.redirect(browser).status_code == 200  # single sign-on went nowhere
    page = box.redirect(box.browser())
    stranger = box.browser()
    page = box.redirect(stranger)
    for idp in ("alpha", "beta"):
        box.choose(stranger, page, idp)
    box.clock.move(60)
    box.services.flow.recorder.keep(box.clock())
    with reading(box.services.engine) as connection:
        counted = {
            row.idp: (row.started, row.returned)
            for row in connection.execute(sa.select(FLOW_COUNT))
        }
        details = {
            (row.idp, row.what): row.times for row in connection.execute(sa.select(FLOW_DETAIL))
        }
        wrong = [(r.idp, r.kind, r.times) for r in connection.execute(sa.select(DISCOVERY_WRONG))]
    assert counted == {"alpha": (2, 1), "beta": (1, 0)}
    assert details == {("alpha", "within 15"): 1}
    assert wrong == [("alpha", "changed", 1)]
