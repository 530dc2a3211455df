"""Guards of keys, certificates and libraries, each asked alone; see `test_guards`."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from broker.errors import Refused, Unavailable
from broker.saml import bindings, keys, libraries, names, selftest, signatures
from broker.saml.elements import build_assertion
from broker.saml.keys import Certificate, DecryptionKey, SigningKey, load_private_key
from broker.saml.oces import is_test
from broker.saml.selftest import round_trip
from tests.authorities import Bent, named
from tests.factories import (
    NOW,
    assertion_draft,
    decryption_key,
    key_pair,
    self_signed,
    signing_key,
)
from tests.unit.saml.test_chains import ISSUING, LEAF, ROOT, verdict
from tests.unit.saml.test_keys import stored

Verify = Callable[[SigningKey, Sequence[Certificate]], object]
MODULUS = key_pair("root")[0].public_key().public_numbers().n
SMALL = ec.generate_private_key(ec.SECP224R1()).public_key()
ODD = ed25519.Ed25519PrivateKey.generate().public_key()
ENDLESS = rsa.RSAPublicNumbers((1 << keys.MAX_EXPONENT_BITS) + 1, MODULUS).public_key()
UNFIT = [
    ("another kind", Bent("odd", "root", public=ODD), "cannot be used"),
    ("a small curve", Bent("small", "root", public=SMALL), "EC key of 224 bits"),
    ("an endless exponent", Bent("endless", "root", public=ENDLESS), "exponent"),
    (
        "a small modulus",
        Bent("weak", "root", public=rsa.RSAPublicNumbers(65537, (1 << 1023) + 1).public_key()),
        "1024 bits",
    ),
]


@pytest.mark.parametrize(("bent", "words"), [r[1:] for r in UNFIT], ids=[r[0] for r in UNFIT])
def test_a_key_that_does_not_fit_is_refused_however_it_came(bent: Bent, words: str) -> None:
    made = bent.made()
    with pytest.raises(ValueError, match=words):
        Certificate.from_der(made.public_bytes(Encoding.DER))
    assert not Certificate(made.public_bytes(Encoding.DER)).is_fit


def test_a_key_that_fits_is_taken() -> None:
    assert Certificate.from_der(ROOT.made().public_bytes(Encoding.DER)).is_fit


def by_signature(key: SigningKey, certificates: Sequence[Certificate]) -> object:
    root = build_assertion(assertion_draft())
    signatures.sign(root, key)
    return signatures.verify(root, certificates)


def by_redirect(key: SigningKey, certificates: Sequence[Certificate]) -> object:
    value = key.private.sign(b"covered", padding.PKCS1v15(), hashes.SHA256())
    signature = bindings.RedirectSignature(names.RSA_SHA256, value, b"covered")
    return bindings.verify_redirect(signature, certificates)


@pytest.mark.parametrize("verify", [by_signature, by_redirect])
def test_a_signature_by_a_key_that_does_not_fit_holds_for_nobody(verify: Verify) -> None:
    """Whoever takes a small key apart signs as its holder; H10."""
    private, certificate = key_pair("weak", 1024)
    with pytest.raises(Refused) as refused:
        verify(SigningKey(certificate, private), [certificate])
    assert refused.value.code == "signature.invalid"


@pytest.mark.parametrize("verify", [by_signature, by_redirect])
def test_no_more_certificates_are_tried_than_a_peer_has(verify: Verify) -> None:
    """Each costs a verification, and who publishes metadata chooses how many there are."""
    key, spare = signing_key("idp"), key_pair("spare")[1]
    others = [spare] * keys.MAX_CERTIFICATES
    verify(key, [*others[1:], key.certificate])
    with pytest.raises(Refused) as refused:
        verify(key, [*others, key.certificate])
    assert refused.value.code == "signature.invalid"


def another_kind(path: Path) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(pem)
    path.with_suffix(".crt").write_bytes(self_signed(private, "key").pem())


@pytest.mark.parametrize(
    ("spoil", "code", "words"),
    [
        (another_kind, "key.unusable", "is not an RSA key"),
        (lambda path: path.with_suffix(".crt").unlink(), "key.missing", "no certificate beside"),
        (lambda path: path.write_bytes(b"no key"), "key.unusable", "key.pem"),
        (lambda path: path.with_suffix(".crt").write_bytes(b"-"), "key.unusable", "key.pem"),
    ],
)
def test_files_that_hold_no_pair_are_told(
    tmp_path: Path, spoil: Callable[[Path], object], code: str, words: str
) -> None:
    path = stored(tmp_path)
    spoil(path)
    with pytest.raises(Unavailable) as refused:
        load_private_key(path)
    assert refused.value.code == code
    assert words in refused.value.detail


def without_key() -> x509.AuthorityKeyIdentifier:
    """It names its issuer's certificate by name and number, and no key."""
    return x509.AuthorityKeyIdentifier(None, [x509.DirectoryName(named("issuing"))], 7)


@pytest.mark.parametrize(
    ("leaf", "issuing"),
    [
        (LEAF, ISSUING.but(usages=None)),
        (LEAF.but(issuer_id=None), ISSUING),
        (LEAF.but(issuer_id=None, more=((without_key(), False),)), ISSUING),
        (LEAF, ISSUING.but(own_id=False)),
    ],
)
def test_what_a_certificate_does_not_say_is_no_defect(leaf: Bent, issuing: Bent) -> None:
    """RFC 5280 leaves these out of some certificates; the signature is verified all the same."""
    assert verdict(leaf, ROOT, issuing) == (None, 3)


def test_only_an_authority_is_a_test_authority_by_its_own_name() -> None:
    name = "TRUST2408 Systemtest XIX CA"
    assert is_test(Bent(name, "root").made())
    assert not is_test(Bent(name, "root", ca=False).made())
    assert not is_test(Bent(name, "root", ca=None).made())


def test_two_libraries_in_one_process_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both write into the same nodes."""
    monkeypatch.setattr(xmlsec, "get_libxml_version", lambda: (2, 0, 0))
    with pytest.raises(Unavailable) as refused:
        libraries.check_libraries()
    assert refused.value.code == "library.libxml2"


@pytest.mark.parametrize(
    ("said", "words"),
    [(" æøå ", "what came back is not what was sent"), ("https", "can be read")],
)
def test_a_round_trip_that_changes_or_shows_what_was_sent_is_told(
    monkeypatch: pytest.MonkeyPatch, said: str, words: str
) -> None:
    monkeypatch.setattr(selftest, "_SAID", said)
    with pytest.raises(Unavailable, match=words) as refused:
        round_trip(signing_key("idp"), decryption_key("broker"), NOW)
    assert refused.value.code == "library.round_trip"


def test_a_round_trip_with_a_key_of_somebody_else_is_told() -> None:
    other = DecryptionKey(decryption_key("broker").certificate, decryption_key("other").private)
    with pytest.raises(Unavailable) as refused:
        round_trip(signing_key("idp"), other, NOW)
    assert refused.value.code == "library.round_trip"
