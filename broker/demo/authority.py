"""Throw-away authorities in the shape of OCES: a root, an issuing authority, what they say.

    generation 2   as TRUST2408: PKCS #1 signatures, CN and serialNumber in one RDN, CVR:…-UID:…
    generation 3   as Den Danske Stat: RSASSA-PSS, single-valued RDNs, UI:DK-O:G:…, NTRDK-…

The names say DEMO, so that nobody takes one for a real one. Revocation is told by CRL and OCSP,
and it can be told wrongly: tests ask for that.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from broker.demo.certificates import (
    Generation,
    authority_certificate,
    authority_name,
    holder,
    new_key,
    signature_padding,
    told,
    usage,
)

NORMALISED = x509.ObjectIdentifier("0.4.0.2042.1.1")
OCES3_ORGANISATION = x509.ObjectIdentifier("1.2.208.169.1.1.1.3.7")
OCES2_COMPANY = x509.ObjectIdentifier("1.2.208.169.1.1.1.3.5")
LIFE = timedelta(days=3 * 365)
ADDRESS = "http://ca.demo.example.dk"

_NAMES = {
    2: ("DEMO TRUST2408", "DEMO TRUST2408 OCES Primary CA", "DEMO TRUST2408 OCES CA I"),
    3: (
        "DEMO Den Danske Stat",
        "DEMO Den Danske Stat OCES rod-CA",
        "DEMO Den Danske Stat OCES udstedende-CA 1",
    ),
}
_LEAF = {
    2: ("digital_signature", "key_encipherment", "data_encipherment", "key_agreement"),
    3: ("digital_signature", "key_encipherment"),
}


@dataclass(frozen=True, slots=True)
class Authority:
    """A root and the authority below it that issues; both keys are at hand."""

    generation: Generation
    root: x509.Certificate
    certificate: x509.Certificate
    address: str
    root_key: rsa.RSAPrivateKey = field(repr=False)
    private: rsa.RSAPrivateKey = field(repr=False)

    @staticmethod
    def new(generation: Generation = 3, *, address: str = ADDRESS) -> "Authority":
        """A fresh authority, whose revocation is told at `address`."""
        root_key, private = new_key(), new_key()
        organisation, root_name, issuing_name = _NAMES[generation]
        top, below = (authority_name(organisation, n) for n in (root_name, issuing_name))
        how = (top, root_key, generation, address)
        root = authority_certificate(top, root_key, *how)
        issuing = authority_certificate(below, private, *how)
        return Authority(generation, root, issuing, address, root_key, private)

    @property
    def chain(self) -> bytes:
        """Root and issuing authority as PEM, for `metadata/issuers/`."""
        return b"".join(one.public_bytes(Encoding.PEM) for one in (self.root, self.certificate))

    def issue(
        self,
        private: rsa.RSAPrivateKey,
        *,
        name: str,
        organisation: str,
        cvr: str,
        now: datetime,
        life: timedelta = LIFE,
    ) -> x509.Certificate:
        """An organisation certificate of this generation."""
        policies = (NORMALISED, OCES3_ORGANISATION) if self.generation == 3 else (OCES2_COMPANY,)
        subject = holder(self.generation, name, organisation, cvr)
        serial = int.from_bytes(secrets.token_bytes(19 if self.generation == 3 else 4)) | 1
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.certificate.subject)
            .public_key(private.public_key())
            .serial_number(serial)
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + life)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(usage(*_LEAF[self.generation]), critical=True)
            .add_extension(
                x509.CertificatePolicies([x509.PolicyInformation(oid, None) for oid in policies]),
                critical=False,
            )
        )
        builder = told(builder, private, self.private, self.address, "issuing")
        return builder.sign(
            self.private, hashes.SHA256(), rsa_padding=signature_padding(self.generation)
        )

    def crl(
        self,
        now: datetime,
        revoked: Mapping[int, datetime] | None = None,
        *,
        life: timedelta = timedelta(days=1),
        root: bool = False,
    ) -> bytes:
        """The list of what the issuing authority, or the root, has revoked: serial and instant."""
        issuer, key = (self.root, self.root_key) if root else (self.certificate, self.private)
        builder = x509.CertificateRevocationListBuilder(
            issuer_name=issuer.subject, last_update=now, next_update=now + life
        )
        for serial, at in (revoked or {}).items():
            entry = x509.RevokedCertificateBuilder(serial_number=serial, revocation_date=at)
            reason = x509.CRLReason(x509.ReasonFlags.key_compromise)
            entry = entry.add_extension(reason, critical=False)
            builder = builder.add_revoked_certificate(entry.build())
        number = x509.CRLNumber(int(now.timestamp()))
        key_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
        builder = builder.add_extension(number, critical=False)
        builder = builder.add_extension(key_id, critical=False)
        signed = builder.sign(key, hashes.SHA256(), rsa_padding=signature_padding(self.generation))
        return signed.public_bytes(Encoding.DER)

    def responder(
        self, now: datetime, *, may_answer: bool = True
    ) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
        """A key that answers for this authority, with the certificate that says it may."""
        private = new_key()
        purpose = (
            ExtendedKeyUsageOID.OCSP_SIGNING if may_answer else ExtendedKeyUsageOID.SERVER_AUTH
        )
        organisation = _NAMES[self.generation][0]
        certificate = (
            x509.CertificateBuilder()
            .subject_name(authority_name(organisation, f"{organisation} OCSP"))
            .issuer_name(self.certificate.subject)
            .public_key(private.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
            .add_extension(x509.OCSPNoCheck(), critical=False)
            .sign(self.private, hashes.SHA256(), rsa_padding=signature_padding(self.generation))
        )
        return private, certificate

    def ocsp(
        self,
        certificate: x509.Certificate,
        now: datetime,
        *,
        revoked: datetime | None = None,
        responder: tuple[rsa.RSAPrivateKey, x509.Certificate] | None = None,
        life: timedelta = timedelta(hours=12),
    ) -> bytes:
        """The OCSP answer about a certificate, by the authority itself or by its responder."""
        good, bad = ocsp.OCSPCertStatus.GOOD, ocsp.OCSPCertStatus.REVOKED
        key, signer = responder or (self.private, self.certificate)
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=certificate,
            issuer=self.certificate,
            algorithm=hashes.SHA1(),  # noqa: S303 names the issuer; it signs nothing
            cert_status=bad if revoked else good,
            this_update=now,
            next_update=now + life,
            revocation_time=revoked,
            revocation_reason=x509.ReasonFlags.key_compromise if revoked else None,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, signer)
        if responder:
            builder = builder.certificates([signer])
        return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def kept(folder: Path, generation: Generation = 3) -> Authority:
    """The authority that lies in `folder`; made and put there when it does not."""
    root, issuing = folder / "root", folder / "issuing"
    if not issuing.with_suffix(".crt").exists():
        made = Authority.new(generation)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(root, made.root_key, made.root)
        _write(issuing, made.private, made.certificate)
        return made
    root_key, root_certificate = _read(root)
    private, certificate = _read(issuing)
    return Authority(generation, root_certificate, certificate, ADDRESS, root_key, private)


def _write(path: Path, private: rsa.RSAPrivateKey, certificate: x509.Certificate) -> None:
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    opened = os.open(path.with_suffix(".pem"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(opened, "wb") as file:
        file.write(pem)
    path.with_suffix(".crt").write_bytes(certificate.public_bytes(Encoding.PEM))


def _read(path: Path) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    private = load_pem_private_key(path.with_suffix(".pem").read_bytes(), password=None)
    if not isinstance(private, rsa.RSAPrivateKey):
        raise TypeError(f"{path} is not an RSA key")
    return private, x509.load_pem_x509_certificate(path.with_suffix(".crt").read_bytes())
