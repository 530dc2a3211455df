"""Certificates and keys, loaded once and never found inside a message."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from broker.errors import Unavailable
from broker.saml.oces import OcesSubject, read_oces

MIN_RSA_BITS = 2048
MAX_RSA_BITS = 8192
MAX_CERTIFICATES = 8  # of one peer that a signature is tried with
MAX_EXPONENT_BITS = 32  # 65537 has 17; one as long as the modulus makes each verification slow
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey


@dataclass(frozen=True)
class Certificate:
    """One X.509 certificate of a peer or of ours, known by its DER bytes."""

    der: bytes = field(repr=False)

    @staticmethod
    def from_der(der: bytes) -> "Certificate":
        """Read one certificate. Raises ValueError where it is none or its key is too weak."""
        certificate = Certificate(der)
        certificate.check_key()
        return certificate

    @staticmethod
    def from_pem(pem: bytes) -> "Certificate":
        """Read one PEM certificate. Raises ValueError as from_der."""
        return Certificate.from_der(
            x509.load_pem_x509_certificate(pem).public_bytes(serialization.Encoding.DER)
        )

    @cached_property
    def parsed(self) -> x509.Certificate:
        """The certificate as the cryptography library reads it."""
        return x509.load_der_x509_certificate(self.der)

    @cached_property
    def public_key(self) -> PublicKey:
        """Its RSA or EC public key. Raises ValueError for any other kind."""
        key = self.parsed.public_key()
        if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
            raise ValueError(f"a {type(key).__name__} cannot be used in SAML")
        return key

    @property
    def is_rsa(self) -> bool:
        """Whether a key can be sent to its holder by RSA-OAEP."""
        return isinstance(self.public_key, rsa.RSAPublicKey)

    @cached_property
    def xmlsec_key(self) -> xmlsec.Key:
        """The public key as python-xmlsec wants it, made once."""
        pem = self.public_key.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatPem)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over the DER bytes, lower-case hexadecimal."""
        return self.parsed.fingerprint(hashes.SHA256()).hex()

    @property
    def not_before(self) -> datetime:
        """When it begins to be valid, UTC."""
        return self.parsed.not_valid_before_utc

    @property
    def not_after(self) -> datetime:
        """When it stops being valid, UTC. A key outlives it: expiry warns, metadata decides."""
        return self.parsed.not_valid_after_utc

    @cached_property
    def subject(self) -> str:
        """The common name, or the whole subject where there is none."""
        names = self.parsed.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return str(names[0].value) if names else self.parsed.subject.rfc4514_string()

    @cached_property
    def oces(self) -> OcesSubject | None:
        """The OCES subject, or None for any other certificate."""
        return read_oces(self.parsed)

    def check_key(self) -> None:
        """Refuse keys too small to trust or so large that they are an attack. Raises ValueError."""
        key = self.public_key
        if isinstance(key, rsa.RSAPublicKey):
            if not MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS:
                raise ValueError(f"an RSA key of {key.key_size} bits is outside 2048–8192")
            if key.public_numbers().e.bit_length() > MAX_EXPONENT_BITS:
                raise ValueError("an RSA key with an exponent that no one needs")
        elif key.key_size < 256:
            raise ValueError(f"an EC key of {key.key_size} bits is under 256")

    @cached_property
    def is_fit(self) -> bool:
        """Whether its key may be used, however the certificate came here (H10)."""
        try:
            self.check_key()
        except ValueError:
            return False
        return True

    def pem(self) -> bytes:
        """The certificate as PEM."""
        return self.parsed.public_bytes(serialization.Encoding.PEM)


@dataclass(frozen=True)
class SigningKey:
    """A private key that signs, with the certificate that partners know it by."""

    certificate: Certificate
    private: rsa.RSAPrivateKey = field(repr=False)

    @cached_property
    def xmlsec_key(self) -> xmlsec.Key:
        """The private key as python-xmlsec wants it, made once."""
        return _private_xmlsec(self.private)


@dataclass(frozen=True)
class DecryptionKey:
    """A private key that decrypts, with the certificate partners encrypt to."""

    certificate: Certificate
    private: rsa.RSAPrivateKey = field(repr=False)


def _private_xmlsec(private: rsa.RSAPrivateKey) -> xmlsec.Key:
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    return xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatPem)


def load_private_key(path: Path) -> tuple[rsa.RSAPrivateKey, Certificate]:
    """Read `path` (PEM private key) and its `.crt` neighbour.

    Raises Unavailable("key.missing" | "key.permissions" | "key.unusable") when a file is
    not there, is readable by anyone but its owner, or holds no RSA key that fits.
    """
    check_owner_only(path)
    try:
        private = serialization.load_pem_private_key(path.read_bytes(), password=None)
        certificate = Certificate.from_pem(path.with_suffix(".crt").read_bytes())
    except FileNotFoundError as error:
        raise Unavailable("key.missing", f"there is no certificate beside {path}") from error
    except (ValueError, TypeError) as error:
        raise Unavailable("key.unusable", f"{path}: {error}") from error
    if not isinstance(private, rsa.RSAPrivateKey):
        raise Unavailable("key.unusable", f"{path} is not an RSA key")
    if private.public_key() != certificate.public_key:
        raise Unavailable("key.unusable", f"{path} and its certificate are not one pair")
    return private, certificate


def check_owner_only(path: Path) -> None:
    """Refuse a secret that is missing or that anyone but its owner can read. Raises Unavailable."""
    try:
        mode = path.stat().st_mode & 0o777
    except FileNotFoundError as error:
        raise Unavailable("key.missing", f"{path} is not there; `broker init` makes it") from error
    if mode & 0o077:
        raise Unavailable("key.permissions", f"{path} has mode {mode:o}; run chmod 600 on it")
