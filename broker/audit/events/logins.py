"""Logins and logouts: what people and their partners did."""

from dataclasses import dataclass
from typing import ClassVar, Literal
from uuid import UUID

# An IdP was asked, a session was used again, or an IdP sent the person unasked.
How = Literal["asked", "session", "unsolicited"]


@dataclass(frozen=True, slots=True)
class LoginCompleted:
    """A person was asserted to a service. The trace tells hops, peers and milliseconds (R7)."""

    NAME: ClassVar[str] = "login.completed"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"subject"})

    federation: str
    service: str
    idp: str
    assurance: str
    roles: int  # how many; which ones is between the service and the person
    subject: str  # our random UUID of the person, that nobody outside knows
    request_id: str  # of our own AuthnRequest; empty where none was sent
    trace: tuple[str, ...] = ()
    how: How = "asked"
    evidence: str = ""  # SHA-256 of what is kept of its messages, encrypted; empty without a key

    def __post_init__(self) -> None:
        """Only a UUID of ours fits, so that no name or number of a person ever does."""
        UUID(self.subject)


@dataclass(frozen=True, slots=True)
class LoginRefused:
    """A login ended after a peer's signature was verified; `code` says why, `hop` where."""

    NAME: ClassVar[str] = "login.refused"
    PERSONAL: ClassVar[frozenset[str]] = frozenset()

    federation: str
    service: str | None
    idp: str | None
    code: str
    hop: str
    evidence: str = ""  # as above


@dataclass(frozen=True, slots=True)
class AccountChosen:
    """A person with several accounts said which they act for at a service, or took that back."""

    NAME: ClassVar[str] = "account.chosen"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"subject", "account"})

    federation: str
    service: str
    subject: str  # our random UUID of the person
    account: str | None  # our UUID of the account; None is to be asked again

    def __post_init__(self) -> None:
        """Only UUIDs of ours fit."""
        UUID(self.subject)
        if self.account is not None:
            UUID(self.account)


@dataclass(frozen=True, slots=True)
class LogoutStarted:
    """Sessions were ended, because a partner said so or the person did."""

    NAME: ClassVar[str] = "logout.started"
    PERSONAL: ClassVar[frozenset[str]] = frozenset()

    federation: str
    side: str  # sp, idp or page
    peer: str | None  # code of the partner; None for our own page
    sessions: int
    partners: int  # how many have a step


@dataclass(frozen=True, slots=True)
class LogoutFinished:
    """Nobody is asked any more; how many partners confirmed, did not, or could not be asked."""

    NAME: ClassVar[str] = "logout.finished"
    PERSONAL: ClassVar[frozenset[str]] = frozenset()

    federation: str
    done: int
    unconfirmed: int
    cannot: int


@dataclass(frozen=True, slots=True)
class LogoutRefused:
    """A logout message was refused after its signature was verified; nothing was touched."""

    NAME: ClassVar[str] = "logout.refused"
    PERSONAL: ClassVar[frozenset[str]] = frozenset()

    federation: str
    peer: str | None
    code: str


LoginEvent = (
    LoginCompleted | LoginRefused | AccountChosen | LogoutStarted | LogoutFinished | LogoutRefused
)

EXAMPLES: tuple[LoginEvent, ...] = (
    LoginCompleted(
        federation="sundhed",
        service="dpsd",
        idp="nemlogin",
        assurance="Substantial",
        roles=2,
        subject="3f6c0a2e-8f0b-4d0e-9a51-6f1b0c7d2e94",
        request_id="_5b1f7c0a94de3b2286f0a1c4d7e98b3c5b1f7c0a94de3b2286f0a1c4",
        trace=("1:dpsd:3", "3:nemlogin:2"),
    ),
    LoginRefused(
        federation="sundhed",
        service="fmk-online",
        idp="nemlogin",
        code="context.replay",
        hop="idp_response",
    ),
    AccountChosen(
        federation="sundhed",
        service="dpsd",
        subject="3f6c0a2e-8f0b-4d0e-9a51-6f1b0c7d2e94",
        account="b1f6b7a4-20c1-4a1e-8a57-0b7a0d3f9c55",
    ),
    LogoutStarted(federation="sundhed", side="sp", peer="dpsd", sessions=1, partners=3),
    LogoutFinished(federation="sundhed", done=2, unconfirmed=1, cannot=0),
    LogoutRefused(federation="sundhed", peer="dpsd", code="context.no_session"),
)
