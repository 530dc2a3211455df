"""What our documents need of our keys: one by its slot and epoch."""

from typing import Protocol

from broker.metadata.rollover.model import Slot
from broker.saml.keys import DecryptionKey, SigningKey


class OwnKeys(Protocol):
    """Every key of ours that a plan names."""

    def signing(self, slot: Slot, epoch: str) -> SigningKey:
        """The key that signs in a slot."""

    def decryption(self, federation: str, epoch: str) -> DecryptionKey:
        """The key that opens what identity providers encrypted."""
