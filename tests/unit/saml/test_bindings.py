"""Redirect and POST: raw octets are what is verified, and no parameter counts twice."""

import base64
import re
import zlib
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding

from broker.errors import Refused
from broker.saml import bindings, names
from broker.saml.authn_request import open_post, open_redirect, write_authn_request
from tests.factories import authn_request_draft, key_pair, self_signed, signing_key


def redirect(relay_state: str | None = "state=æ&x", key: str | None = "sp") -> bytes:
    """The query of an honest request."""
    xml = write_authn_request(authn_request_draft(), sign_with=None).xml
    url = bindings.encode_redirect(
        "https://broker.example.dk/sundhed/saml/sso",
        xml,
        parameter="SAMLRequest",
        relay_state=relay_state,
        key=signing_key(key) if key else None,
    )
    return url.partition("?")[2].encode()


def code_of(query: bytes) -> str:
    """The reason a query is refused for, as the broker would read it; "" when it is not."""
    try:
        open_redirect(query).verify([key_pair("sp")[1]], required=True)
    except Refused as refused:
        return refused.code
    return ""


def test_a_signed_redirect_is_read_with_its_relay_state() -> None:
    opened = open_redirect(redirect())
    assert opened.relay_state == "state=æ&x"
    request = opened.verify([key_pair("spare")[1], key_pair("sp")[1]], required=True)
    assert request.issuer == "https://service.example.dk"


def test_lower_case_escapes_are_verified_as_they_came() -> None:
    unsigned = redirect(key=None, relay_state="a/b") + b"&SigAlg=" + escaped(names.RSA_SHA256)
    covered = lowered(unsigned)
    assert b"%2f" in covered
    value = key_pair("sp")[0].sign(covered, padding.PKCS1v15(), hashes.SHA256())
    encoded = escaped(base64.b64encode(value).decode())
    assert code_of(covered + b"&Signature=" + lowered(encoded)) == ""


def escaped(text: str) -> bytes:
    """Percent-encoded with upper-case digits."""
    return quote(text, safe="").encode()


def lowered(query: bytes) -> bytes:
    """The same query with its escapes in lower case, as ADFS and Entra write them."""
    return re.sub(rb"%[0-9A-F]{2}", lambda found: found[0].lower(), query)


def test_parameter_order_on_the_wire_does_not_matter() -> None:
    assert code_of(b"&".join(reversed(redirect().split(b"&")))) == ""


def without(query: bytes, name: bytes) -> bytes:
    """The query without one parameter."""
    return b"&".join(part for part in query.split(b"&") if not part.startswith(name))


BOMB = base64.b64encode(zlib.compress(b"\x00" * 50_000_000, 9)[2:-4])
REFUSED: list[tuple[str, Callable[[bytes], bytes], str]] = [
    ("unsigned", lambda _: redirect(key=None), "signature.missing"),
    ("another key", lambda _: redirect(key="somebody-else"), "signature.invalid"),
    ("relay state changed", lambda q: q.replace(b"state", b"stale"), "signature.invalid"),
    ("relay state removed", lambda q: without(q, b"RelayState"), "signature.invalid"),
    ("escape spelled otherwise", lambda q: q.replace(b"%3D", b"%3d", 1), "signature.invalid"),
    ("SAMLRequest twice", lambda q: q + b"&SAMLRequest=x", "malformed.parameter"),
    ("SAMLRequest twice, disguised", lambda q: q + b"&%53AMLRequest=x", "malformed.parameter"),
    ("RelayState twice", lambda q: q + b"&RelayState=x", "malformed.parameter"),
    ("SigAlg twice", lambda q: q + b"&SigAlg=x", "malformed.parameter"),
    ("Signature twice", lambda q: q + b"&Signature=x", "malformed.parameter"),
    ("a response beside it", lambda q: q + b"&SAMLResponse=x", "malformed.parameter"),
    (
        "a name in disguise",
        lambda q: q.replace(b"SAMLRequest", b"SAML%52equest"),
        "malformed.parameter",
    ),
    ("signature without algorithm", lambda q: without(q, b"SigAlg"), "signature.shape"),
    ("algorithm without signature", lambda q: q.partition(b"&Signature")[0], "signature.shape"),
    (
        "SHA-1",
        lambda q: q.replace(b"xmldsig-more%23rsa-sha256", b"xmldsig%23rsa-sha1"),
        "signature.algorithm",
    ),
    ("another encoding", lambda q: q + b"&SAMLEncoding=urn:x", "malformed.parameter"),
    ("no base64", lambda _: b"SAMLRequest=%21%21", "malformed.base64"),
    ("no deflate", lambda _: b"SAMLRequest=QUJD", "malformed.deflate"),
    (
        "an inflate bomb",
        lambda _: b"SAMLRequest=" + quote(BOMB, safe="").encode(),
        "limit.inflated",
    ),
    ("a huge query", lambda q: q + b"&x=" + b"y" * 500_000, "limit.size"),
    ("a huge relay state", lambda _: redirect(relay_state="x" * 1100), "request.relay_state"),
]


