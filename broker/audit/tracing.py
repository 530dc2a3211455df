"""Whom an event is about: what the trail of one organisation is searched by. Pure.

Nothing is in a tag that is not in the event: our own random ids, and the names of roles.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

EVERYTHING = ""
_PEOPLE = (
    "account",
    "subject",
    "by",
    "on_behalf_of",
    "principal",
    "substitute",
    "old",
    "new",
    "to",
)
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Tags:
    """An organisation, and what its trail finds an event by."""

    organisation: str
    tags: tuple[str, ...]


def tags_of(name: str, fields: Mapping[str, object]) -> Tags | None:
    """The tags of an event; None where it is of no organisation."""
    organisation = fields.get("organisation")
    if not isinstance(organisation, str) or not _is_id(organisation):
        return None
    found = [EVERYTHING, kind_tag(name)]
    found += [account_tag(str(fields[key])) for key in _PEOPLE if _is_id(fields.get(key))]
    people = fields.get("people")
    found += (
        [account_tag(str(one)) for one in people if _is_id(one)] if isinstance(people, list) else []
    )
    role = fields.get("role")
    if isinstance(role, str) and role:
        found.append(role_tag(role))
    return Tags(organisation, tuple(dict.fromkeys(found)))


def kind_tag(name: str) -> str:
    """What events of one family are found by: grant.given is of grant."""
    return f"k:{name.partition('.')[0]}"


def account_tag(account: str | UUID) -> str:
    """What events about somebody are found by."""
    return f"a:{account}"


def role_tag(role: str | UUID) -> str:
    """What events about a role are found by, by its URN or our id, as the event says it."""
    return f"r:{role}"[:_LONGEST]


def _is_id(value: object) -> bool:
    try:
        return str(UUID(str(value))) == value
    except ValueError:
        return False
