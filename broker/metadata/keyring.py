"""Our own keys: made once at set-up, readable by their owner only, never made over.

Each federation has three pairs in a folder named by its path. Beside the folders lie two
secrets of the whole installation: one seals cookies, one keys the hashes of identities.
"""

import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from broker.errors import Unavailable
from broker.metadata.keyrings import Keyrings
from broker.metadata.model import Federation, FederationKeys
from broker.saml.keys import check_owner_only

LIFE = timedelta(days=3 * 365)  # as long as OCES certificates last
RSA_BITS = 3072
SECRET_BYTES = 32
# One seals flow cookies, one keys the hashes by which a person is found again.
SEALING, PSEUDONYM = "sealing.key", "pseudonym.key"
SECRETS = (SEALING, PSEUDONYM)

_PAIRS = (
    ("idp-signing", "IdP signing"),
    ("sp-signing", "SP signing"),
    ("sp-encryption", "SP encryption"),
)


def create_keys(
    folder: Path, federation: Federation, now: datetime, *, bits: int = RSA_BITS
) -> tuple[str, ...]:
    """Make the pairs of a federation that are not there yet; the names of those made.

    An existing key is never touched. A key without its certificate is left for a person.
    """
    home = folder / federation.path
    for path in (folder, home):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = []
    for stem, purpose in _PAIRS:
        target = home / f"{stem}.pem"
        if not target.exists():
            subject = (f"{federation.name.en} {purpose}", federation.name.en)
            _make_pair(target, subject, now, bits)
            made.append(f"{federation.path}/{stem}")
    return tuple(made)


def create_secrets(folder: Path) -> tuple[str, ...]:
    """Make the secrets of the installation that are not there yet; the names of those made."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = []
    for name in SECRETS:
        try:
            _write_new(folder / name, secrets.token_hex(SECRET_BYTES).encode(), mode=0o600)
        except FileExistsError:
            continue
        made.append(name)
    return tuple(made)


def load_secret(path: Path) -> bytes:
    """The 32 bytes of a secret file.

    Raises Unavailable("key.missing" | "key.permissions" | "key.unusable").
    """
    check_owner_only(path)
    try:
        secret = bytes.fromhex(path.read_text("ascii").strip())
    except ValueError:
        secret = b""
    if len(secret) != SECRET_BYTES:
        raise Unavailable("key.unusable", f"{path} is not {SECRET_BYTES} bytes in hexadecimal")
    return secret


def load_keys(folder: Path, federation: Federation) -> FederationKeys:
    """The keys of one federation that count now, read from its folder under `folder`.

    Raises Unavailable("key.missing" | "key.permissions" | "key.unusable").
    """
    keys = Keyrings(folder).first(federation.path)
    keys.check()
    return keys


def _make_pair(target: Path, subject: tuple[str, str], now: datetime, bits: int) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    common_name, organisation = subject
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64]),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]),
        ]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=10))
        .not_valid_after(now + LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    # The certificate first: a key that is there always has its certificate beside it.
    beside = target.with_suffix(".crt")
    beside.unlink(missing_ok=True)
    _write_new(beside, certificate.public_bytes(serialization.Encoding.PEM), mode=0o644)
    _write_new(target, pem, mode=0o600)


def _write_new(path: Path, content: bytes, *, mode: int) -> None:
    """Write a file that was not there, with its mode from the first byte on."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, mode)
        file.write(content)
        file.flush()
        os.fsync(descriptor)