@pytest.mark.parametrize(("change", "code"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_a_redirect_is_refused_with_its_own_reason(
    change: Callable[[bytes], bytes], code: str
) -> None:
    assert code_of(change(redirect())) == code


@pytest.mark.parametrize(
    "value",
    ["QUJD\x00", "QUJ", "QUJD=", "QUJD====", "QU_D", "QU-D", "QUJDQ", "QQ==QQ==", "QR==", "é", ""],
)
def test_lenient_base64_is_refused(value: str) -> None:
    with pytest.raises(Refused) as refused:
        bindings.decode_post([value])
    assert refused.value.code == "malformed.base64"


def test_base64_with_line_breaks_is_read() -> None:
    assert bindings.decode_post(["QU\r\nJD\n"]) == b"ABC"


@pytest.mark.parametrize("values", [[], ["QUJD", "QUJD"]])
def test_exactly_one_form_value_counts(values: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        bindings.decode_post(values)
    assert refused.value.code == "malformed.parameter"


def test_a_posted_request_is_verified_by_its_enveloped_signature() -> None:
    xml = write_authn_request(authn_request_draft(), sign_with=signing_key("sp")).xml
    opened = open_post([bindings.encode_post(xml)], ["x"])
    assert opened.verify([key_pair("sp")[1]], required=True).issuer == opened.unverified_issuer
    with pytest.raises(Refused) as refused:
        open_post([bindings.encode_post(xml)], []).verify([key_pair("x")[1]], required=False)
    assert refused.value.code == "signature.invalid"


def test_a_request_may_be_unsigned_only_where_nobody_requires_it() -> None:
    xml = write_authn_request(authn_request_draft(), sign_with=None).xml
    encoded = [bindings.encode_post(xml)]
    assert open_post(encoded, []).verify([key_pair("sp")[1]], required=False).id
    with pytest.raises(Refused) as refused:
        open_post(encoded, []).verify([key_pair("sp")[1]], required=True)
    assert refused.value.code == "signature.missing"


def test_an_elliptic_key_takes_its_own_signature_and_no_other() -> None:
    """Nobody who signs requests has such a key in the other tests."""
    private = ec.generate_private_key(ec.SECP256R1())
    certificate = self_signed(private, "sp")
    value = private.sign(b"covered", ec.ECDSA(hashes.SHA256()))
    good = bindings.RedirectSignature(names.ECDSA_SHA256, value, b"covered")
    assert bindings.verify_redirect(good, [certificate]) == certificate
    for wrong in (replace(good, covered=b"others"), replace(good, algorithm=names.RSA_SHA256)):
        with pytest.raises(Refused) as refused:
            bindings.verify_redirect(wrong, [certificate])
        assert refused.value.code == "signature.invalid"
