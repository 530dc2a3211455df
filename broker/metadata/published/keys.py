"""What our documents need of our keys: one by its slot and epoch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from broker.errors import Unknown
from broker.metadata.model import FederationKeys
from broker.metadata.rollover.model import FIRST, Slot
from broker.saml.keys import DecryptionKey, SigningKey


class OwnKeys(Protocol):
    """Every key of ours that a plan names."""

    def signing(self, slot: Slot, epoch: str) -> SigningKey:
        """The key that signs in a slot."""

    def decryption(self, federation: str, epoch: str) -> DecryptionKey:
        """The key that opens what identity providers encrypted."""


@dataclass(frozen=True, slots=True)
class FirstKeys:
    """The keys that set-up made, of an installation that never changed any."""

    keys: Mapping[str, FederationKeys]  # by federation path

    def signing(self, slot: Slot, epoch: str) -> SigningKey:
        """The signing key of the first epoch. Raises Unknown for any other."""
        found = self._of(slot.federation, epoch)
        return found.idp_signing if slot.side == "idp" else found.sp_signing

    def decryption(self, federation: str, epoch: str) -> DecryptionKey:
        """The decryption key of the first epoch. Raises Unknown for any other."""
        return self._of(federation, epoch).sp_decryption[0]

    def _of(self, federation: str, epoch: str) -> FederationKeys:
        found = self.keys.get(federation)
        if found is None or epoch != FIRST:
            raise Unknown("request.federation", f"no {epoch} keys for {federation}")
        return found
