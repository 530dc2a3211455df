"""Certificates of vendors' systems, as the public test environment of OCES3 would issue them."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from broker.saml.oces import ORGANISATION_ID

VENDOR = "90000276"
BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
Kind = Literal["O", "E", "P", "oces2"]
_POLICY = x509.ObjectIdentifier("1.3.6.1.4.1.31313.2.4.6.3.7")


def private_key() -> bytes:
    """The key of such a system as PEM, which its owner sends nobody."""
    return _key(2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def system_certificate(
    *,
    cvr: str = VENDOR,
    name: str = "Prøvesystem i test",
    kind: Kind = "O",
    test: bool = True,
    since: datetime = BEGIN,
    until: datetime = BEGIN + timedelta(days=3650),
    identifier: str = "6f2a3b1c-0d4e-4f5a-8b6c-7d8e9f0a1b2c",
    signs: bool = True,
    authority: bool = False,
    bits: int = 2048,
) -> bytes:
    """One as PEM; each argument is something that may be wrong with it."""
    issuer = [(NameOID.COUNTRY_NAME, "DK"), (NameOID.ORGANIZATION_NAME, "Den Danske Stat")]
    issuer += [(NameOID.ORGANIZATIONAL_UNIT_NAME, "Test - cti")] if test else []
    named = "TRUST2408 OCES CA IV" if kind == "oces2" else "Den Danske Stat OCES udstedende-CA 1"
    issuer.append((NameOID.COMMON_NAME, named))
    key, signer = _key(bits), _signer()
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(_subject(kind, cvr, name, identifier)))
        .issuer_name(x509.Name([x509.NameAttribute(oid, said) for oid, said in issuer]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(_usage(signs=signs), critical=True)
    )
    if test:
        policy = x509.CertificatePolicies([x509.PolicyInformation(_POLICY, None)])
        builder = builder.add_extension(policy, critical=False)
    return builder.sign(signer, hashes.SHA256()).public_bytes(Encoding.PEM)


def _subject(kind: Kind, cvr: str, name: str, identifier: str) -> list[x509.NameAttribute[str]]:
    serial = f"CVR:{cvr}-UID:12345678" if kind == "oces2" else f"UI:DK-{kind}:G:{identifier}"
    found = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "DK"),
        x509.NameAttribute(NameOID.SERIAL_NUMBER, serial),
        x509.NameAttribute(NameOID.COMMON_NAME, name),
    ]
    if kind != "oces2":
        found.append(x509.NameAttribute(ORGANISATION_ID, f"NTRDK-{cvr}"))
    return found


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=False,
        key_encipherment=True,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


@cache
def _signer() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def _key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)
