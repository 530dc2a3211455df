"""H: what is too much is refused early and cheaply, whatever there is too much of."""

import base64
import pyexpat
import zlib
from collections.abc import Callable
from copy import deepcopy
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from broker.audit.masking import cleaned
from broker.errors import Refused
from broker.saml import names, signatures
from broker.saml.bindings import RedirectSignature, verify_redirect
from broker.saml.keys import Certificate, SigningKey
from broker.web.logging import redact
from tests.box import ACS, ORIGIN, SSO, code_of
from tests.factories import NOW, key_pair
from tests.hostile.conftest import Scene
from tests.hostile.costs import cheap
from tests.hostile.test_markup import swapped

Change = Callable[[bytes], bytes]
CPU = 0.25  # seconds; an honest answer takes a hundredth of that
MEMORY = 5 * 1024  # kB


def inside_name(text: str) -> Change:
    """Put text before the name of the person."""
    return swapped("<a:Subject>", f"<a:Subject>{text}")


def repeated(name: str, times: int) -> Change:
    """The signature's part of that name, again and again."""

    def change(xml: bytes) -> bytes:
        root = etree.fromstring(xml)
        part = next(root.iter(f"{{{names.DS}}}{name}"))
        for _ in range(times):
            part.addnext(deepcopy(part))
        return etree.tostring(root)

    return change


