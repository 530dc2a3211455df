"""What we take of the privileges that an IdP sends: all of a group, or nothing of it.

A group is left out whole, with a reason, where its scope or one of its constraints says
something that we do not understand. Nothing that is added to a group makes it say more.
OIOBPP 3.6, rules 4 and 7.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from broker.roles.model import Delimitation, DelimitationType
from broker.saml.entities import Localised
from broker.saml.privileges import PrivilegeGroup, ScopeKind, scope_of

MAX_VALUE = 256  # characters of a constraint's value

REASONS: dict[str, Localised] = {
    "privilege.malformed": Localised(
        "Gruppen af privilegier følger ikke profilen.",
        "The group of privileges does not follow the profile.",
    ),
    "privilege.scope_unknown": Localised(
        "Gruppen gælder for noget, der ikke giver roller her.",
        "The group holds for something that gives no roles here.",
    ),
    "privilege.scope_foreign": Localised(
        "Gruppen gælder for en anden organisation.", "The group holds for another organisation."
    ),
    "privilege.constraint_unknown": Localised(
        "Gruppen er afgrænset på en måde, som vi ikke kender.",
        "The group is delimited in a way that we do not know.",
    ),
    "privilege.constraint_repeated": Localised(
        "Gruppen er afgrænset to gange på samme måde, og det kan læses på to måder.",
        "The group is delimited twice in one way, which can be read in two ways.",
    ),
    "privilege.constraint_empty": Localised(
        "Gruppen har en afgrænsning uden værdi.", "The group has a delimitation without a value."
    ),
    "privilege.constraint_value": Localised(
        "Gruppen er afgrænset til noget, der ikke er en gyldig værdi.",
        "The group is delimited to something that is not a valid value.",
    ),
}

_CVR = re.compile(r"[0-9]{8}")
_SHOWN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9:/._#?=-]{1,200}")
_NUMBER = re.compile(r"[0-9](?:[^A-Za-z0-9]?[0-9]){5,}")
_SCOPE_WORDS: dict[ScopeKind, str] = {
    "production_unit": "a production unit",
    "se_number": "an SE number",
    "person": "a person, which is a delegation",
    "other": "of a kind that nobody here knows",
}


@dataclass(frozen=True, slots=True, order=True)
class Understood:
    """One privilege in one organisation, narrowed to at most one value of each type."""

    privilege: str
    cvr: str
    delimitations: tuple[Delimitation, ...] = ()  # sorted by type


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A group that gives nothing: why, and the privileges in it. Holds no number of a person."""

    code: str
    detail: str
    privileges: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Understanding:
    """What was understood, sorted and each once, and what was left out, in document order.

    `unclear` are the privileges of groups that may hold here and were not understood.
    """

    understood: tuple[Understood, ...]
    left_out: tuple[LeftOut, ...]
    unclear: frozenset[str] = field(default=frozenset(), repr=False)


class _Nothing(Exception):
    """A group gives nothing; kept inside this module."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def understood(
    groups: Sequence[PrivilegeGroup],
    cvrs: Collection[str],
    types: Mapping[str, DelimitationType],
    *,
    with_descendants: bool = False,
) -> Understanding:
    """What groups say about organisations that the IdP may speak of for this person.

    `types` are the delimitation types by the Name of their Constraint. `with_descendants`
    is whether the IdP means all below a unit too; the profile does not say so, so that a
    unit is that unit alone unless it was agreed. Whether a value stands in its code list,
    and under a ceiling, is for those who have the lists.
    """
    found: set[Understood] = set()
    left_out: list[LeftOut] = []
    unclear: set[str] = set()
    for group in groups:
        try:
            cvr = _organisation(group, cvrs)
            units = _delimitations(group, types, with_descendants=with_descendants)
        except _Nothing as nothing:
            shown = tuple(sorted({shown_uri(p) for p in group.privileges}))
            left_out.append(LeftOut(nothing.code, nothing.detail, shown))
            if nothing.code != "privilege.scope_foreign":
                unclear |= set(group.privileges)
        else:
            found |= {Understood(privilege, cvr, units) for privilege in group.privileges}
    return Understanding(tuple(sorted(found)), tuple(left_out), frozenset(unclear))


def shown_uri(text: str) -> str:
    """A URI of somebody else's for a log: without numbers that could be a person's."""
    if not _SHOWN.fullmatch(text):
        return "(not shown)"
    return _NUMBER.sub("#", text)


def _organisation(group: PrivilegeGroup, cvrs: Collection[str]) -> str:
    if not group.privileges:
        raise _Nothing("privilege.malformed", "a group without privileges, or with more in it")
    kind, number = scope_of(group)
    if kind != "cvr":
        if not group.scope:
            raise _Nothing("privilege.malformed", "a group without a Scope")
        raise _Nothing("privilege.scope_unknown", f"a scope that is {_SCOPE_WORDS[kind]}")
    if not _CVR.fullmatch(number):
        raise _Nothing("privilege.malformed", "a scope whose CVR number has not 8 digits")
    if number not in cvrs:
        raise _Nothing("privilege.scope_foreign", "a scope that is another organisation")
    return number


def _delimitations(
    group: PrivilegeGroup, types: Mapping[str, DelimitationType], *, with_descendants: bool
) -> tuple[Delimitation, ...]:
    found: dict[str, Delimitation] = {}
    for name, value in group.constraints:
        kind = types.get(name)
        if kind is None:
            raise _Nothing("privilege.constraint_unknown", f"a constraint {shown_uri(name)}")
        if kind.id in found:
            raise _Nothing("privilege.constraint_repeated", f"two constraints of type {kind.id}")
        if not value.strip():
            raise _Nothing("privilege.constraint_empty", f"no value for type {kind.id}")
        if not _holds(kind, value):
            raise _Nothing("privilege.constraint_value", f"no value of type {kind.id}")
        found[kind.id] = Delimitation(kind.id, value, with_descendants)
    return tuple(sorted(found.values()))


def _holds(kind: DelimitationType, value: str) -> bool:
    if len(value) > MAX_VALUE or not value.isprintable():
        return False
    return kind.pattern is None or re.fullmatch(kind.pattern, value) is not None
