"""What a login leaves behind about keys: ours that partners worked with, and theirs that signed."""

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask.testing import FlaskClient
from lxml import etree

from broker.bootstrap import metadata_service
from broker.db import reading
from broker.errors import Refused
from broker.login.sample import MARK, sample
from broker.metadata.defaults import LoadOptions
from broker.metadata.partner_keys import LONGEST, UNSEEN, PartnerKeys
from broker.metadata.readiness import store
from broker.metadata.report import Occasion
from broker.metadata.rollover.model import FIRST, Side
from broker.saml import names
from broker.saml.bindings import encode_post
from broker.saml.keys import Certificate
from broker.saml.response import open_response
from tests.box import ORIGIN, Box, make_box
from tests.factories import NOW, decryption_key, key_pair, signing_key
from tests.hostile.forge import Forge
from tests.metadata_factory import key as descriptor
from tests.peers import sp_metadata
from tests.unit.metadata.phases import DAY, xmlsec1_verifies


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return make_box(tmp_path)


def login(box: Box, browser: FlaskClient, key: str = "one") -> int:
    """One login at service one, whose request is signed with that key; the answer's status."""
    browser.delete_cookie("__Host-session-sundhed", domain="broker.example.dk")
    page = box.redirect(browser, key=key)
    if page.status_code != 303:
        return page.status_code
    page = box.choose(browser, page, "alpha")
    trip = box.trip(page.headers["Location"], "one", "alpha", "")
    return box.deliver(browser, Forge(trip, box.clock()).xml()).status_code


def signs(box: Box, side: Side) -> dict[tuple[str, str, str], int]:
    with reading(box.services.engine) as connection:
        found = store.signs(connection, "sundhed", side, NOW - DAY)
    return {(p, s.kind, s.detail): s.count for p, each in found.items() for s in each}


def test_a_login_tells_which_keys_worked_on_both_sides(box: Box) -> None:
    assert login(box, box.browser()) == 200
    assert signs(box, "idp") == {
        ("one", "answered", FIRST): 1,
        ("one", "verified", key_pair("one")[1].fingerprint): 1,
    }
    assert signs(box, "sp") == {
        ("alpha", "returned", FIRST): 1,
        ("alpha", "opened", FIRST): 1,
        ("alpha", "verified", key_pair("alpha")[1].fingerprint): 1,
    }


def test_a_request_that_does_not_verify_leaves_nothing(box: Box) -> None:
    browser = box.browser()
    assert box.redirect(browser, key="stranger").status_code == 403
    box.clock.move(61)
    assert login(box, browser) == 200
    assert ("one", "verified", key_pair("stranger")[1].fingerprint) not in signs(box, "idp")


def newer(name: str) -> Certificate:
    """A certificate of that key which begins today."""
    private, before = key_pair(name)
    subject = before.parsed.subject
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW)
        .not_valid_after(NOW + 700 * DAY)
        .sign(private, hashes.SHA256())
    )
    return Certificate(certificate.public_bytes(Encoding.DER))


def both_keys(new: Certificate) -> bytes:
    """Metadata of service one with its old signing key beside the new one."""
    raw = sp_metadata("https://one.example.dk", new).decode()
    begin = raw.index("<md:KeyDescriptor")
    return (raw[:begin] + descriptor("one") + raw[begin:]).encode()


def load(box: Box, raw: bytes) -> None:
    service = metadata_service(box.services.engine, ORIGIN)
    report = service.load_xml(
        raw,
        federation="sundhed",
        source="a test",
        options=LoadOptions(accept_key_change=True),
        occasion=occasion(box),
    )
    assert not report.refused, report


def occasion(box: Box) -> Occasion:
    return Occasion(box.clock(), "operator", "a test", "REFERENCE")


def desk_of(box: Box) -> PartnerKeys:
    return PartnerKeys(box.services.engine, metadata_service(box.services.engine, ORIGIN).audit)


def states(box: Box) -> dict[Certificate, tuple[str, bool]]:
    desk = desk_of(box)
    (record,) = desk.find("one")
    return {k.certificate: (k.state, k.may_go) for k in desk.keys(record, box.clock())}


