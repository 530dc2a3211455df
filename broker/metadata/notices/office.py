"""What every notice needs: words, addresses, and who runs the installation."""

from collections.abc import Callable
from dataclasses import dataclass

from broker.errors import BrokerError
from broker.mail.letters import Letters
from broker.mail.model import Recipient
from broker.metadata.model import Federation
from broker.metadata.rollover.model import Plan, Side, Slot
from broker.metadata.rollover.validation import KeyOf

Address = Callable[[Federation, Side, int], str]
"""Where the partner of a row finds our metadata for it. May raise a BrokerError."""


@dataclass(frozen=True, slots=True)
class Office:
    """Where mails about metadata are written."""

    letters: Letters
    origin: str
    operators: tuple[Recipient, ...]  # nobody where the settings name nobody
    key_of: KeyOf
    address: Address

    def operators_of(self, home: Federation) -> tuple[Recipient, ...]:
        """Who runs a federation: whom the settings name, or else its own contact."""
        return self.operators or (Recipient(home.contact.mail, "operator", "da"),)

    def fingerprint(self, slot: Slot, epoch: str) -> str:
        """The SHA-256 of a certificate of ours; empty where this node does not have it."""
        found = self.key_of(slot, epoch)
        return found.fingerprint if found else ""

    def own_address(self, home: Federation, side: Side, row: int) -> str:
        """A partner's own address; the one for all where its own cannot be made."""
        try:
            return self.address(home, side, row)
        except BrokerError:
            return f"{home.base}/metadata/{side}.xml"

    def coming_address(self, home: Federation, plan: Plan, row: int, way: str) -> str:
        """Where a partner finds what it must load: its own document tells both keys at once, and
        whoever can hold one alone takes the document of the new one.
        """
        side = plan.slot.side
        if way == "alone":
            return f"{home.base}/metadata/epoch/{plan.after}/{side}.xml"
        if way == "moment":
            return f"{home.base}/metadata/next/{side}.xml"
        return self.own_address(home, side, row)
