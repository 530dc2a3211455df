"""H08, H12 and P6: whatever somebody unknown sends, no table grows by it, and no counter forever."""

import secrets
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from broker.audit.flights.waiting import MOST
from broker.db import METADATA, reading
from broker.saml.bindings import encode_post
from tests.box import ACS, ORIGIN, SSO, Box, make_box
from tests.canary import CANARIES
from tests.hostile.exits import PATHS
from tests.hostile.forge import Forge
from tests.hostile.test_flow import cookies, give

TIMES = 40
# What is kept of flows that services began, as sums; a flood makes the sums larger and not more.
SUMS = {
    "flow_count",
    "flow_detail",
    "discovery_choice",
    "discovery_wrong",
    "flight",
    "partner_sign",
    "tally",
}


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Box:
    return make_box(tmp_path_factory.mktemp("flood"))


def counts(box: Box) -> dict[str, int]:
    with reading(box.services.engine) as connection:
        return {
            name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for name, table in METADATA.tables.items()
        }


def unsigned_request(box: Box, browser: FlaskClient, _: Forge) -> None:
    box.redirect(browser, key="")


def request_of_nobody(box: Box, browser: FlaskClient, _: Forge) -> None:
    box.redirect(browser, box.draft(f"x{secrets.token_hex(6)}"), key="attacker")


def garbage_request(_: Box, browser: FlaskClient, __: Forge) -> None:
    browser.get(f"{SSO}?SAMLRequest={secrets.token_hex(40)}", base_url=ORIGIN)


def garbage_response(_: Box, browser: FlaskClient, __: Forge) -> None:
    browser.post(ACS, data={"SAMLResponse": secrets.token_hex(40)}, base_url=ORIGIN)


def foreign_response(box: Box, browser: FlaskClient, forge: Forge) -> None:
    box.deliver(browser, forge.but(key="attacker").xml())


def unasked_response(box: Box, browser: FlaskClient, forge: Forge) -> None:
    box.deliver(browser, forge.but(in_response_to=None, key="attacker").xml())


def failed_response(box: Box, browser: FlaskClient, forge: Forge) -> None:
    """An unsigned failure, which counts as somebody who gave up (R14)."""
    status = f'<p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:{secrets.token_hex(4)}"/>'
    box.deliver(browser, forge.but(status=status, encrypt=False, sign_assertion=False).xml())


def logout_of_nobody(_: Box, browser: FlaskClient, __: Forge) -> None:
    for path in set(PATHS.values()):
        browser.post(
            path, data={"SAMLRequest": encode_post(secrets.token_bytes(60))}, base_url=ORIGIN
        )


def flow_cookie(_: Box, browser: FlaskClient, __: Forge) -> None:
    name = f"__Host-flow-{secrets.token_hex(12)}"
    give(browser, {name: secrets.token_urlsafe(300)})
    browser.get(f"/sundhed/saml/discovery?flow={name[12:]}", base_url=ORIGIN)


def address(_: Box, browser: FlaskClient, __: Forge) -> None:
    browser.get(f"/{secrets.token_hex(8)}/{CANARIES[0]}", base_url=ORIGIN)


FLOODS: list[Callable[[Box, FlaskClient, Forge], None]] = [
    unsigned_request,
    request_of_nobody,
    garbage_request,
    garbage_response,
    foreign_response,
    unasked_response,
    failed_response,
    logout_of_nobody,
    flow_cookie,
    address,
]


@pytest.mark.parametrize("flood", FLOODS, ids=lambda flood: flood.__name__)
def test_h08_a_flood_leaves_every_table_as_it_was(
    box: Box, flood: Callable[[Box, FlaskClient, Forge], None]
) -> None:
    browser = box.browser()
    forge = Forge(box.at_idp(browser), box.clock())
    _keep(box)
    before = counts(box)
    for _ in range(TIMES):
        flood(box, browser, forge)
    _keep(box)
    after = counts(box)
    grown = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert grown.keys() <= SUMS, grown
    assert grown.pop("flight", 0) <= MOST
    assert sum(grown.values()) <= 4, grown


def test_h08_services_that_ask_and_ask_make_sums_and_no_rows(box: Box) -> None:
    """AuthnRequests that hold are no flood of strangers, and still no row each."""
    _keep(box)
    before = counts(box)
    for _ in range(TIMES):
        box.at_idp(box.browser())
    _keep(box)
    grown = {name: number - before[name] for name, number in counts(box).items()}
    assert {name for name, number in grown.items() if number} <= SUMS
    assert sum(grown.values()) <= 6


def test_h12_nobody_elses_flow_is_pushed_out(box: Box) -> None:
    browser = box.browser()
    forge = Forge(box.at_idp(browser), box.clock())
    for _ in range(TIMES):
        box.at_idp(box.browser())
        garbage_response(box, box.browser(), forge)
    assert len(cookies(browser)) == 1
    assert box.deliver(browser, forge.xml()).status_code == 200


def test_h12_counters_in_memory_end_somewhere(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broker.health.counts.MAX_ROWS", 20)
    monkeypatch.setattr("broker.statistics.choices.MAX_ROWS", 20)
    recorder = box.services.flow.recorder
    for number in range(100):
        code = f"idp{number}"
        recorder.counts.add("started", "sundhed", "one", code, box.clock())
        recorder.choices.wrong("changed", "sundhed", "one", code, box.clock())
    box.clock.move(3700)
    choices, wrong = recorder.choices.take(box.clock())
    assert len(recorder.counts.take(box.clock())) <= 20
    assert len(choices) + len(wrong) <= 40


def _keep(box: Box) -> None:
    """Let what is counted in memory be written, as a minute and an hour later."""
    box.clock.move(3700)
    box.services.flow.recorder.keep(box.clock())
    box.clock.move(-3700)
