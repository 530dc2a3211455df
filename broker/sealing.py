"""Sealing with keys of our own: AES-256-GCM under the first key, opened by any. R1.

A new key is added as the last line of the key file on every node before it is moved to the
first on any, so that each node opens what another sealed.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from broker.errors import Unavailable
from broker.saml.keys import check_owner_only

NONCE = 12  # bytes
KEY_ID = 4  # bytes


@dataclass(frozen=True, slots=True)
class SealingKeys:
    """The keys of an installation, the sealing one first."""

    keys: tuple[bytes, ...] = field(repr=False)

    @staticmethod
    def load(path: Path) -> "SealingKeys":
        """Read the key file, one hexadecimal 256-bit key a line. Raises Unavailable."""
        check_owner_only(path)
        try:
            keys = tuple(bytes.fromhex(line) for line in path.read_text().split())
        except ValueError as error:
            raise Unavailable("key.unusable", f"{path} is not hexadecimal") from error
        if not keys or any(len(key) != 32 for key in keys):
            raise Unavailable("key.unusable", f"{path} holds no 256-bit keys")
        return SealingKeys(keys)

    def seal(self, plain: bytes, bound: bytes) -> bytes:
        """Key id, nonce and box; it opens only with the same `bound`."""
        return _key_id(self.keys[0]) + seal_with(self.keys[0], plain, bound)

    def open(self, sealed: bytes, bound: bytes) -> bytes | None:
        """What was sealed, or None where no key of ours opens it."""
        for key in self.keys:
            if _key_id(key) == sealed[:KEY_ID]:
                plain = open_with(key, sealed[KEY_ID:], bound)
                if plain is not None:
                    return plain
        return None


def seal_with(key: bytes, plain: bytes, bound: bytes) -> bytes:
    """Nonce and box under one key."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound)


def open_with(key: bytes, sealed: bytes, bound: bytes) -> bytes | None:
    """What was sealed under one key, or None."""
    if len(sealed) <= NONCE:
        return None
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], bound)
    except InvalidTag:
        return None


@lru_cache(maxsize=16)
def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()[:KEY_ID]
