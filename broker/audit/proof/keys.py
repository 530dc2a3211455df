"""The key that seals the trail, and every public key that ever did.

`audit-seal.key` is an Ed25519 key that its owner can read and nobody can write (0400). It lies
where the jobs run, and on no other node. `audit-seal.pub` has a line for each key there was:
each new key is signed by the one before, so that whoever trusts the first line trusts them all.
A key that replaces a lost one is signed by nobody, and is a first line of its own.
"""

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from broker.audit.proof.model import Signed, said, written
from broker.errors import Unavailable
from broker.saml.keys import check_owner_only

PRIVATE, PUBLIC = "audit-seal.key", "audit-seal.pub"
_RAW, _RAW_PUBLIC = serialization.Encoding.Raw, serialization.PublicFormat.Raw


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """Every public key, by its id; `roots` were introduced by nobody."""

    keys: Mapping[str, Ed25519PublicKey]
    roots: tuple[str, ...]

    def holds(self, signed: Signed | None, covered: bytes) -> bool:
        """Whether one of these keys made that signature."""
        key = self.keys.get(signed.key) if signed else None
        if key is None or signed is None:
            return False
        try:
            key.verify(base64.b64decode(signed.signature), covered)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class AuditKey:
    """The key that signs now."""

    id: str
    private: Ed25519PrivateKey = field(repr=False)

    def sign(self, covered: bytes) -> Signed:
        """A signature of it."""
        return Signed(self.id, base64.b64encode(self.private.sign(covered)).decode())


def load_key(folder: Path) -> AuditKey:
    """The key that signs. Raises Unavailable("key.missing" | ".permissions" | ".unusable")."""
    path = folder / PRIVATE
    check_owner_only(path)
    try:
        private = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise Unavailable("key.unusable", f"{path} is no key") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise Unavailable("key.unusable", f"{path} is no Ed25519 key")
    return AuditKey(key_id(private.public_key()), private)


def load_public(path: Path) -> PublicKeys:
    """Every public key of a file. Raises Unavailable where one was not introduced by another."""
    keys: dict[str, Ed25519PublicKey] = {}
    roots: list[str] = []
    try:
        for line in path.read_text("utf-8").splitlines():
            facts = json.loads(line)
            raw = base64.b64decode(facts["public"], validate=True)
            public = Ed25519PublicKey.from_public_bytes(raw)
            name = key_id(public)
            if facts.get("by") is None:
                roots.append(name)
            else:
                signed = Signed(facts["by"], facts["signature"])
                covered = _introduced(facts["public"], facts["since"])
                if not PublicKeys(keys, ()).holds(signed, covered):
                    raise Unavailable("key.unusable", f"{path}: nobody vouches for key {name}")
            keys[name] = public
    except FileNotFoundError as error:
        raise Unavailable("key.missing", f"{path} is not there; `broker init` makes it") from error
    except (ValueError, LookupError, TypeError) as error:
        raise Unavailable("key.unusable", f"{path} is no list of keys") from error
    if not roots:
        raise Unavailable("key.unusable", f"{path} holds no key")
    return PublicKeys(keys, tuple(roots))


def make_key(folder: Path, now: datetime, by: AuditKey | None = None) -> AuditKey:
    """Make a key and let it sign from now on; `by` is the one before, which goes.

    The public line is there before the key is: nothing is signed that nobody can verify.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    private = Ed25519PrivateKey.generate()
    public = base64.b64encode(private.public_key().public_bytes(_RAW, _RAW_PUBLIC)).decode()
    facts: dict[str, str | None] = {"public": public, "since": written(now), "by": None}
    if by is not None:
        signed = by.sign(_introduced(public, written(now)))
        facts |= {"by": by.id, "signature": signed.signature}
    with (folder / PUBLIC).open("a", encoding="utf-8") as file:
        file.write(json.dumps(facts) + "\n")
        file.flush()
        os.fsync(file.fileno())
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    beside = folder / f".{PRIVATE}.new"
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(descriptor, "wb") as new:
        new.write(pem)
        new.flush()
        os.fsync(descriptor)
    beside.replace(folder / PRIVATE)
    return AuditKey(key_id(private.public_key()), private)


def key_id(public: Ed25519PublicKey) -> str:
    """What a key is called: the first 64 bits of its SHA-256."""
    return hashlib.sha256(public.public_bytes(_RAW, _RAW_PUBLIC)).hexdigest()[:16]


def _introduced(public: str, since: str) -> bytes:
    return said("key", {"public": public, "since": since})
