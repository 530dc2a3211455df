"""Authorities that tests share, and certificates bent in one place; everybody is fictive."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID

from broker.demo.authority import Authority
from broker.demo.certificates import Generation, usage
from broker.saml.keys import Certificate
from tests.factories import NOW, key_pair

FROM, UNTIL = datetime(2021, 1, 1, tzinfo=UTC), datetime(2041, 1, 1, tzinfo=UTC)


def authority(generation: Generation = 3) -> Authority:
    """One authority of each generation, made once a run."""
    return _authority(generation)


@cache
def _authority(generation: Generation) -> Authority:
    return Authority.new(generation)


def private(name: str) -> rsa.RSAPrivateKey:
    """The key of that name."""
    return key_pair(name)[0]


def leaf(name: str = "leaf", generation: Generation = 3, days: int = 1000) -> Certificate:
    """A certificate that the authority of that generation issued, the same for the same words."""
    return _leaf(name, generation, days)


@cache
def _leaf(name: str, generation: Generation, days: int) -> Certificate:
    issued = authority(generation).issue(
        private(name),
        name=name,
        organisation="Eksempelregionen",
        cvr="90000012",
        now=NOW,
        life=timedelta(days=days),
    )
    return Certificate(issued.public_bytes(Encoding.DER))


def named(common_name: str, **more: str) -> x509.Name:
    """A name of one common name and, where given, an organisational unit."""
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    if "unit" in more:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, more["unit"]))
    return x509.Name(parts)


@dataclass(frozen=True)
class Bent:
    """A certificate to be made; every part can be replaced, and None leaves one out."""

    name: str
    issuer: str
    key: str = ""  # of the holder; its name unless given
    issuer_key: str = ""
    since: datetime = FROM
    until: datetime = UNTIL
    ca: bool | None = True
    length: int | None = None
    usages: tuple[str, ...] | None = ("key_cert_sign", "crl_sign")
    own_id: bool = True
    issuer_id: str | None = ""  # the key that the AKI names; the issuer's unless given
    critical: bool = False  # with something critical that nobody knows
    public: rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | None = None
    more: Sequence[tuple[x509.ExtensionType, bool]] = field(default=())

    def but(self, **changes: object) -> "Bent":
        """The same with something else."""
        return replace(self, **changes)  # type: ignore[arg-type]  # cases name the fields

    def made(self) -> x509.Certificate:
        """The certificate."""
        holder, signer = private(self.key or self.name), private(self.issuer_key or self.issuer)
        builder = (
            x509.CertificateBuilder()
            .subject_name(named(self.name))
            .issuer_name(named(self.issuer))
            .public_key(self.public or holder.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.since)
            .not_valid_after(self.until)
        )
        if self.ca is not None:
            constraints = x509.BasicConstraints(ca=self.ca, path_length=self.length)
            builder = builder.add_extension(constraints, critical=True)
        if self.usages is not None:
            builder = builder.add_extension(usage(*self.usages), critical=True)
        if self.own_id:
            own = x509.SubjectKeyIdentifier.from_public_key(holder.public_key())
            builder = builder.add_extension(own, critical=False)
        if self.issuer_id is not None:
            of = private(self.issuer_id or self.issuer_key or self.issuer)
            key_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(of.public_key())
            builder = builder.add_extension(key_id, critical=False)
        if self.critical:
            oid = x509.ObjectIdentifier("1.2.3.4.5")
            builder = builder.add_extension(x509.UnrecognizedExtension(oid, b""), critical=True)
        for extension, is_critical in self.more:
            builder = builder.add_extension(extension, critical=is_critical)
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), salt_length=32)
        return builder.sign(signer, hashes.SHA256(), rsa_padding=pss)


def with_sha1(bent: Bent) -> x509.Certificate:
    """The same certificate signed with SHA-1, which the library verifies and no longer makes."""
    made = bent.made()
    signer = private(bent.issuer_key or bent.issuer)
    plain = _plain_signed(bent)
    sha256, sha1 = bytes.fromhex("2a864886f70d01010b"), bytes.fromhex("2a864886f70d010105")
    assert made.subject == plain.subject
    tbs = plain.tbs_certificate_bytes.replace(sha256, sha1)
    signature = signer.sign(tbs, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303  # weak on purpose
    der = plain.public_bytes(Encoding.DER)
    der = der.replace(plain.tbs_certificate_bytes, tbs).replace(sha256, sha1)
    return x509.load_der_x509_certificate(der.replace(plain.signature, signature))


def _plain_signed(bent: Bent) -> x509.Certificate:
    signer = private(bent.issuer_key or bent.issuer)
    made = bent.made()
    builder = (
        x509.CertificateBuilder()
        .subject_name(made.subject)
        .issuer_name(made.issuer)
        .public_key(private(bent.key or bent.name).public_key())
        .serial_number(made.serial_number)
        .not_valid_before(bent.since)
        .not_valid_after(bent.until)
    )
    for extension in made.extensions:
        builder = builder.add_extension(extension.value, critical=extension.critical)
    return builder.sign(signer, hashes.SHA256())


def fine_answer(asked: x509.Certificate, issuer: x509.Certificate) -> ocsp.OCSPResponseBuilder:
    """An answer of an authority that all is well, to be signed."""
    return ocsp.OCSPResponseBuilder().add_response(
        cert=asked,
        issuer=issuer,
        algorithm=hashes.SHA256(),
        cert_status=ocsp.OCSPCertStatus.GOOD,
        this_update=NOW,
        next_update=None,
        revocation_time=None,
        revocation_reason=None,
    )
