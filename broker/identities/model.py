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
class NameIdResult:
    """The person and the NameID at a service group; `conflict` when the keys disagree on who."""

    value: UUID
    person: UUID
    conflict: bool