VALUE = "<a:AttributeValue>x</a:AttributeValue>"
ATTRIBUTE = f'<a:Attribute Name="urn:x">{VALUE}</a:Attribute>'
STATEMENT = "<a:AttributeStatement>"
SPACES = " ".join(f'xmlns:n{number}="urn:n{number}"' for number in range(5000))
NAMED = " ".join(f'a{number}="x"' for number in range(10_000))
ROWS: list[tuple[str, Change, str]] = [
    ("H03 nested 100 000 deep", inside_name("<x>" * 100_000), "limit.size"),
    ("H03 nested 20 000 deep", inside_name("<x>" * 20_000), "limit.elements"),
    ("H03 nested 1000 deep", inside_name("<x>" * 1000 + "</x>" * 1000), "limit.depth"),
    ("H05 3100 attributes", swapped(STATEMENT, STATEMENT + ATTRIBUTE * 3100), "limit.elements"),
    ("H05 6100 values", swapped(VALUE[:18], VALUE * 6100 + VALUE[:18]), "limit.elements"),
    ("H05 5000 namespaces", swapped("<a:Subject>", f"<a:Subject {SPACES}>"), "limit.elements"),
    ("H05 10 000 on one element", swapped("<a:Subject>", f"<a:Subject {NAMED}>"), "limit.attributes"),
    ("H05 400 References", repeated("Reference", 400), "signature.references"),
    ("H05 1000 Transforms", repeated("Transform", 1000), "signature.transform"),
    ("H05 100 certificates in KeyInfo", repeated("X509Certificate", 100), "limit.elements"),
    ("H05 60 Signatures", repeated("Signature", 60), "malformed.schema"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "code"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_too_much_is_refused_at_once_and_an_honest_answer_still_counts(
    scene: Scene, change: Change, code: str
) -> None:
    forge = scene.at("legacy")
    honest = forge.but(encrypt=False).xml()
    changed = change(honest)
    assert len(changed) > len(honest) + 1000
    with cheap(CPU, 4 * MEMORY):
        scene.refused(changed, code, 413 if code == "limit.size" else None)
    scene.accepted(honest)


def test_h05_a_hundred_encrypted_keys_are_refused_before_one_is_tried(scene: Scene) -> None:
    forge = scene.at()
    root = etree.fromstring(forge.xml())
    key = next(root.iter(f"{{{names.XENC}}}EncryptedKey"))
    holder = key.getparent()
    assert holder is not None
    for _ in range(99):
        holder.append(etree.fromstring(etree.tostring(key, with_tail=False)))
    with cheap(CPU, MEMORY):
        scene.refused(etree.tostring(root), "signature.encryption")
    scene.accepted(forge.xml())


@pytest.mark.parametrize("megabytes", [1, 50])
def test_h01_a_bomb_is_inflated_no_further_than_a_message_may_be_long(
    scene: Scene, megabytes: int
) -> None:
    packer = zlib.compressobj(9, wbits=-15)
    bomb = b"".join(packer.compress(b" " * 2**20) for _ in range(megabytes)) + packer.flush()
    value = quote(base64.b64encode(bomb[:5500]), safe="")
    with cheap(CPU, MEMORY):
        page = scene.browser.get(f"{SSO}?SAMLRequest={value}", base_url=ORIGIN)
    assert (page.status_code, code_of(page)) == (400, "limit.inflated")


def test_h01_what_is_posted_is_never_inflated(scene: Scene) -> None:
    bomb = zlib.compress(b" " * 2**22)
    page = scene.deliver(bomb)
    assert code_of(page).startswith("malformed.")


def test_h02_thirty_megabytes_are_refused_before_they_are_read(scene: Scene) -> None:
    class Endless:
        """A body that is read no further than it may be long."""

        given = 0

        def read(self, size: int = -1) -> bytes:
            assert size >= 0
            Endless.given += size
            return b"A" * size

    page = scene.browser.post(
        ACS,
        environ_overrides={"CONTENT_LENGTH": str(30 * 2**20), "wsgi.input": Endless()},
        content_type="application/x-www-form-urlencoded",
        base_url=ORIGIN,
    )
    assert (page.status_code, code_of(page)) == (413, "limit.body")
    assert Endless.given == 0


def test_h06_expat_reads_nothing_that_a_peer_sent(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("expat was asked")

    monkeypatch.setattr(pyexpat, "ParserCreate", refuse)
    forge = scene.at()
    scene.accepted(forge.xml())


def test_h07_a_dtd_is_refused_before_the_schema_sees_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the schema was asked")

    forge = scene.at("legacy")
    honest = forge.but(encrypt=False).xml()
    monkeypatch.setattr("broker.saml.schema._schema", refuse)
    scene.refused(b"<!DOCTYPE x [<!ENTITY e 'x'>]>" + honest, "malformed.doctype")


@pytest.mark.parametrize("bits", [1024, 16384])
def test_h10_a_key_of_a_size_that_nobody_needs_is_no_key(bits: int) -> None:
    certificate = Certificate(_certificate(bits=bits))
    _is_no_key(certificate)


def test_h10_an_exponent_as_long_as_the_modulus_is_no_key() -> None:
    _is_no_key(Certificate(_certificate(exponent=(1 << 2000) + 1)))


def _is_no_key(certificate: Certificate) -> None:
    """Neither is it read from metadata, nor used where it got in some other way."""
    with pytest.raises(ValueError, match="RSA key"):
        Certificate.from_der(certificate.der)
    root = etree.fromstring(f'<a:Assertion xmlns:a="{names.SAML}" ID="_x"/>')
    private, known = key_pair("one")
    assert known.is_fit
    signatures.sign(root, SigningKey(known, private))
    with pytest.raises(Refused, match=r"signature\.invalid"):
        signatures.verify(root, [certificate])
    with cheap(CPU, MEMORY), pytest.raises(Refused, match=r"signature\.invalid"):
        verify_redirect(RedirectSignature(names.RSA_SHA256, b"x" * 256, b"y"), [certificate] * 100)


@pytest.mark.parametrize(
    "text",
    [
        "01" * 130_000,
        "010101-" * 40_000,
        "01 01 01" + " " * 200_000,
        "SAMLRequest=" * 20_000,
        "https://" + "a." * 100_000,
        "%2D" * 90_000,
    ],
)
def test_h11_what_reads_hostile_text_takes_time_in_step_with_its_length(text: str) -> None:
    with cheap(CPU, 4 * MEMORY):
        cleaned(text)
        redact(text)
        redact({"x": [text]})


def _certificate(bits: int = 2048, exponent: int = 65537) -> bytes:
    """A certificate for a public key of that kind, signed by another key."""
    modulus = (1 << (bits - 1)) | (1 << 64) | 1
    public = rsa.RSAPublicNumbers(exponent, modulus).public_key()
    name = x509.Name([])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NOW.replace(year=NOW.year + 1))
        .sign(key_pair("one")[0], hashes.SHA256())
    )
    return made.public_bytes(Encoding.DER)
