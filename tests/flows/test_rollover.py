"""Which key signs, seen through real logins while the clock passes a plan. R24, R25."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from broker.db import reading, writing
from broker.errors import Refused
from broker.metadata import store as registry_store
from broker.metadata.keyring import create_keys
from broker.metadata.readiness import store as signs
from broker.metadata.rollover import store
from broker.metadata.rollover.model import Instants, Plan, Rule, Slot, Style
from broker.periods import Period
from broker.saml import bindings
from broker.saml.authn_request import write_authn_request
from broker.saml.keys import Certificate
from broker.saml.response import open_response
from tests.box import ORIGIN, Box, code_of, make_box, posted
from tests.factories import NOW, decryption_key, signing_key
from tests.hostile.forge import Forge

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SWITCH = NOW + 30 * DAY
SLOT = Slot("sundhed", "idp", "signing")
TO_IDPS = Slot("sundhed", "sp", "signing")
INSTANTS = Instants(
    announce=NOW + DAY,
    early_from=NOW + 10 * DAY,
    switch=SWITCH,
    rollback_until=SWITCH + 7 * DAY,
    unpublish=SWITCH + 14 * DAY,
    destroy=SWITCH + 60 * DAY,
)
BEFORE, AFTER = SWITCH - timedelta(seconds=1), SWITCH


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return made(tmp_path, "overlap")


def made(folder: Path, style: Style) -> Box:
    """A broker with a plan to lead every slot from its first keys to those of `second`."""
    made = make_box(folder)
    home = made.services.registry.current().federation("sundhed")
    create_keys(made.settings.keys / "sundhed", replace(home, path="second"), NOW, bits=2048)
    slots = (SLOT, TO_IDPS, Slot("sundhed", "sp", "encryption"))
    with writing(made.services.engine) as connection:
        for slot in slots:
            plan = Plan("change", slot, "first", "second", INSTANTS, style)
            store.add_plan(connection, plan, NOW)
        registry_store.bump(connection)
    return made


def rule(box: Box, **said: object) -> None:
    """Treat a partner, or everybody, otherwise than the plan says, from now on."""
    plans = box.services.registry.current().rollovers.of(SLOT, box.clock())
    given = Rule(keep="before", period=Period(box.clock()))
    with writing(box.services.engine) as connection:
        store.add_rule(connection, plans[0].row, replace(given, **said), box.clock())  # type: ignore[arg-type]  # as the test says
        registry_store.bump(connection)


def certificate(box: Box, epoch: str, slot: Slot = SLOT) -> Certificate:
    return box.services.flow.keys.keyrings.signing(slot, epoch).certificate


def signer(box: Box, page: TestResponse) -> str:
    """The one epoch with whose certificate the answer that a page posts can be verified."""
    assert page.status_code == 200, code_of(page)
    message, own = posted(page)[1]["SAMLResponse"], [decryption_key("one")]
    found = []
    for epoch in ("first", "second"):
        try:
            open_response([message]).verify(
                (certificate(box, epoch),), own, demand_encryption=True, allow_cbc=False
            )
        except Refused:
            continue
        found.append(epoch)
    assert len(found) == 1, found
    return found[0]


def login(
    box: Box, at: datetime, browser: FlaskClient | None = None, endpoint: str | None = None
) -> str:
    """The epoch that signs a whole login at an instant."""
    box.clock.now = at
    browser = browser or box.browser()
    if endpoint is None:
        trip = box.at_idp(browser)
    else:
        started = begin_at(box, browser, endpoint, endpoint)
        assert started.status_code == 303, code_of(started)
        chosen = box.choose(browser, started, "alpha")
        trip = box.trip(chosen.headers["Location"], "one", "alpha", "_unknown")
    return signer(box, box.deliver(browser, Forge(trip, box.clock()).xml()))


def begin_at(
    box: Box, browser: FlaskClient, endpoint: str, said: str | None, key: str = "one"
) -> TestResponse:
    """A request to the address of an epoch, whose Destination names that of `said`."""
    path = f"/sundhed/saml/e/{endpoint}/sso"
    told = f"/sundhed/saml/e/{said}/sso" if said else "/sundhed/saml/sso"
    draft = replace(box.draft(), destination=ORIGIN + told)
    url = bindings.encode_redirect(
        path,
        write_authn_request(draft, sign_with=None).xml,
        parameter="SAMLRequest",
        relay_state=None,
        key=signing_key(key) if key else None,
    )
    return browser.get(url, base_url=ORIGIN)


def test_the_key_changes_at_the_instant_and_nothing_has_to_happen(box: Box) -> None:
    assert login(box, NOW) == "first"
    assert login(box, BEFORE) == "first"
    assert login(box, AFTER) == "second"
    assert login(box, INSTANTS.destroy + DAY) == "second"


def test_our_requests_to_identity_providers_change_with_it(box: Box) -> None:
    """The trip reads them with what the document of that day shows, and one key alone fits."""
    for at, expected in ((BEFORE, "first"), (AFTER, "second")):
        box.clock.now = at
        shown = box.services.flow.keys.keyrings.at(
            box.services.registry.current().rollovers, "sundhed", at
        )
        assert shown.sp_signing.certificate == certificate(box, expected, TO_IDPS)
        assert box.at_idp(box.browser()).request.id


def test_an_answer_that_was_encrypted_before_opens_after_and_the_other_way(box: Box) -> None:
    keys = box.services.flow.keys.keyrings
    for made_with, at in (("first", AFTER), ("second", BEFORE), ("second", NOW)):
        box.clock.now = at
        browser = box.browser()
        trip = box.at_idp(browser)
        encrypted = replace(trip, encryption=keys.decryption("sundhed", made_with).certificate)
        page = box.deliver(browser, Forge(encrypted, box.clock()).xml())
        assert page.status_code == 200, (made_with, at, code_of(page))


def test_the_old_key_opens_nothing_once_it_is_destroyed(box: Box) -> None:
    box.clock.now = INSTANTS.destroy
    browser = box.browser()
    trip = box.at_idp(browser)
    old = box.services.flow.keys.keyrings.decryption("sundhed", "first").certificate
    page = box.deliver(browser, Forge(replace(trip, encryption=old), box.clock()).xml())
    assert page.status_code == 403
    assert code_of(page).startswith("encryption.") or code_of(page).startswith("signature.")


def test_who_uses_an_epochs_address_gets_that_epochs_key(box: Box) -> None:
    for at in (INSTANTS.announce, BEFORE, AFTER, INSTANTS.unpublish - HOUR):
        for endpoint in ("first", "second"):
            assert login(box, at, endpoint=endpoint) == endpoint
    # Withdrawn, the old address still works, with the key that counts.
    assert login(box, INSTANTS.unpublish, endpoint="first") == "second"
    assert login(box, NOW, endpoint="second") == "first"


def test_destination_has_to_be_the_address_that_it_came_to(box: Box) -> None:
    box.clock.now = BEFORE
    for endpoint, said in (("second", "first"), ("second", None), ("first", "second")):
        page = begin_at(box, box.browser(), endpoint, said)
        assert (page.status_code, code_of(page)) == (400, "request.destination"), (endpoint, said)


def test_an_address_of_a_key_that_never_was_is_refused(box: Box) -> None:
    page = begin_at(box, box.browser(), "third", "third")
    assert (page.status_code, code_of(page)) == (400, "request.endpoint")


def test_everybody_is_taken_back_with_the_next_login_and_one_partner_too(box: Box) -> None:
    assert login(box, AFTER + HOUR) == "second"
    rule(box, partner="one", kind="back")
    assert login(box, AFTER + HOUR) == "first"
    rule(box, partner="one", keep="after", kind="early")
    assert login(box, AFTER + HOUR) == "second"
    rule(box)  # everybody; but who is treated by name stays so
    assert login(box, AFTER + HOUR) == "second"
    assert login(box, AFTER + HOUR, endpoint="second") == "second"
    assert login(box, AFTER + HOUR, endpoint="first") == "first"


def test_a_partner_may_switch_early_or_late(box: Box) -> None:
    box.clock.now = INSTANTS.early_from
    rule(box, partner="one", keep="after", kind="early")
    assert login(box, INSTANTS.early_from) == "second"
    rule(box, partner="one", keep="before", kind="late")
    assert login(box, AFTER + HOUR) == "first"
    assert login(box, INSTANTS.unpublish) == "second"  # the old key is known to nobody any more


def test_a_browser_that_tries_the_next_key_gets_it_alone_and_for_a_quarter_of_an_hour(
    box: Box,
) -> None:
    box.clock.now = at = INSTANTS.announce + HOUR
    service = box.services.registry.current().service_by_code("sundhed", "one")
    link = box.services.flow.keys.rehearsals.link("sundhed", service.row, at)
    mine, other = box.browser(), box.browser()
    page = mine.get(f"/sundhed/saml/try/{link}", base_url=ORIGIN)
    assert page.status_code == 200
    assert login(box, at, mine) == "first"  # following the link begins nothing
    begun = mine.post(f"/sundhed/saml/try/{link}", base_url=ORIGIN)
    assert (begun.status_code, begun.headers["Location"]) == (303, service.start_url)
    assert login(box, at, mine) == "second"
    assert login(box, at, other) == "first"
    assert login(box, at + timedelta(minutes=16), mine) == "first"
    with reading(box.services.engine) as connection:
        (seen,) = signs.signs(connection, "sundhed", "idp", INSTANTS.announce - HOUR).values()
    (tried,) = (s for s in seen if s.kind == "rehearsed")
    assert (tried.detail, tried.count, tried.first_at) == ("second", 1, at), "kept at once"
    assert not [s for s in seen if s.kind == "answered" and s.detail == "second"], "shows less"


def test_trying_ends_when_somebody_ends_it_and_a_link_runs_out(box: Box) -> None:
    box.clock.now = at = INSTANTS.announce + HOUR
    service = box.services.registry.current().service_by_code("sundhed", "one")
    rehearsals = box.services.flow.keys.rehearsals
    link = rehearsals.link("sundhed", service.row, at)
    mine = box.browser()
    mine.post(f"/sundhed/saml/try/{link}", base_url=ORIGIN)
    assert service.name.da in mine.get("/sundhed/saml/try?lang=da", base_url=ORIGIN).text
    mine.post("/sundhed/saml/try", base_url=ORIGIN)
    assert login(box, at, mine) == "first"
    box.clock.now = at + timedelta(minutes=15)
    for method in ("GET", "POST"):
        page = mine.open(f"/sundhed/saml/try/{link}", method=method, base_url=ORIGIN)
        assert (page.status_code, page.headers.get("Set-Cookie")) == (404, None)


def test_nobody_tries_what_is_not_announced(box: Box) -> None:
    service = box.services.registry.current().service_by_code("sundhed", "one")
    link = box.services.flow.keys.rehearsals.link("sundhed", service.row, NOW)
    page = box.browser().get(f"/sundhed/saml/try/{link}", base_url=ORIGIN)
    assert page.status_code == 404


def test_a_link_of_another_federation_or_a_cookie_as_a_link_begins_nothing(box: Box) -> None:
    box.clock.now = INSTANTS.announce
    rehearsals = box.services.flow.keys.rehearsals
    foreign = rehearsals.link("borger", 1, box.clock())
    begun = rehearsals.begun(rehearsals.link("sundhed", 1, box.clock()), "sundhed", box.clock())
    assert begun
    for value in (foreign, rehearsals.cookie(begun)[1], "x" * 40, "ø"):
        page = box.browser().post(f"/sundhed/saml/try/{value}", base_url=ORIGIN)
        assert page.status_code == 404


def test_a_hard_cut_has_no_addresses_of_its_own(tmp_path: Path) -> None:
    box = made(tmp_path, "hard")
    assert login(box, BEFORE, endpoint="second") == "first"
    assert login(box, AFTER, endpoint="first") == "second"
    assert login(box, BEFORE) == "first"
    assert login(box, AFTER) == "second"


def test_a_key_that_is_not_on_this_node_is_our_fault_and_says_so(tmp_path: Path) -> None:
    box = made(tmp_path, "overlap")
    for file in (box.settings.keys / "sundhed" / "second").glob("idp-signing.*"):
        file.unlink()
    box.clock.now = AFTER
    browser = box.browser()
    trip = box.at_idp(browser)
    page = box.deliver(browser, Forge(trip, box.clock()).xml())
    assert (page.status_code, code_of(page)) == (503, "key.missing")
