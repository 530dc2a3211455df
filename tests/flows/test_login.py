"""One whole login: what the service is told, what is kept, what was never done on the way."""

import subprocess
import tempfile
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from lxml import etree

from broker.audit.proof.verifying import first_fault
from broker.audit.store import writers
from broker.db import reading
from broker.health.tables import FLOW_COUNT
from broker.login.store import SPENT_MESSAGE
from broker.saml import authn_request, encryption, names, privileges, response, signatures, xml
from broker.saml.messages import Assertion
from broker.saml.response import open_response
from broker.sessions.tables import LOGIN_SESSION, SESSION_PARTICIPANT
from tests.box import CVR, Box, Trip, code_of, make_box, posted
from tests.factories import decryption_key
from tests.hostile.forge import HONEST_ATTRIBUTES, NURSE, PRIVILEGES, Forge


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Box:
    return make_box(tmp_path_factory.mktemp("login"))


def forge(box: Box, trip: Trip) -> Forge:
    return Forge(trip, box.clock())


def told(box: Box, fields: dict[str, str], service: str = "one") -> Assertion:
    """What the service reads: verified with the key we publish, decrypted with its own."""
    opened = open_response([fields["SAMLResponse"]])
    verified = opened.verify(
        box.services.flow.keys.keyrings.first("sundhed").published_idp,
        [decryption_key(service)],
        demand_encryption=True,
        allow_cbc=False,
    )
    assert not verified.signed
    return verified.assertion


def login(box: Box, browser: FlaskClient, service: str = "one", **change: object) -> Assertion:
    """One login through alpha; what the service is told."""
    trip = box.at_idp(browser, "alpha", service=service)
    page = box.deliver(browser, forge(box, trip).but(**change).xml())
    assert page.status_code == 200, code_of(page)
    target, fields = posted(page)
    assert target == f"https://{service}.example.dk/acs"
    assert fields["RelayState"] == "back-to-page-7"
    return told(box, fields, service)


def test_the_service_is_told_who_how_surely_and_with_which_roles(box: Box) -> None:
    said = login(box, box.browser())
    values = {attribute.name: attribute.values for attribute in said.attributes}
    assert values[names.SPEC_VERSION] == ("OIO-SAML-3.0",)
    assert values[names.LOA] == ("Substantial",)
    assert values[names.CVR] == (CVR,)
    assert values[names.FULL_NAME] == ("Åse Ærlig",)
    assert values[names.ROLE_CLAIM] == ("Reader_0_3",)
    assert names.PRIVILEGES not in values
    assert said.name_id is not None
    assert said.name_id.format == names.PERSISTENT
    assert said.name_id.value.startswith("https://data.gov.dk/model/core/eid/professional/uuid/")
    assert said.issuer == "https://broker.example.dk/sundhed/saml/idp"
    assert said.conditions is not None
    assert said.conditions.audiences == (("https://one.example.dk",),)
    (statement,) = said.authn_statements
    assert statement.authorities == ("https://alpha.example.dk",)
    assert statement.class_ref == "https://data.gov.dk/concept/core/nsis/loa/Substantial"


def test_the_name_lasts_whatever_the_idp_calls_the_person(box: Box) -> None:
    first = login(box, box.browser()).name_id
    transient = f'<a:NameID Format="{names.TRANSIENT}">{NURSE[:-1]}f</a:NameID>'
    again = login(box, box.browser(), name_id=transient).name_id
    elsewhere = login(box, box.browser(), service="two").name_id
    assert first == again
    assert first is not None
    assert elsewhere is not None
    assert elsewhere.value != first.value


def test_somebody_else_gets_another_name(box: Box) -> None:
    other = tuple(
        (name, value.replace("00000a", "00000b"))
        if name == names.PROFESSIONAL_UUID
        else (name, value)
        for name, value in HONEST_ATTRIBUTES
    )
    mine, theirs = login(box, box.browser()), login(box, box.browser(), attributes=other)
    assert mine.name_id != theirs.name_id


@pytest.mark.parametrize("first", ["one", "two"])
def test_two_tabs_log_in_to_two_services_in_either_order(box: Box, first: str) -> None:
    browser = box.browser()
    trips = {name: box.at_idp(browser, "alpha", service=name) for name in ("one", "two")}
    for name in (first, "two" if first == "one" else "one"):
        page = box.deliver(browser, forge(box, trips[name]).xml())
        target, fields = posted(page)
        assert target == f"https://{name}.example.dk/acs"
        told(box, fields, name)


def test_one_login_leaves_one_of_everything_behind(tmp_path: Path) -> None:
    box = make_box(tmp_path)
    login(box, box.browser())
    box.clock.move(60)
    login(box, box.browser())
    with reading(box.services.engine) as connection:

        def rows(table: sa.Table) -> int:
            return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0

        counted = connection.execute(sa.select(FLOW_COUNT)).one()
        assert (counted.service, counted.idp, counted.started, counted.returned) == (
            "one",
            "alpha",
            1,
            1,
        )
        assert rows(LOGIN_SESSION) == rows(SESSION_PARTICIPANT) == 2
        assert rows(SPENT_MESSAGE) == 6
        assert all(first_fault(connection, writer) is None for writer in writers(connection))


def test_six_hops_are_reported_in_order_with_their_checks(box: Box) -> None:
    box.hops.clear()
    login(box, box.browser())
    assert [(hop.hop, hop.name) for hop in box.hops] == [
        (1, "sp_request"),
        (2, "discovery"),
        (2, "discovery"),
        (3, "idp_request"),
        (4, "idp_response"),
        (5, "mapping"),
        (6, "sp_response"),
    ]
    assert len({hop.reference for hop in box.hops}) == 1
    assert all(hop.checks for hop in box.hops)
    assert {"decryption", "signature", "audience", "bearer"} <= set(box.hops[4].checks)


