"""The catalogue of audit events: one frozen dataclass each, in words that mean one thing.

`PERSONAL` names the fields that are about a person; they hold our own random identifiers or
the name of an operator, never what an identity provider said. `EXAMPLES` has one of each,
for readers and for tests.
"""

from dataclasses import dataclass, fields
from typing import ClassVar, Literal
from uuid import UUID

from broker.audit.masking import cleaned, number

# An IdP was asked, a session was used again, or an IdP sent the person unasked.
How = Literal["asked", "session", "unsolicited"]
Value = str | int | None | list[str]


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


@dataclass(frozen=True, slots=True)
class MetadataLoaded:
    """A partner's metadata, or what is decided about the partner, came into force."""

    NAME: ClassVar[str] = "metadata.loaded"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by"})

    federation: str
    kind: str  # sp, idp or mapping
    code: str
    entity_id: str  # empty while unknown
    sha256: str  # of the document; empty where only the settings changed
    source: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class FederationLoaded:
    """A federation was registered, or what is decided about it changed."""

    NAME: ClassVar[str] = "federation.loaded"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by"})

    federation: str
    source: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class CatalogueLoaded:
    """Services, roles or rules of a document came into force; how many of each differ."""

    NAME: ClassVar[str] = "catalogue.loaded"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by"})

    federation: str  # empty for what is the same in all of them
    document: str  # its kind and code
    services: int
    roles: int  # new ones and new versions
    retired: int
    rules: int
    ended: int
    policies: int
    types: int
    source: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class KeysCreated:
    """Keys of ours were made at set-up; only their names are told."""

    NAME: ClassVar[str] = "keys.created"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by"})

    federation: str
    names: tuple[str, ...]
    by: str


@dataclass(frozen=True, slots=True)
class ActivationChanged:
    """From when until when an identity provider may be used for a service was decided."""

    NAME: ClassVar[str] = "activation.changed"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by"})

    federation: str
    service: str
    idp: str
    opens: str | None  # ISO 8601 with an offset; None is unbounded
    closes: str | None
    by: str
    reason: str


Event = (
    LoginCompleted
    | LoginRefused
    | LogoutStarted
    | LogoutFinished
    | LogoutRefused
    | MetadataLoaded
    | FederationLoaded
    | CatalogueLoaded
    | KeysCreated
    | ActivationChanged
)

EXAMPLES: tuple[Event, ...] = (
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
    LogoutStarted(federation="sundhed", side="sp", peer="dpsd", sessions=1, partners=3),
    LogoutFinished(federation="sundhed", done=2, unconfirmed=1, cannot=0),
    LogoutRefused(federation="sundhed", peer="dpsd", code="context.no_session"),
    MetadataLoaded(
        federation="sundhed",
        kind="idp",
        code="nemlogin",
        entity_id="https://idp.example.dk",
        sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        source="metadata/idp/nemlogin.xml",
        by="operator",
        reason="first load",
    ),
    FederationLoaded(
        federation="sundhed",
        source="metadata/federations/sundhed.toml",
        by="operator",
        reason="set-up",
    ),
    CatalogueLoaded(
        federation="sundhed",
        document="service dpsd",
        services=1,
        roles=4,
        retired=0,
        rules=2,
        ended=0,
        policies=0,
        types=0,
        source="metadata/services/dpsd.toml",
        by="operator",
        reason="set-up",
    ),
    KeysCreated(
        federation="sundhed", names=("sundhed/idp-signing", "sundhed/sp-signing"), by="operator"
    ),
    ActivationChanged(
        federation="sundhed",
        service="dpsd",
        idp="region-nordjylland",
        opens="2026-03-02T06:00:00+01:00",
        closes=None,
        by="operator",
        reason="agreed with the owner",
    ),
)


def fields_of(event: Event) -> dict[str, Value]:
    """The fields by name, as they may be kept: capped, and without anything like a CPR number."""
    return {field.name: _kept(getattr(event, field.name)) for field in fields(event)}


def _kept(value: object) -> Value:
    if value is None:
        return None
    if isinstance(value, int):
        return number(value)
    if isinstance(value, tuple):
        return [cleaned(str(item)) for item in value]
    return cleaned(str(value))
