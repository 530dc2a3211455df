"""Who is in the federations: metadata, keys, activations."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class MetadataLoaded:
    """A partner's metadata, or what is decided about the partner, came into force."""

    NAME: ClassVar[str] = "metadata.loaded"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by"})

    federation: str
    kind: str  # sp or idp
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
    """Whether and when an identity provider may be used for a service was decided."""

    NAME: ClassVar[str] = "activation.changed"
    PERSONAL: ClassVar[frozenset[str]] = frozenset(
        {"by", "requested_by", "approved_by_owner", "approved_by_operator"}
    )

    federation: str
    service: str
    idp: str
    what: str  # plan, approve, open, trial, pause, resume or close
    opens: str | None  # ISO 8601 with an offset; None is unbounded
    closes: str | None
    case_no: str | None
    requested_by: str | None
    approved_by_owner: str | None
    approved_by_operator: str | None
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class RevocationChanged:
    """An issuer says something else of a certificate than before."""

    NAME: ClassVar[str] = "revocation.changed"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by"})

    fingerprint: str
    issuer: str
    serial: str
    before: str  # good, revoked, unknown; empty where nobody had asked
    after: str
    reason: str
    source: str
    by: str


RegistryEvent = (
    MetadataLoaded
    | FederationLoaded
    | CatalogueLoaded
    | KeysCreated
    | ActivationChanged
    | RevocationChanged
)

EXAMPLES: tuple[RegistryEvent, ...] = (
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
        what="plan",
        opens="2026-03-02T06:00:00+01:00",
        closes=None,
        case_no="2026-117",
        requested_by="Ida",
        approved_by_owner="Ole",
        approved_by_operator="Ulla",
        by="operator",
        reason="agreed with the owner",
    ),
    RevocationChanged(
        fingerprint="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        issuer="CN=DEMO Den Danske Stat OCES udstedende-CA 1,O=DEMO Den Danske Stat,C=DK",
        serial="6f2c",
        before="good",
        after="revoked",
        reason="keyCompromise",
        source="http://ca.demo.example.dk/issuing.crl",
        by="operator",
    ),
)
