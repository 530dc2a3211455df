"""Keys of an epoch that is to come: made here, certified here or by an authority, looked up.

The first epoch lies in the federation's own folder, every other in a folder of its name below
it. A key without its certificate is one that waits for it: no plan can lead there yet. Nothing
is ever made over, and nothing is deleted.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from broker.errors import Refused, Unavailable, Unknown
from broker.metadata.keyring import (
    PAIRS,
    RSA_BITS,
    make_pair,
    private_pem,
    subject_name,
    write_new,
)
from broker.metadata.model import Federation
from broker.metadata.rollover.model import FIRST, Slot
from broker.saml.keys import Certificate, check_owner_only, load_private_key

EPOCH = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?\Z")


@dataclass(frozen=True, slots=True)
class EpochFiles:
    """The key files of one node, by slot and epoch; `folder` has one folder for each federation."""

    folder: Path

    def path(self, slot: Slot, epoch: str) -> Path:
        """Where the key of an epoch lies; its certificate lies beside it."""
        home = self.folder / slot.federation
        return (home if epoch == FIRST else home / epoch) / f"{slot.side}-{slot.use}.pem"

    def certificate(self, slot: Slot, epoch: str) -> Certificate | None:
        """The certificate of a key that is usable on this node, or None."""
        try:
            return load_private_key(self.path(slot, epoch))[1]
        except Unavailable:
            return None

    def make(
        self,
        federation: Federation,
        epoch: str,
        now: datetime,
        *,
        certify: bool = True,
        bits: int = RSA_BITS,
    ) -> tuple[str, ...]:
        """Make the keys of an epoch that are not there yet; the names of those made.

        Certified by themselves, or with a request beside them to bring to an authority.
        """
        if epoch == FIRST or not EPOCH.match(epoch):
            words = "an epoch is named by lower-case letters, digits and hyphens, at most 32"
            raise Refused("rollover.epoch", f"{words}, and not {FIRST}")
        home = self.folder / federation.path / epoch
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = []
        for stem, purpose in PAIRS:
            target = home / f"{stem}.pem"
            if target.exists():
                continue
            subject = (f"{federation.name.en} {purpose}", federation.name.en)
            if certify:
                make_pair(target, subject, now, bits)
            else:
                _make_request(target, subject, bits)
            made.append(f"{federation.path}/{epoch}/{stem}")
        return tuple(made)

    def requests(self, federation: Federation, epoch: str) -> tuple[Path, ...]:
        """The requests of an epoch whose certificates are still to come."""
        found = sorted((self.folder / federation.path / epoch).glob("*.csr"))
        return tuple(path for path in found if not path.with_suffix(".crt").exists())

    def install(
        self, federation: Federation, epoch: str, pem: bytes, now: datetime
    ) -> tuple[str, Certificate]:
        """Put an issued certificate beside the key it is for; that key's name.

        Raises Refused for one that fits no key that waits, or that has run out.
        """
        try:
            certificate = Certificate.from_pem(pem)
        except ValueError as error:
            raise Refused("rollover.certificate", f"no usable certificate: {error}") from error
        if certificate.not_after <= now:
            raise Refused("rollover.certificate", "the certificate has run out")
        waiting = self.requests(federation, epoch)
        if not waiting:
            raise Unknown("rollover.no_request", f"{epoch} has no key that waits for a certificate")
        for request in waiting:
            target = request.with_suffix(".pem")
            check_owner_only(target)
            private = serialization.load_pem_private_key(target.read_bytes(), password=None)
            if private.public_key() == certificate.public_key:
                write_new(target.with_suffix(".crt"), certificate.pem(), mode=0o644)
                return f"{federation.path}/{epoch}/{target.stem}", certificate
        raise Refused("rollover.certificate", f"the certificate is for no key of {epoch} here")


def _make_request(target: Path, subject: tuple[str, str], bits: int) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject_name(subject))
    request = builder.sign(private, hashes.SHA256())
    beside = target.with_suffix(".csr")
    # The request first: a key that is there always has something beside it.
    beside.unlink(missing_ok=True)
    write_new(beside, request.public_bytes(serialization.Encoding.PEM), mode=0o644)
    write_new(target, private_pem(private), mode=0o600)
