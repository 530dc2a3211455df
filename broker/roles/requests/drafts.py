"""What somebody is putting together to ask for: kept between pages, asked of nobody yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from broker.roles.grants.facts import Scope
from broker.roles.grants.scopes import canonical
from broker.roles.requests.documents import scopes_document, scopes_of
from broker.roles.requests.model import Asked

KEPT = timedelta(days=30)
MOST = 20  # roles at once; more is a job for whoever gives them


@dataclass(frozen=True, slots=True)
class Picked:
    """One role that was picked, and how it is narrowed so far."""

    role: UUID
    scopes: tuple[Scope, ...] = ()
    narrowed: bool = False  # whether somebody has looked at what narrows it


@dataclass(frozen=True, slots=True)
class Draft:
    """A cart before it is sent. `changed_at` is its version."""

    picked: tuple[Picked, ...] = ()
    since: datetime | None = None  # None is as soon as it is approved
    until: datetime | None = None  # None is what each role says
    reason: str = field(default="", repr=False)
    changed_at: datetime | None = None

    @property
    def version(self) -> str:
        """What tells whether it was changed on another page meanwhile."""
        return self.changed_at.isoformat() if self.changed_at else ""

    def with_roles(self, roles: Iterable[UUID]) -> "Draft":
        """The draft with these roles too, each once, at most MOST of them."""
        known = {one.role for one in self.picked}
        new = (Picked(role) for role in dict.fromkeys(roles) if role not in known)
        return replace(self, picked=(*self.picked, *new)[:MOST])

    def without(self, role: UUID) -> "Draft":
        """The draft without a role."""
        return replace(self, picked=tuple(one for one in self.picked if one.role != role))

    def narrowed(self, role: UUID, scopes: Iterable[Scope], *, done: bool) -> "Draft":
        """The draft with a role narrowed to these scopes, and no others."""
        new = Picked(role, canonical(scopes), narrowed=done)
        return replace(self, picked=tuple(new if one.role == role else one for one in self.picked))

    def of(self, role: UUID) -> Picked | None:
        """The line of a role, or None where it is not in the cart."""
        return next((one for one in self.picked if one.role == role), None)

    def cart(self, subject: UUID) -> tuple[Asked, ...]:
        """The lines as they are sent."""
        return tuple(
            Asked("add", subject, one.role, None, one.scopes, self.since, self.until)
            for one in self.picked
        )


def draft_document(draft: Draft) -> dict[str, object]:
    """A draft as it is kept."""
    return {
        "picked": [
            {
                "role": str(one.role),
                "scopes": scopes_document(one.scopes),
                "narrowed": one.narrowed,
            }
            for one in draft.picked
        ],
        "since": draft.since.isoformat() if draft.since else None,
        "until": draft.until.isoformat() if draft.until else None,
        "reason": draft.reason,
    }


def draft_of(document: Mapping[str, object], changed_at: datetime) -> Draft:
    """A draft as it was kept."""
    picked = document["picked"]
    lines = picked if isinstance(picked, list) else []
    return Draft(
        tuple(
            Picked(UUID(one["role"]), scopes_of(one["scopes"]), bool(one["narrowed"]))
            for one in lines
        ),
        _instant(document["since"]),
        _instant(document["until"]),
        str(document["reason"]),
        changed_at,
    )


def _instant(said: object) -> datetime | None:
    return datetime.fromisoformat(str(said)) if said else None
