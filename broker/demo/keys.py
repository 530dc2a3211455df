"""The keys of the demo's parties, each with a certificate of an authority of the demo."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from broker.demo.authority import Authority
from broker.demo.certificates import BITS
from broker.saml.keys import Certificate, DecryptionKey, SigningKey, load_private_key

__all__ = ["BITS", "Authority", "Party", "party"]


@dataclass(frozen=True, slots=True)
class Party:
    """The key of one party of the demo, for signing and for decryption alike."""

    signing: SigningKey
    decryption: DecryptionKey


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
