"""What an owner chose for one test login, and what came of it. Frozen facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

CODE = "test-login"  # ConnectedIdp.code of the identity provider behind it
MARK = "urn:dk:broker:test-login"  # the attribute that names the choices; told to no service
LIFE = timedelta(minutes=30)
SENT = "sent"


@dataclass(frozen=True, slots=True)
class Choices:
    """Who logs in, how surely, with which roles in which units, and what shall be wrong."""

    person: str
    name: str
    cvr: str
    organisation: str
    uuid: str
    email: str
    assurance: str  # Low, Substantial or High
    roles: tuple[str, ...] = ()  # codes
    units: Mapping[str, str] = field(default_factory=dict)  # delimitation type to value
    extra: Mapping[str, str] = field(default_factory=dict)  # our short names to values
    fault: str = "none"
    content: str = ""  # fingerprint of the service that it tries, where that is all that is saved

    def document(self) -> dict[str, object]:
        """As it is kept."""
        return {
            "person": self.person,
            "name": self.name,
            "cvr": self.cvr,
            "organisation": self.organisation,
            "uuid": self.uuid,
            "email": self.email,
            "assurance": self.assurance,
            "roles": list(self.roles),
            "units": dict(self.units),
            "extra": dict(self.extra),
            "fault": self.fault,
            "content": self.content,
        }

    @staticmethod
    def read(document: Mapping[str, object]) -> "Choices":
        """As they were kept."""

        def text(key: str) -> str:
            return str(document.get(key, ""))

        def table(key: str) -> dict[str, str]:
            found = document.get(key)
            return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}

        roles = document.get("roles")
        return Choices(
            person=text("person"),
            name=text("name"),
            cvr=text("cvr"),
            organisation=text("organisation"),
            uuid=text("uuid"),
            email=text("email"),
            assurance=text("assurance"),
            roles=tuple(map(str, roles)) if isinstance(roles, list) else (),
            units=table("units"),
            extra=table("extra"),
            fault=text("fault") or "none",
            content=text("content"),
        )


@dataclass(frozen=True, slots=True)
class Trial:
    """One test login: chosen by an account for a service, and what came of it."""

    id: UUID
    federation: str
    service: str
    account: UUID
    choices: Choices
    armed_at: datetime
    ends_at: datetime
    outcome: str | None = None
    happened_at: datetime | None = None
    sealed: bytes | None = field(default=None, repr=False)

    @property
    def came_through(self) -> bool:
        """Whether an answer without a fault was sent to the service."""
        return self.outcome == SENT and self.choices.fault == "none"
