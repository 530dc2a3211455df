"""What is saved of a service, and what its owner asks for. Frozen facts.

`document` is the service's document as `broker metadata load` would take it, with two keys of
our own: `mapping`, the attributes and why each is told, and `wanted`, the logins and from when.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from broker.metadata.documents import Document
from broker.metadata.model import Federation

ChangeKind = Literal["launch", "change", "removal"]
ChangeState = Literal["waiting", "approved", "carried_out", "rejected", "withdrawn"]
OPEN: tuple[ChangeState, ...] = ("waiting", "approved")

OWN_KEYS = ("mapping", "wanted")
CATALOGUE_KEYS = ("state", "role_source", "delimitation", "subtree", "national_roles")
CATALOGUE_TABLES = ("role_form", "interface", "role", "derive", "sod")


@dataclass(frozen=True, slots=True)
class Content:
    """Everything an owner decides about a service, in one environment or as it is saved."""

    document: Document
    xml: bytes | None = field(default=None, repr=False)
    about: Document = field(default_factory=dict)  # description, contacts, agreements

    def with_document(self, values: Mapping[str, object]) -> "Content":
        """The same with some keys of the document replaced; None takes one out."""
        kept = {key: value for key, value in self.document.items() if key not in values}
        return replace(
            self, document={**kept, **{k: v for k, v in values.items() if v is not None}}
        )

    def with_about(self, values: Mapping[str, object]) -> "Content":
        """The same with some of what is said about the service replaced."""
        return replace(self, about={**self.about, **values})

    def listed(self, key: str) -> tuple[Mapping[str, object], ...]:
        """The tables of one key of the document."""
        found = self.document.get(key)
        if not isinstance(found, list | tuple):
            return ()
        return tuple(one for one in found if isinstance(one, Mapping))

    @property
    def release(self) -> tuple[Mapping[str, object], ...]:
        """The attributes that are told, each with its motive."""
        mapping = self.document.get("mapping")
        found = mapping.get("release") if isinstance(mapping, Mapping) else None
        return (
            tuple(one for one in found if isinstance(one, Mapping))
            if isinstance(found, list | tuple)
            else ()
        )

    def text(self, key: str) -> str:
        """A text of the document, or nothing."""
        value = self.document.get(key)
        return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is saved of a service; `changed_at` is its version."""

    id: UUID
    federation: str  # where it is to be in production
    test: str | None  # the federation it is tried in
    code: str
    content: Content
    created_at: datetime
    changed_at: datetime
    changed_by: str

    @property
    def version(self) -> str:
        """What a form of it was made of."""
        return self.changed_at.isoformat()


@dataclass(frozen=True, slots=True)
class Change:
    """What is asked for in production, and what became of it."""

    id: UUID
    federation: str
    code: str
    kind: ChangeKind
    content: Content
    wanted_at: datetime | None
    reason: str
    by_account: UUID | None
    by_label: str
    asked_at: datetime
    state: ChangeState
    decided_by: str | None = None
    decided_at: datetime | None = None
    decision: str = ""
    opens: datetime | None = None  # from when it counts, once approved
    case_no: str | None = None  # reference of the case in which it is decided


@dataclass(frozen=True, slots=True)
class Environments:
    """The two places of a service: where it is tried, and where it is for everybody."""

    home: Federation
    test: Federation | None


def environments(federations: tuple[Federation, ...], path: str) -> Environments:
    """The federation of that path and the one that it is tried in; a test one has no other."""
    home = next(one for one in federations if one.path == path)
    if home.test_login:
        return Environments(home, home)
    return Environments(home, next((f for f in federations if f.path == home.tried_in), None))
