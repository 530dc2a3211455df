"""Throw-away certificates in the shape of OCES3: subjects, policies and RSASSA-PSS signatures.

The names say DEMO, so that nobody takes one for a real one.
"""

import os
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from broker.saml.keys import Certificate, DecryptionKey, SigningKey, load_private_key

ORGANISATION_ID = x509.ObjectIdentifier("2.5.4.97")
NORMALISED = x509.ObjectIdentifier("0.4.0.2042.1.1")
OCES3_ORGANISATION = x509.ObjectIdentifier("1.2.208.169.1.1.1.3.7")
LIFE = timedelta(days=3 * 365)
BITS = 2048


@dataclass(frozen=True, slots=True)
class Party:
    """The key of one party of the demo, for signing and for decryption alike."""

    signing: SigningKey
    decryption: DecryptionKey


@dataclass(frozen=True, slots=True)
class Authority:
    """The demo's issuing authority."""

    name: x509.Name
    private: rsa.RSAPrivateKey = field(repr=False)

    @staticmethod
    def new() -> "Authority":
        """A fresh authority; what it issued before is worth nothing to it."""
        parts = (
            (NameOID.COUNTRY_NAME, "DK"),
            (NameOID.ORGANIZATION_NAME, "DEMO Den Danske Stat"),
            (NameOID.COMMON_NAME, "DEMO Den Danske Stat OCES udstedende-CA 1"),
        )
        name = x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])
        return Authority(name, rsa.generate_private_key(public_exponent=65537, key_size=BITS))

    def issue(
        self, private: rsa.RSAPrivateKey, *, name: str, organisation: str, cvr: str, now: datetime
    ) -> x509.Certificate:
        """An organisation certificate: CVR in organizationIdentifier, a UUID in serialNumber."""
        parts = (
            (NameOID.COUNTRY_NAME, "DK"),
            (ORGANISATION_ID, f"NTRDK-{cvr}"),
            (NameOID.ORGANIZATION_NAME, organisation),
            (NameOID.SERIAL_NUMBER, f"UI:DK-O:G:{uuid.uuid4()}"),
            (NameOID.COMMON_NAME, name),
        )
        usage = x509.KeyUsage(
            digital_signature=True,
            key_encipherment=True,
            content_commitment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=False,
            crl_sign=False,
            encipher_only=False,
            decipher_only=False,
        )
        policies = [x509.PolicyInformation(oid, None) for oid in (NORMALISED, OCES3_ORGANISATION)]
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(oid, value) for oid, value in parts]))
            .issuer_name(self.name)
            .public_key(private.public_key())
            .serial_number(int.from_bytes(secrets.token_bytes(19)))
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + LIFE)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.CertificatePolicies(policies), critical=False)
            .sign(
                self.private,
                hashes.SHA256(),
                rsa_padding=padding.PSS(padding.MGF1(hashes.SHA256()), salt_length=32),
            )
        )


def party(
    folder: Path,
    code: str,
    authority: Callable[[], Authority],
    *,
    name: str,
    cvr: str,
    now: datetime,
) -> Party:
    """The key of a party, kept in `folder`; made, by an authority made for it, when not there."""
    path = folder / f"{code}.pem"
    if path.exists():
        private, loaded = load_private_key(path)
        return Party(SigningKey(loaded, private), DecryptionKey(loaded, private))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    private = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    issued = authority().issue(private, name=code, organisation=name, cvr=cvr, now=now)
    written = issued.public_bytes(Encoding.PEM)
    path.with_suffix(".crt").write_bytes(written)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
    # To read a key back takes as long as to make it, and the demo makes thirty.
    loaded = Certificate.from_pem(written)
    return Party(SigningKey(loaded, private), DecryptionKey(loaded, private))
