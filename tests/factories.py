"""Keys, drafts and instants that tests share; every person and organisation is fictive."""

from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from broker.saml import names
from broker.saml.ids import new_id
from broker.saml.keys import Certificate, DecryptionKey, SigningKey
from broker.saml.messages import AssertionDraft, Attribute, AuthnRequestDraft, Issued, NameID
from broker.saml.profiles import Encryption
from broker.saml.response import write_response

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
IDP = "https://idp.example.dk"
BROKER = "https://broker.example.dk/sundhed/saml/sp"
ACS = "https://broker.example.dk/sundhed/saml/acs"


@cache
def key_pair(name: str, bits: int = 0) -> tuple[rsa.RSAPrivateKey, Certificate]:
    """A key and self-signed certificate of that name, made once a run; `one-3072` has 3072 bits."""
    bits = bits or (3072 if name.endswith("-3072") else 2048)
    private = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    return private, self_signed(private, name)


def self_signed(private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, name: str) -> Certificate:
    """A certificate of that name for the key, by the key."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=30))
        .not_valid_after(NOW + timedelta(days=700))
        .sign(private, hashes.SHA256())
    )
    return Certificate(certificate.public_bytes(Encoding.DER))


def signing_key(name: str) -> SigningKey:
    """The signing key of that name."""
    private, certificate = key_pair(name)
    return SigningKey(certificate, private)


def decryption_key(name: str) -> DecryptionKey:
    """The decryption key of that name."""
    private, certificate = key_pair(name)
    return DecryptionKey(certificate, private)


def assertion_draft(
    *, attributes: tuple[Attribute, ...] = (), in_response_to: str = "_request"
) -> AssertionDraft:
    """An honest assertion for the broker, issued now."""
    return AssertionDraft(
        id=new_id(),
        issuer=IDP,
        issued_at=NOW,
        name_id=NameID("nurse-1", names.PERSISTENT),
        audience=BROKER,
        recipient=ACS,
        in_response_to=in_response_to,
        confirm_until=NOW + timedelta(minutes=5),
        valid_until=NOW + timedelta(minutes=10),
        authn_instant=NOW,
        class_ref="https://data.gov.dk/concept/core/nsis/loa/Substantial",
        attributes=attributes or (Attribute("urn:example:a", ("æøå",), names.ATTR_URI),),
        session_index="_session",
    )


def response(
    draft: AssertionDraft | None = None,
    *,
    key: str = "idp",
    encrypt: bool = True,
    sign_assertion: bool = True,
    sign_response: bool = False,
    block: str = names.AES256_GCM,
) -> Issued:
    """A Response around the draft, as the IdP `key` would send it."""
    return write_response(
        id=new_id(),
        issuer=IDP,
        destination=ACS,
        in_response_to="_request",
        issued_at=NOW,
        assertion=draft or assertion_draft(),
        key=signing_key(key),
        encrypt_to=decryption_key("broker").certificate if encrypt else None,
        sign_assertion=sign_assertion,
        sign_response=sign_response,
        how=Encryption(block),
    )


def authn_request_draft() -> AuthnRequestDraft:
    """An honest AuthnRequest from a service."""
    return AuthnRequestDraft(
        id=new_id(),
        issuer="https://service.example.dk",
        destination="https://broker.example.dk/sundhed/saml/sso",
        issued_at=NOW,
        acs_url="https://service.example.dk/acs",
    )
