"""Sources and what comes of them. Frozen facts."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from broker.errors import Refused
from broker.metadata.defaults import Kind
from broker.metadata.model import Localised
from broker.saml.assurance import Assurance
from broker.saml.entities import Finding
from broker.saml.keys import Certificate

SourceKind = Literal["file", "upload", "url"]
AlarmLevel = Literal["notice", "warning", "critical"]
CODE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?\Z", re.ASCII)

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
_MOST_BACKOFF = 6  # doublings of the five minutes after a failure


@dataclass(frozen=True, slots=True)
class Policy:
    """What the new entities of a source get until somebody decides more about each.

    No identity provider is activated for a service, and an identity provider speaks for no
    organisation.
    """

    roles: frozenset[Kind] = frozenset({"sp", "idp"})
    minimum: Assurance = Assurance.SUBSTANTIAL  # a service's
    maximum: Assurance = Assurance.SUBSTANTIAL  # an identity provider's
    owner: str = ""  # of services; the name in the metadata where it is empty

    def text(self) -> str:
        """The policy as it is kept."""
        return json.dumps(
            {
                "roles": sorted(self.roles),
                "minimum": self.minimum.word,
                "maximum": self.maximum.word,
                "owner": self.owner,
            },
            ensure_ascii=False,
        )

    @staticmethod
    def read(text: str) -> "Policy":
        """The policy that was kept."""
        said = json.loads(text)
        kinds: tuple[Kind, ...] = ("sp", "idp")
        return Policy(
            roles=frozenset(kind for kind in kinds if kind in said["roles"]),
            minimum=Assurance.from_word(said["minimum"]) or Assurance.SUBSTANTIAL,
            maximum=Assurance.from_word(said["maximum"]) or Assurance.SUBSTANTIAL,
            owner=said["owner"],
        )

    def applied(self, document: Mapping[str, object], kind: Kind) -> dict[str, object]:
        """The document of a new entity with what the policy says."""
        if kind == "idp":
            return {**document, "maximum": self.maximum.word}
        owner = {"owner": self.owner} if self.owner else {}
        return {**document, "minimum": self.minimum.word, **owner}


@dataclass(frozen=True, slots=True)
class Source:
    """Where the metadata of one partner, or of a whole federation, is published."""

    code: str
    federation: str
    kind: SourceKind
    location: str
    many: bool
    policy: Policy
    certificates: str = field(repr=False)
    minutes: int
    created_at: datetime
    created_by: str
    reason: str
    etag: str | None = None
    last_modified: str | None = None
    checked_at: datetime | None = None
    loaded_at: datetime | None = None
    failures: int = 0
    failure: str | None = None
    sha256: str | None = None
    published_at: datetime | None = None
    valid_until: datetime | None = None
    entities: int = 0

    @property
    def pinned(self) -> tuple[Certificate, ...]:
        """The certificates that may sign what it publishes; none for a source that does not."""
        return read_certificates(self.certificates)

    def due_at(self) -> datetime | None:
        """When it is to be asked again; None where a person asks. Sooner after a failure."""
        if not self.minutes:
            return None
        if self.checked_at is None:
            return self.created_at
        wait = self.minutes
        if self.failures:
            wait = min(wait, 5 * 2 ** min(self.failures - 1, _MOST_BACKOFF))
        return self.checked_at + timedelta(minutes=wait)


def read_certificates(pem: str) -> tuple[Certificate, ...]:
    """The certificates of a PEM text. Raises Refused("source.certificate")."""
    try:
        return tuple(Certificate.from_pem(found.encode()) for found in _PEM.findall(pem))
    except ValueError as error:
        raise Refused("source.certificate", f"no usable certificate: {error}") from None


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that an administrator should look at."""

    federation: str
    source: str  # its code; empty where no source is meant
    subject: str  # an entityID, or the code of the source
    code: str
    level: AlarmLevel
    words: Localised
    fingerprint: str = ""  # of a new key that waits, and of no other alarm
    waits: bool = False  # for a person to approve


@dataclass(frozen=True, slots=True)
class AlarmRecord:
    """An alarm as it is kept."""

    id: int
    alarm: Alarm
    first_seen: datetime
    last_seen: datetime
    times: int
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    acknowledgement: str | None
    cleared_at: datetime | None


EntityState = Literal["added", "changed", "unchanged", "waiting", "refused", "dropped", "returned"]


@dataclass(frozen=True, slots=True)
class EntityResult:
    """What became of one entity that is not as it was."""

    kind: Kind
    code: str
    entity_id: str
    state: EntityState
    words: tuple[tuple[str, Localised], ...] = ()  # reason codes with their words
    findings: tuple[Finding, ...] = field(default=(), repr=False)


_NO_WORDS = Localised("", "")


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What one refresh did. `counts` has every entity; `entities` those that are not as before."""

    source: str
    state: Literal["loaded", "unchanged", "refused", "failed"]
    code: str = ""  # the reason where it is refused or failed
    words: Localised = _NO_WORDS
    counts: Mapping[str, int] = field(default_factory=dict)
    entities: tuple[EntityResult, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def good(self) -> bool:
        """Whether the source gave something that counts."""
        return self.state in ("loaded", "unchanged")
