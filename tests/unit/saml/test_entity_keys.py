"""Every honest way of writing a certificate is read; a key that is an attack is not."""

import base64
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from broker.saml.entity_descriptor import read_metadata
from tests.factories import NOW, key_pair
from tests.metadata_factory import Idp, Sp, cert, key
from tests.unit.saml.test_entity_findings import beyond_plain, issued, pem, with_key


@pytest.mark.parametrize("layers", ["plain", "white space", "PEM", "base64 twice"])
def test_every_way_of_writing_a_certificate_gives_the_same_key(layers: str) -> None:
    text = {
        "plain": cert("idp"),
        "white space": " \n".join(cert("idp")[i : i + 60] for i in range(0, 2000, 60)),
        "PEM": pem("idp").decode(),
        "base64 twice": base64.b64encode(pem("idp")).decode(),
    }[layers]
    (entity,) = read_metadata(with_key(text), NOW).entities
    assert entity.idp is not None
    assert entity.idp.signing == (key_pair("idp")[1],)


@pytest.mark.parametrize("bits", [1024])
def test_a_weak_key_is_not_among_the_keys(bits: int) -> None:
    raw = Idp(keys=key("idp", text=cert("weak", bits)) + key("idp")).xml()
    (entity,) = read_metadata(raw, NOW).entities
    assert entity.idp is not None
    assert entity.idp.signing == (key_pair("idp")[1],)


def test_a_certificate_that_ran_out_still_counts() -> None:
    (entity,) = read_metadata(with_key(issued("old", ends=-1)), NOW).entities
    assert entity.idp is not None
    assert len(entity.idp.signing) == 1


def test_a_name_with_control_characters_makes_a_certificate_unusable() -> None:
    holder = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp\x1b[2J.example.dk")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(holder.public_key())
        .serial_number(7)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .sign(holder, hashes.SHA256())
    )
    text = base64.b64encode(built.public_bytes(Encoding.DER)).decode()
    assert "metadata.bad_certificate" in beyond_plain(with_key(text))


def test_a_key_that_is_an_attack_by_size_is_not_used() -> None:
    numbers = rsa.RSAPublicNumbers(65537, (1 << 9000) | 1)
    built = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "big")]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ca")]))
        .public_key(numbers.public_key())
        .serial_number(7)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .sign(key_pair("ca")[0], hashes.SHA256())
    )
    text = base64.b64encode(built.public_bytes(Encoding.DER)).decode()
    assert "metadata.weak_key" in beyond_plain(with_key(text))


def test_nine_keys_are_too_many() -> None:
    raw = Idp(keys="".join(key("idp") for _ in range(9))).xml()
    assert "metadata.too_many_keys" in beyond_plain(raw)


def test_a_key_that_cannot_be_encrypted_to_is_not_an_encryption_key() -> None:
    holder = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sp")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(holder.public_key())
        .serial_number(8)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=100))
        .sign(holder, hashes.SHA256())
    )
    text = base64.b64encode(built.public_bytes(Encoding.DER)).decode()
    reading = read_metadata(Sp(keys=key("sp", None, text)).xml(), NOW)
    (entity,) = reading.entities
    assert entity.sp is not None
    assert len(entity.sp.signing) == 1
    assert entity.sp.encryption == ()
    assert "metadata.not_rsa" in {finding.code for finding in entity.findings}
