"""Our keys by epoch: read from their files when first needed, chosen by the plan and the clock.

The keys that set-up made are the epoch `first` and lie in the federation's own folder; those
of any other epoch lie in a folder of that name inside it. A key that is put there while a
node runs is found at its first use: no restart.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from broker.errors import Unavailable
from broker.metadata.rollover.choosing import counts, decrypts
from broker.metadata.rollover.model import FIRST, Ask, Rollovers, Slot
from broker.metadata.rollover.publishing import now_shown
from broker.saml.keys import Certificate, DecryptionKey, SigningKey, load_private_key

_NOBODY = Ask()
_ANY_TIME = datetime(1970, 1, 1, tzinfo=UTC)  # without a plan, every instant is the same


class Keyrings:
    """The keys of every federation of this node."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._signing: dict[tuple[Slot, str], SigningKey] = {}
        self._decryption: dict[tuple[str, str], DecryptionKey] = {}

    def home(self, federation: str, epoch: str) -> Path:
        """The folder in which the keys of an epoch lie."""
        return self._folder / federation if epoch == FIRST else self._folder / federation / epoch

    def signing(self, slot: Slot, epoch: str) -> SigningKey:
        """The key that signs in a slot. Raises Unavailable("key.*") where it cannot be read."""
        known = self._signing.get((slot, epoch))
        if known is None:
            path = self.home(slot.federation, epoch) / f"{slot.side}-{slot.use}.pem"
            private, certificate = load_private_key(path)
            known = self._signing[slot, epoch] = SigningKey(certificate, private)
        return known

    def decryption(self, federation: str, epoch: str) -> DecryptionKey:
        """The key that opens what identity providers encrypted. Raises Unavailable("key.*")."""
        known = self._decryption.get((federation, epoch))
        if known is None:
            path = self.home(federation, epoch) / "sp-encryption.pem"
            private, certificate = load_private_key(path)
            known = self._decryption[federation, epoch] = DecryptionKey(certificate, private)
        return known

    def first(self, federation: str) -> "ChosenKeys":
        """The keys that count where there is no plan."""
        return self.at(Rollovers(), federation, _ANY_TIME)

    def at(
        self,
        rollovers: Rollovers,
        federation: str,
        now: datetime,
        *,
        service: Ask = _NOBODY,
        idp: Ask = _NOBODY,
    ) -> "ChosenKeys":
        """The keys that count for a service and an identity provider at an instant. R25."""
        return ChosenKeys(self, rollovers, federation, now, service, idp)


@dataclass(frozen=True, slots=True)
class ChosenKeys:
    """What counts in one federation at an instant; each key is looked up when it is asked for.

    Every property raises Unavailable("key.*") where its key is not on this node.
    """

    keyrings: Keyrings = field(repr=False)
    rollovers: Rollovers = field(repr=False)
    federation: str
    now: datetime
    service: Ask
    idp: Ask

    @property
    def idp_signing(self) -> SigningKey:
        """What signs for the service."""
        return self._signing(Slot(self.federation, "idp", "signing"), self.service)

    @property
    def sp_signing(self) -> SigningKey:
        """What signs for the identity provider."""
        return self._signing(Slot(self.federation, "sp", "signing"), self.idp)

    @property
    def sp_decryption(self) -> tuple[DecryptionKey, ...]:
        """Every key that may open something now, the one of today first.

        One that is not here yet, or no longer, is left out: the others open what they can.
        """
        slot = Slot(self.federation, "sp", "encryption")
        today, *others = decrypts(self.rollovers, slot, self.now)
        found = [self.keyrings.decryption(self.federation, today)]
        for epoch in others:
            try:
                found.append(self.keyrings.decryption(self.federation, epoch))
            except Unavailable:
                continue
        return tuple(found)

    @property
    def published_idp(self) -> tuple[Certificate, ...]:
        """What today's document for services shows."""
        return self._published(Slot(self.federation, "idp", "signing"))

    @property
    def published_sp(self) -> tuple[Certificate, ...]:
        """What today's document for identity providers shows."""
        return self._published(Slot(self.federation, "sp", "signing"))

    def check(self) -> None:
        """Load them all, so that a node does not start without one. Raises Unavailable."""
        _ = (self.idp_signing, self.sp_signing, self.sp_decryption)
        _ = (self.published_idp, self.published_sp)

    def _signing(self, slot: Slot, ask: Ask) -> SigningKey:
        return self.keyrings.signing(slot, counts(self.rollovers, slot, ask, self.now).epoch)

    def _published(self, slot: Slot) -> tuple[Certificate, ...]:
        shown = now_shown(self.rollovers, slot, self.now)
        return tuple(self.keyrings.signing(slot, epoch).certificate for epoch in shown.epochs)
