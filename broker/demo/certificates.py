"""The parts of the demo's certificates: names, usages, paddings and extensions as OCES has them."""

import secrets
import uuid
from datetime import UTC, datetime
from functools import partial
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from broker.saml.oces import ORGANISATION_ID

Generation = Literal[2, 3]
BITS = 2048
FROM, UNTIL = datetime(2021, 1, 28, tzinfo=UTC), datetime(2046, 1, 28, tzinfo=UTC)

_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
new_key = partial(rsa.generate_private_key, public_exponent=65537, key_size=BITS)


def signature_padding(generation: Generation) -> padding.PSS | padding.PKCS1v15:
    """How an authority of that generation signs."""
    if generation == 2:
        return padding.PKCS1v15()
    return padding.PSS(padding.MGF1(hashes.SHA256()), salt_length=32)


def usage(*allowed: str) -> x509.KeyUsage:
    """A KeyUsage that allows what is named, by the names of the cryptography library."""
    return x509.KeyUsage(**{name: name in allowed for name in _USAGES})


def authority_name(organisation: str, common_name: str) -> x509.Name:
    """The name of an authority."""
    parts = (
        (NameOID.COUNTRY_NAME, "DK"),
        (NameOID.ORGANIZATION_NAME, organisation),
        (NameOID.COMMON_NAME, common_name),
    )
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def holder(generation: Generation, name: str, organisation: str, cvr: str) -> x509.Name:
    """The subject of an organisation certificate."""
    country = x509.NameAttribute(NameOID.COUNTRY_NAME, "DK")
    common_name = x509.NameAttribute(NameOID.COMMON_NAME, name)
    if generation == 2:
        number = f"CVR:{cvr}-UID:{secrets.randbelow(10**8):08d}"
        holder = [common_name, x509.NameAttribute(NameOID.SERIAL_NUMBER, number)]
        owner = x509.NameAttribute(NameOID.ORGANIZATION_NAME, f"{organisation} // CVR:{cvr}"[:64])
        rdns = ([country], [owner], holder)
        return x509.Name([x509.RelativeDistinguishedName(rdn) for rdn in rdns])
    return x509.Name(
        [
            country,
            x509.NameAttribute(ORGANISATION_ID, f"NTRDK-{cvr}"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, f"UI:DK-O:G:{uuid.uuid4()}"),
            common_name,
        ]
    )


def told(
    builder: x509.CertificateBuilder,
    private: rsa.RSAPrivateKey,
    issuer: rsa.RSAPrivateKey,
    address: str,
    stem: str,
) -> x509.CertificateBuilder:
    """The certificate with its key identifiers, and where its revocation is told."""
    crl = x509.DistributionPoint([_uri(f"{address}/{stem}.crl")], None, None, None)
    access = [
        x509.AccessDescription(
            AuthorityInformationAccessOID.CA_ISSUERS, _uri(f"{address}/{stem}.cer")
        ),
        x509.AccessDescription(AuthorityInformationAccessOID.OCSP, _uri(f"{address}/ocsp")),
    ]
    for extension in (
        x509.SubjectKeyIdentifier.from_public_key(private.public_key()),
        x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()),
        x509.CRLDistributionPoints([crl]),
        x509.AuthorityInformationAccess(access),
    ):
        builder = builder.add_extension(extension, critical=False)
    return builder


def _uri(address: str) -> x509.UniformResourceIdentifier:
    return x509.UniformResourceIdentifier(address)


def authority_certificate(
    subject: x509.Name,
    private: rsa.RSAPrivateKey,
    issuer: x509.Name,
    issuer_key: rsa.RSAPrivateKey,
    generation: Generation,
    address: str,
) -> x509.Certificate:
    """The certificate of a root (issued by itself) or of an authority directly below it."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(FROM)
        .not_valid_after(UNTIL)
        .add_extension(
            x509.BasicConstraints(ca=True, path_length=1 if subject == issuer else 0), critical=True
        )
        .add_extension(usage("key_cert_sign", "crl_sign"), critical=True)
    )
    builder = told(builder, private, issuer_key, address, "root")
    return builder.sign(issuer_key, hashes.SHA256(), rsa_padding=signature_padding(generation))
