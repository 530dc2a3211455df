"""Guards of CRLs and OCSP answers that the library does not make wrongly, put together by hand."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from broker.errors import Refused
from broker.saml import revocation
from broker.saml.revocation import Answer, ocsp_answer, read_crl
from tests.authorities import Bent, authority, fine_answer, private, with_sha1
from tests.factories import NOW
from tests.unit.saml.test_revocation import answer, bent_crl, told_by_crl, told_by_ocsp

DAY = timedelta(days=1)
SHA256_RSA, SHA1_RSA = (bytes.fromhex(f"300d06092a864886f70d0101{n}0500") for n in ("0b", "05"))
SHA256_CURVE = bytes.fromhex("300a06082a8648ce3d040302")
UNKNOWN_RSA = bytes.fromhex("300d06092a864886f70d0101630500")
# How the demo's answers say with which hash they name the issuer, and a hash that there is not.
SHA1, ODD = (bytes.fromhex(f"300906052b0e0302{n}0500") for n in ("1a", "63"))
BASIC = bytes.fromhex("06092b0601050507300101")
APPOINTED = ((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), False),)
ISSUER = Bent("answers", "answers")
RESPONDER = Bent("responder", "answers", ca=False, usages=None, more=APPOINTED)
LEAF = Bent("asked", "answers", ca=False)
OTHER_KIND = ed25519.Ed25519PrivateKey.generate()
CURVE = ec.generate_private_key(ec.SECP256R1())
Sign = Callable[[bytes], bytes]


def der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    length = len(content)
    size = length.to_bytes(2) if length > 127 else b""
    return bytes([tag, 0x82 if size else length]) + size + content


def signed(covered: bytes, algorithm: bytes, sign: Sign) -> bytes:
    return der(0x30, covered, algorithm, der(0x03, b"\0" + sign(covered)))


def again(raw: bytes, sign: Sign, algorithm: bytes, old: bytes = b"", new: bytes = b"") -> bytes:
    """An answer signed otherwise, with something replaced in what is signed."""
    covered = ocsp.load_der_ocsp_response(raw).tbs_response_bytes.replace(old, new)
    basic = signed(covered, algorithm, sign)
    inside = der(0xA0, der(0x30, BASIC, der(0x04, basic)))
    return der(0x30, der(0x0A, b"\0"), inside)


def by_hand(sign: Sign, algorithm: bytes, old: bytes = b"", new: bytes = b"") -> bytes:
    return again(answer(), sign, algorithm, old, new)


def pkcs1(algorithm: hashes.HashAlgorithm) -> Sign:
    return lambda covered: authority().private.sign(covered, padding.PKCS1v15(), algorithm)


def pss(covered: bytes) -> bytes:
    form = padding.PSS(padding.MGF1(hashes.SHA256()), salt_length=32)
    return authority().private.sign(covered, form, hashes.SHA256())


def pss_algorithm() -> bytes:
    """As an authority of the third generation writes it in its certificates."""
    made = authority().certificate
    whole, covered = made.public_bytes(Encoding.DER), made.tbs_certificate_bytes
    after = whole[whole.index(covered) + len(covered) :]
    return after[: 2 + after[1]]


def list_by_hand(algorithm: bytes, hashed: hashes.HashAlgorithm) -> bytes:
    """A list that says in both places that it is signed like that."""
    plain = authority(2).crl(NOW)
    covered = x509.load_der_x509_crl(plain).tbs_certlist_bytes.replace(SHA256_RSA, algorithm)
    key = authority(2).private
    return signed(covered, algorithm, lambda c: key.sign(c, padding.PKCS1v15(), hashed))


def by_responder(candidate: x509.Certificate) -> Answer:
    """The answer of somebody who holds the key of the responder, with that certificate."""
    asked, issuer = LEAF.made(), ISSUER.made()
    builder = fine_answer(asked, issuer).certificates([candidate])
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, candidate)
    raw = builder.sign(private("responder"), hashes.SHA256()).public_bytes(Encoding.DER)
    return ocsp_answer(raw, asked, issuer, NOW)


def by_curve(other: ec.EllipticCurvePrivateKey | None = None) -> Answer:
    """The answer of an issuer whose key is on a curve, signed with that key or another."""
    issuer, asked = ISSUER.but(public=CURVE.public_key()).made(), LEAF.made()
    builder = fine_answer(asked, issuer)
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, issuer)
    raw = builder.sign(CURVE, hashes.SHA256()).public_bytes(Encoding.DER)
    if other is not None:
        raw = again(raw, lambda c: other.sign(c, ec.ECDSA(hashes.SHA256())), SHA256_CURVE)
    return ocsp_answer(raw, asked, issuer, NOW)


def by_another_kind(*, said: bytes = b"") -> Answer:
    """The answer of an issuer whose key signs without a hash, or says that it did otherwise."""
    issuer, asked = ISSUER.but(public=OTHER_KIND.public_key()).made(), LEAF.made()
    builder = fine_answer(asked, issuer)
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, issuer)
    raw = builder.sign(OTHER_KIND, None).public_bytes(Encoding.DER)
    return ocsp_answer(again(raw, OTHER_KIND.sign, said) if said else raw, asked, issuer, NOW)


def list_of_another_kind() -> object:
    issuer = ISSUER.but(public=OTHER_KIND.public_key()).made()
    builder = x509.CertificateRevocationListBuilder(issuer.subject, NOW, NOW + DAY)
    raw = builder.sign(private("answers"), hashes.SHA256()).public_bytes(Encoding.DER)
    return read_crl(raw, issuer, NOW)


def unknown_critical() -> bytes:
    oid = x509.ObjectIdentifier("1.2.3.4.5")
    return bent_crl(x509.UnrecognizedExtension(oid, b""))


SHA_1 = hashes.SHA1()  # noqa: S303  # what is refused
WEAK_LIST = "revocation.weak_signature"
ROWS: list[tuple[str, Callable[[], object], str]] = [
    ("something critical in a list", lambda: told_by_crl(unknown_critical()), "revocation.partial"),
    ("SHA-1 of a list", lambda: told_by_crl(list_by_hand(SHA1_RSA, SHA_1), 2), WEAK_LIST),
    (
        "an unknown form of a list",
        lambda: told_by_crl(list_by_hand(UNKNOWN_RSA, hashes.SHA256()), 2),
        "revocation.signature",
    ),
    ("another kind of key of a list", list_of_another_kind, "revocation.signature"),
    (
        "an index by an odd hash",
        lambda: told_by_ocsp(by_hand(pkcs1(hashes.SHA256()), SHA256_RSA, SHA1, ODD)),
        "revocation.unanswered",
    ),
    (
        "nobody appointed",
        lambda: by_responder(RESPONDER.but(more=()).made()),
        "revocation.issuer",
    ),
    ("appointed by SHA-1", lambda: by_responder(with_sha1(RESPONDER)), "revocation.issuer"),
    (
        "appointed from tomorrow",
        lambda: by_responder(RESPONDER.but(since=NOW + DAY).made()),
        "revocation.issuer",
    ),
    (
        "PSS of something else",
        lambda: told_by_ocsp(by_hand(lambda _: pss(b"other"), pss_algorithm())),
        "revocation.signature",
    ),
    (
        "SHA-1",
        lambda: told_by_ocsp(by_hand(pkcs1(SHA_1), SHA1_RSA)),
        "revocation.weak_signature",
    ),
    ("no hash", by_another_kind, "revocation.weak_signature"),
    ("another kind of key", lambda: by_another_kind(said=SHA256_RSA), "revocation.signature"),
    (
        "another key on the curve",
        lambda: by_curve(ec.generate_private_key(ec.SECP256R1())),
        "revocation.signature",
    ),
]


@pytest.mark.parametrize(("ask", "code"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_it_is_refused(ask: Callable[[], object], code: str) -> None:
    with pytest.raises(Refused) as refused:
        ask()
    assert refused.value.code == code


@pytest.mark.parametrize(
    "ask",
    [
        lambda: told_by_crl(list_by_hand(SHA256_RSA, hashes.SHA256()), 2),
        lambda: told_by_ocsp(by_hand(pkcs1(hashes.SHA256()), SHA256_RSA)),
        lambda: told_by_ocsp(by_hand(pss, pss_algorithm())),
        lambda: by_responder(RESPONDER.made()),
        by_curve,
    ],
    ids=["a list", "an answer", "PSS", "appointed", "a curve"],
)
def test_the_controls_are_believed(ask: Callable[[], Answer]) -> None:
    """What the rows bend counts as it was."""
    assert ask().status == "good"


def test_a_key_of_another_kind_is_not_tried() -> None:
    """What a library makes of such a key is its own affair."""
    with pytest.raises(Refused, match="a key that cannot be used"):
        list_of_another_kind()


def test_sha1_appoints_nobody_where_a_library_still_verifies_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(revocation, "is_signed_by", lambda _candidate, _issuer: True)
    with pytest.raises(Refused) as refused:
        by_responder(with_sha1(RESPONDER))
    assert refused.value.code == "revocation.issuer"
