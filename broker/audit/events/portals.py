"""The portals: who came in, and how surely."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PortalEntered:
    """Somebody came into the portals; `fresh` where they had to log in anew for it."""

    NAME: ClassVar[str] = "portal.entered"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"subject", "account"})

    federation: str
    subject: str  # our random UUID of the person
    account: str | None  # our UUID of the account they act as
    assurance: str
    fresh: bool

    def __post_init__(self) -> None:
        """Only UUIDs of ours fit."""
        UUID(self.subject)
        if self.account is not None:
            UUID(self.account)


@dataclass(frozen=True, slots=True)
class EmergencyPass:
    """A step on the way into the portals past the login: asked, allowed, used."""

    NAME: ClassVar[str] = "portal.emergency"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"account", "by", "reason"})

    federation: str
    account: str  # our UUID of the operator that it is for
    number: str
    change: str
    address: str
    by: str
    reason: str

    def __post_init__(self) -> None:
        """Only UUIDs of ours fit."""
        UUID(self.account)


PortalEvent = PortalEntered | EmergencyPass

EXAMPLES: tuple[PortalEvent, ...] = (
    PortalEntered(
        federation="sundhed",
        subject="0b9c1f4e-7d2a-4c53-9a51-2f6f7c1f1a10",
        account="5d3f9a52-1e0b-4f7a-8a6e-0c9d8b7a6f51",
        assurance="Substantial",
        fresh=False,
    ),
    EmergencyPass(
        federation="sundhed",
        account="5d3f9a52-1e0b-4f7a-8a6e-0c9d8b7a6f51",
        number="4F09A2",
        change="allowed",
        address="192.0.2.17",
        by="bent",
        reason="NemLog-in is down",
    ),
)