def test_a_partner_changes_its_key_and_the_old_one_goes_when_nobody_misses_it(box: Box) -> None:
    """Both verify while the metadata has both; dropped too soon, the old one is kept for a time."""
    old, new = key_pair("one")[1], newer("one-later")
    desk, browser = desk_of(box), box.browser()
    load(box, both_keys(new))
    assert login(box, browser, "one") == 200
    assert login(box, browser, "one-later") == 200
    assert states(box) == {old: ("metadata", False), new: ("metadata", False)}
    load(box, sp_metadata("https://one.example.dk", new))
    assert login(box, browser, "one") == 403, "what the metadata dropped verifies no more"
    assert states(box) == {new: ("metadata", False), old: ("dropped", False)}
    (record,) = desk.find("one")
    desk.keep(record, old.fingerprint[:12].upper(), box.clock() + 30 * DAY, occasion(box))
    assert login(box, browser, "one") == 200
    box.clock.move((UNSEEN + DAY).total_seconds())
    assert login(box, browser, "one-later") == 200
    assert states(box) == {new: ("metadata", False), old: ("kept", True)}
    desk.end(record, old.fingerprint, occasion(box))
    assert login(box, browser, "one") == 403
    assert states(box) == {new: ("metadata", False), old: ("dropped", False)}


def test_a_kept_key_ends_by_the_clock(box: Box) -> None:
    old, new = key_pair("one")[1], newer("one-later")
    load(box, sp_metadata("https://one.example.dk", new))
    desk, browser = desk_of(box), box.browser()
    (record,) = desk.find("one")
    desk.keep(record, old.fingerprint, box.clock() + DAY, occasion(box))
    box.clock.move(DAY.total_seconds() - 1)
    assert login(box, browser, "one") == 200
    box.clock.move(1)
    assert login(box, browser, "one") == 403


def test_only_a_key_that_the_partner_once_had_can_be_kept_and_not_for_ever(box: Box) -> None:
    new, desk = newer("one-later"), desk_of(box)
    load(box, sp_metadata("https://one.example.dk", new))
    (record,) = desk.find("one")
    old, soon = key_pair("one")[1].fingerprint, box.clock() + DAY
    for fingerprint, until in (
        (key_pair("stranger")[1].fingerprint, soon),
        ("", soon),
        (new.fingerprint, soon),
        (old, box.clock()),
        (old, box.clock() + LONGEST + DAY),
    ):
        with pytest.raises(Refused) as refused:
            desk.keep(record, fingerprint, until, occasion(box))
        assert refused.value.code == "metadata.kept_key"
    with pytest.raises(Refused):
        desk.end(record, old, occasion(box))
    assert login(box, box.browser(), "one") == 403


def xmlsec1_decrypts(document: bytes, name: str, folder: Path) -> bytes:
    """What the xmlsec1 program makes of a Response with the private key of that name."""
    program = shutil.which("xmlsec1")
    assert program, "the suite needs the program xmlsec1"
    private, encrypted, plain = folder / "private.pem", folder / "sample.xml", folder / "plain.xml"
    pem = key_pair(name)[0].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    private.write_bytes(pem)
    encrypted.write_bytes(document)
    done = subprocess.run(
        [
            *(program, "--decrypt", "--privkey-pem", str(private)),
            *("--output", str(plain), str(encrypted)),
        ],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return plain.read_bytes()


def test_a_sample_is_verified_and_decrypted_by_other_programs(box: Box, tmp_path: Path) -> None:
    registry = box.services.registry.current()
    federation = registry.federation("sundhed")
    service = registry.service_by_code("sundhed", "one")
    key = signing_key("a key that does not count yet")
    made = sample(service, federation, key, box.clock())
    plain = xmlsec1_decrypts(made.xml, "one", tmp_path)
    assertion = f"{names.SAML}:Assertion"
    assert xmlsec1_verifies(plain, assertion, key, tmp_path)
    today = box.services.flow.keys.keyrings.first("sundhed").idp_signing
    assert not xmlsec1_verifies(plain, assertion, today, tmp_path)
    tree = etree.fromstring(plain)
    assert MARK in "".join(str(text) for text in tree.itertext())
    conditions = tree.find(f".//{{{names.SAML}}}Conditions")
    assert conditions is not None
    assert conditions.get("NotOnOrAfter", "") < box.clock().isoformat(), "it is over"
    opened = open_response([encode_post(made.xml)])
    verified = opened.verify(
        [key.certificate], [decryption_key("one")], demand_encryption=True, allow_cbc=False
    )
    assert verified.assertion.id.startswith("_sample")
