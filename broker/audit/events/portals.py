"""The portals: who came in, how surely, and whom the desk looked at."""

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


@dataclass(frozen=True, slots=True)
class DeskLooked:
    """Somebody of the desk looked for people, at one of them, or at what happened to one."""

    NAME: ClassVar[str] = "desk.looked"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by", "subject", "reason"})

    federation: str
    by: str  # our UUID of the account that looked
    look: str  # which reason it belongs to
    what: str  # search, person, login, simulate
    subject: str | None  # our UUID of the account or person that was looked at
    login: str  # the reference of the login that was looked at, or nothing
    reason: str
    case_no: str = ""

    def __post_init__(self) -> None:
        """Only UUIDs of ours fit."""
        UUID(self.by)
        if self.subject is not None:
            UUID(self.subject)


PortalEvent = PortalEntered | EmergencyPass | DeskLooked

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
    DeskLooked(
        federation="sundhed",
        by="5d3f9a52-1e0b-4f7a-8a6e-0c9d8b7a6f51",
        look="9e1b6a3c-52f0-4a8e-8c1d-7b3a5f2e4d60",
        what="login",
        subject="0b9c1f4e-7d2a-4c53-9a51-2f6f7c1f1a10",
        login="7KQ2-9F4M-XTRC",
        reason="called because DPSD says no",
    ),
)
