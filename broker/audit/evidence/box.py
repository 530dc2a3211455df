"""Encrypted to a public key, opened with the private one: HPKE as RFC 9180 has it.

X25519, HKDF-SHA256 and AES-256-GCM, with what a box belongs to as its `info`. The library makes a
key of its own for every box, so nothing that this process keeps opens one that it made.
"""

import base64
import hashlib
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from broker.audit.evidence.model import Bound
from broker.errors import Refused, Unavailable

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


@dataclass(frozen=True, slots=True)
class EvidenceKey:
    """The public key, and what it is called."""

    id: str
    public: X25519PublicKey = field(repr=False)

    @staticmethod
    def read(text: str) -> "EvidenceKey | None":
        """The key of the setting; None where it says none, or nothing."""
        return (
            _named(X25519PublicKey.from_public_bytes(base64.b64decode(text))) if _is(text) else None
        )

    def seal(self, plain: bytes, bound: Bound) -> bytes:
        """A box that only the private key opens, and only for what it is bound to."""
        return _SUITE.encrypt(plain, self.public, info=bound.written())


def open_box(box: bytes, private: X25519PrivateKey, bound: Bound) -> bytes:
    """What is in a box. Raises Refused("evidence.box") where it or what it is bound to changed."""
    try:
        return _SUITE.decrypt(box, private, info=bound.written())
    except (InvalidTag, ValueError) as error:
        raise Refused("evidence.box", "this key does not open it, or it was changed") from error


def make_pair(passphrase: bytes) -> tuple[bytes, str]:
    """A new private key as PEM under a passphrase, and its public key as the setting has it."""
    private = X25519PrivateKey.generate()
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase),
    )
    return pem, _text(private.public_key())


def load_private(pem: bytes, passphrase: bytes) -> X25519PrivateKey:
    """The private key. Raises Unavailable("key.unusable")."""
    try:
        private = serialization.load_pem_private_key(pem, passphrase)
    except (ValueError, TypeError) as error:
        raise Unavailable("key.unusable", "no key, or another passphrase") from error
    if not isinstance(private, X25519PrivateKey):
        raise Unavailable("key.unusable", "no X25519 key")
    return private


def id_of(private: X25519PrivateKey) -> str:
    """What the pair of a private key is called."""
    return _named(private.public_key()).id


def _is(text: str) -> bool:
    return text not in ("", "none")


def _named(public: X25519PublicKey) -> EvidenceKey:
    return EvidenceKey(hashlib.sha256(_text(public).encode()).hexdigest()[:16], public)


def _text(public: X25519PublicKey) -> str:
    raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64.b64encode(raw).decode()
