"""A flight as a fact: what was asked, which way it went, and what came of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from broker.audit.masking import cleaned, is_clean

KEPT = timedelta(days=180)
OK, CHOOSE = "ok", "choose"  # let in; asked first for which organisation

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Came:
    """An attribute that an identity provider sent: how many values, of which shape, never which."""

    name: str
    values: int
    shape: str  # "d8" is eight digits, "x24" 24 characters, of the first value; empty without one


def came(name: str, values: Sequence[str]) -> Came:
    """The shape of an attribute: enough to see that it fits, and nothing about the person."""
    first = values[0] if values else ""
    kind = "d" if first.isascii() and first.isdigit() else "x"
    return Came(name[:LONGEST_NAME], len(values), f"{kind}{len(first)}" if first else "")


Story = Mapping[str, object]  # JSON: asked, tries, hops, roles, left; see broker.login.flight


@dataclass(frozen=True, slots=True)
class Flight:
    """One end of a login: it was let in, refused, or asked for which organisation it is."""

    id: UUID
    reference: str
    at: datetime
    federation: str
    service: str | None
    idp: str | None
    code: str  # ok, choose, or the reason code of the refusal
    person: UUID | None = field(default=None, repr=False)
    account: UUID | None = field(default=None, repr=False)
    story: Story = field(default_factory=dict, repr=False)

    @property
    def well(self) -> bool:
        """Whether it was no refusal."""
        return self.code in (OK, CHOOSE)


def masked(story: Story) -> object:
    """A story as it may be kept: texts capped, and without anything like a CPR number."""
    if is_clean(json.dumps(story, ensure_ascii=False)):
        return story
    return _masked(story)


def _masked(value: object) -> object:
    if isinstance(value, str):
        return cleaned(value)
    if isinstance(value, Mapping):
        return {key: _masked(found) for key, found in value.items()}
    if isinstance(value, Sequence):
        return [_masked(found) for found in value]
    return value