def test_no_more_parses_than_the_messages_need(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    """R10: each message once, each verified subtree and each plaintext once more; ours never."""
    counts: Counter[str] = Counter()
    parse, fromstring = xml.parse, etree.fromstring
    counting = "lxml.etree.fromstring"

    def counted(raw: bytes) -> xml.Element:
        counts["strict"] += 1
        return parse(raw)

    def any_parse(raw: bytes, parser: etree.XMLParser) -> xml.Element:
        counts["any"] += 1
        return fromstring(raw, parser)

    browser = box.browser()
    for module in (authn_request, response, signatures):
        monkeypatch.setattr(module, "parse", counted)
    monkeypatch.setattr(encryption, "parse", counted)
    monkeypatch.setattr(privileges, "parse", counted)
    monkeypatch.setattr(counting, any_parse)
    page = box.redirect(browser, draft := box.draft())
    chosen = box.choose(browser, page, "alpha")
    assert counts == {"strict": 1, "any": 1}
    monkeypatch.setattr(counting, fromstring)
    counts.clear()
    answer = forge(box, box.trip(chosen.headers["Location"], "one", "alpha", draft.id)).xml()
    counts.clear()
    monkeypatch.setattr(counting, any_parse)
    assert box.deliver(browser, answer).status_code == 200
    # The Response, its plaintext, its verified assertion, and the privileges inside.
    assert counts == {"strict": 4, "any": 4}


def test_no_subprocess_and_no_temporary_file(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_args: object, **_options: object) -> None:
        raise AssertionError("a login started a program or made a temporary file")

    monkeypatch.setattr(subprocess.Popen, "__init__", forbidden)
    monkeypatch.setattr(tempfile, "_get_candidate_names", forbidden)
    monkeypatch.setattr(tempfile, "_mkstemp_inner", forbidden)
    login(box, box.browser())


def test_no_cpr_number_reaches_the_log_the_pages_or_the_database(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    canary = "0101019991"
    box = make_box(tmp_path)
    attributes = (*HONEST_ATTRIBUTES, (names.CPR_NUMBER, canary))
    with caplog.at_level("DEBUG"):
        said = login(box, box.browser(), attributes=attributes)
        browser = box.browser()
        trip = box.at_idp(browser)
        wrong = forge(box, trip).but(attributes=attributes, valid_until=forge(box, trip).time(-9))
        page = box.deliver(browser, wrong.xml())
    told_of = {attribute.name: attribute.values for attribute in said.attributes}
    assert told_of[names.CPR_NUMBER] == (canary,), "the mapping of this service lists it"
    assert canary not in repr(said)
    assert canary not in page.text
    assert canary not in caplog.text + "".join(capfd.readouterr())
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert canary.encode() not in file.read_bytes(), file


POLICY: list[tuple[str, dict[str, object], str]] = [
    ("a level too low", {names.LOA: "Low"}, "policy.assurance"),
    ("no level", {names.LOA: None}, "policy.assurance_missing"),
    ("no organisation", {names.CVR: None}, "policy.no_organisation"),
    ("nobody in particular", {names.PROFESSIONAL_UUID: None}, "policy.no_identity"),
]


@pytest.mark.parametrize(("change", "code"), [r[1:] for r in POLICY], ids=[r[0] for r in POLICY])
def test_what_the_rules_refuse_goes_back_to_the_service_signed(
    box: Box, change: dict[str, str | None], code: str
) -> None:
    attributes = tuple(
        (name, value)
        for name, old in HONEST_ATTRIBUTES
        if (value := change.get(name, old)) is not None
    )
    browser = box.browser()
    trip = box.at_idp(browser)
    name_id = f'<a:NameID Format="{names.TRANSIENT}">{NURSE}</a:NameID>'
    answer = forge(box, trip).but(attributes=attributes, name_id=name_id).xml()
    page = box.deliver(browser, answer)
    assert (code_of(page), page.status_code) == (code, 403)
    target, fields = posted(page)
    opened = open_response([fields["SAMLResponse"]])
    assert target == "https://one.example.dk/acs"
    assert not opened.has_assertion
    assert opened.signed
    assert opened.unverified.status.code == names.RESPONDER
    assert code_of(box.deliver(browser, answer)) == "context.replay"


def test_an_idp_speaks_only_for_its_own_organisations(box: Box) -> None:
    browser = box.browser()
    trip = box.at_idp(browser, "beta")
    page = box.deliver(browser, forge(box, trip).xml())
    assert code_of(page) == "policy.scope"
    assert PRIVILEGES not in page.text


def test_an_oiosaml_2_answer_is_understood(box: Box) -> None:
    attributes = (
        (names.OIO2_SPEC_VERSION, "DK-SAML-2.0"),
        (names.OIO2_ASSURANCE, "3"),
        (names.OIO2_CVR, CVR),
        (names.OIO2_RID, "1234"),
        (names.OIO2_COMMON_NAME, "Åse Ærlig"),
        (names.OIO2_ORG_NAME, "Region Æblø"),
    )
    browser = box.browser()
    trip = box.at_idp(browser, "legacy")
    answer = forge(box, trip).but(
        attributes=attributes,
        name_format=names.ATTR_BASIC,
        sign_response=True,
        sign_assertion=False,
        name_id=f'<a:NameID Format="{names.X509_SUBJECT}">C=DK,O=Region // CVR:{CVR}</a:NameID>',
    )
    page = box.deliver(browser, answer.xml())
    assert page.status_code == 200, code_of(page)
    values = {a.name: a.values for a in told(box, posted(page)[1]).attributes}
    assert values[names.FULL_NAME] == ("Åse Ærlig",)
    assert values[names.LOA] == ("Substantial",)
