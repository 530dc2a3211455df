"""Identity keys in, lasting names out."""

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

Kind = Literal["professional-uuid", "rid", "cpr-uuid", "idp-subject"]


@dataclass(frozen=True, slots=True)
class IdentityKey:
    """One thing that identifies a person, already bound to the organisation it holds in."""

    kind: Kind
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Found:
    """The person that keys find; `conflict` when they disagree on who, `news` when one is new."""

    person: UUID
    conflict: bool
    news: bool


@dataclass(frozen=True, slots=True)
class NameIdResult:
    """The person and their NameID at a service group."""

    value: UUID
    person: UUID
    conflict: bool
