"""What a grant is narrowed to: one canonical spelling, and the rules for it. Pure.

A scope that is not understood never widens a grant: what is unknown, closed, outside the
ceiling or not taken by the role is an objection. Where a role takes several types, a person
has what lies within all of them; several values of one type are each enough.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from broker.codelists.model import ListId
from broker.roles.grants.facts import Ceiling, Scope
from broker.roles.grants.model import Objection
from broker.roles.model import DelimitationType, RoleDelimitation, RoleVersion

KEY = 64  # characters; longer text is told by its digest
UNITS: ListId = "sor"  # the list that home units are of
ORGANISATIONS = "cvr"

_TREES = frozenset({"own_unit_tree"})


class Codes(Protocol):
    """What a code list says at one instant."""

    def is_open(self, list_id: str, code: str) -> bool:
        """Whether the code is known, and not closed."""

    def is_below(self, list_id: str, above: str, code: str) -> bool:
        """Whether the code hangs somewhere below the other; no code is below itself."""

    def has_below(self, list_id: str, code: str) -> bool:
        """Whether anything hangs below the code."""


def spelled(scope: Scope | Ceiling) -> str:
    """A scope or a limit in one word: what duplicates are told by, and records say."""
    what = scope.value if isinstance(scope, Ceiling) else scope.value or scope.mode
    return f"{scope.type}={what}{'+' if scope.with_descendants else ''}"


def canonical(scopes: Iterable[Scope]) -> tuple[Scope, ...]:
    """The scopes sorted, each once, with the mode alone deciding what "own" reaches.

    A code that stands there alone and with everything below it stands for the latter.
    """
    found: dict[tuple[str, str, str], Scope] = {}
    for one in scopes:
        below = one.with_descendants if one.mode == "value" else one.mode in _TREES
        value = one.value if one.mode == "value" else ""
        key = (one.type, one.mode, value)
        below = below or (key in found and found[key].with_descendants)
        found[key] = Scope(one.type, one.mode, value, below)
    return tuple(sorted(found.values()))


def limits(ceiling: Iterable[Ceiling]) -> tuple[Ceiling, ...]:
    """A ceiling sorted, each code once; with everything below it where that is said at all."""
    found: dict[tuple[str, str], Ceiling] = {}
    for one in ceiling:
        key = (one.type, one.value)
        below = one.with_descendants or (key in found and found[key].with_descendants)
        found[key] = Ceiling(one.type, one.value, below)
    return tuple(sorted(found.values(), key=spelled))


def scope_key(scopes: Iterable[Scope]) -> str:
    """What tells whether two grants are delimited alike, in at most KEY characters."""
    text = ";".join(spelled(one) for one in canonical(scopes))
    return text if len(text) <= KEY else hashlib.sha256(text.encode()).hexdigest()


def resolved(scope: Scope, home: str | None, cvr: str) -> Scope | None:
    """The scope with the code that it stands for; None where whoever holds it has no unit."""
    if scope.mode == "value":
        return scope
    value = cvr if scope.mode == "own_cvr" else home
    if not value:
        return None
    return Scope(scope.type, "value", value, scope.mode in _TREES)


def taken(
    scopes: Sequence[Scope],
    version: RoleVersion,
    types: Mapping[str, DelimitationType],
    codes: Codes,
    *,
    whole: bool,
) -> Iterator[Objection]:
    """What speaks against delimiting a role so, whoever holds it.

    `whole` is that a service understands a code with everything below it, so that a code
    alone would be read wider than it was given.
    """
    for scope in scopes:
        rule, kind = version.takes(scope.type), types.get(scope.type)
        if rule is None or kind is None:
            yield Objection("grant.scope_type", scope.type)
        elif scope.mode == "value":
            yield from _value(scope, rule, kind, codes, whole=whole)
        elif not _may_be_own(scope, rule, kind):
            yield Objection("grant.own_unit", scope.type)
    for rule in version.delimitations:
        number = sum(scope.type == rule.type for scope in scopes)
        if number < rule.least:
            yield Objection("grant.scope_missing", rule.type)
        elif rule.most is not None and number > rule.most:
            yield Objection("grant.scope_count", rule.type)


def own(
    scopes: Sequence[Scope],
    home: str | None,
    types: Mapping[str, DelimitationType],
    codes: Codes,
    *,
    whole: bool,
) -> Iterator[Objection]:
    """What speaks against "own unit" for somebody who works in that unit."""
    for scope in scopes:
        if scope.mode not in ("own_unit", "own_unit_tree") or scope.type not in types:
            continue
        if not home or not codes.is_open(UNITS, home):
            yield Objection("grant.own_unit", home or scope.type)
        elif whole and scope.mode == "own_unit" and codes.has_below(UNITS, home):
            yield Objection("grant.scope_exact", home)


def beyond(
    scopes: Sequence[Scope],
    ceiling: Sequence[Ceiling],
    types: Mapping[str, DelimitationType],
    codes: Codes,
) -> Iterator[Objection]:
    """What of some resolved scopes lies outside a ceiling; no scope of a limited type does."""
    for type_id in sorted({limit.type for limit in ceiling}):
        limits = [limit for limit in ceiling if limit.type == type_id]
        asked = [scope for scope in scopes if scope.type == type_id]
        if not asked:
            yield Objection("grant.ceiling", type_id)
        for scope in asked:
            if not any(_within(scope, limit, types.get(type_id), codes) for limit in limits):
                yield Objection("grant.ceiling", scope.value)


def outside(
    scopes: Sequence[Scope],
    home: str | None,
    cvr: str,
    ceiling: Sequence[Ceiling],
    types: Mapping[str, DelimitationType],
    codes: Codes,
) -> Iterator[Objection]:
    """What of some scopes lies outside a ceiling for somebody of a home unit, if of any.

    "Own unit" of nobody, or of somebody without one, gives nothing and so exceeds nothing; the
    codes that stand beside it are looked at all the same.
    """
    concrete = [resolved(scope, home, cvr) for scope in scopes]
    known = [scope for scope in concrete if scope is not None]
    empty = {scope.type for scope, one in zip(scopes, concrete, strict=True) if one is None}
    empty -= {scope.type for scope in known}
    return beyond(known, [one for one in ceiling if one.type not in empty], types, codes)


def narrower(
    new: Sequence[Scope],
    old: Sequence[Scope],
    types: Mapping[str, DelimitationType],
    codes: Codes,
) -> bool:
    """Whether nobody gets anything by the new scopes that the old ones did not give."""
    for type_id in {scope.type for scope in old}:
        before = [scope for scope in old if scope.type == type_id]
        after = [scope for scope in new if scope.type == type_id]
        if not after or not all(
            any(_inside(one, other, types.get(type_id), codes) for other in before) for one in after
        ):
            return False
    return True


def _value(
    scope: Scope, rule: RoleDelimitation, kind: DelimitationType, codes: Codes, *, whole: bool
) -> Iterator[Objection]:
    listed = kind.list_id
    known = (listed is None or codes.is_open(listed, scope.value)) and (
        kind.pattern is None or re.fullmatch(kind.pattern, scope.value) is not None
    )
    if not known:
        yield Objection("grant.scope_value", scope.value)
    elif any(_reaches(scope, value, kind, codes) for value in rule.forbidden):
        yield Objection("grant.scope_forbidden", scope.value)
    elif scope.with_descendants and not kind.hierarchical:
        yield Objection("grant.scope_tree", scope.value)
    elif (
        whole
        and kind.hierarchical
        and not scope.with_descendants
        and listed is not None
        and codes.has_below(listed, scope.value)
    ):
        yield Objection("grant.scope_exact", scope.value)


def _may_be_own(scope: Scope, rule: RoleDelimitation, kind: DelimitationType) -> bool:
    whose = ORGANISATIONS if scope.mode == "own_cvr" else UNITS
    return rule.own_unit and kind.list_id == whose


def _reaches(scope: Scope, value: str, kind: DelimitationType, codes: Codes) -> bool:
    """Whether a code is among those that a scope stands for."""
    return scope.value == value or (
        scope.with_descendants
        and kind.list_id is not None
        and codes.is_below(kind.list_id, scope.value, value)
    )


def _within(scope: Scope, limit: Ceiling, kind: DelimitationType | None, codes: Codes) -> bool:
    if scope.value == limit.value:
        return limit.with_descendants or not scope.with_descendants
    return (
        limit.with_descendants
        and kind is not None
        and kind.hierarchical
        and kind.list_id is not None
        and codes.is_below(kind.list_id, limit.value, scope.value)
    )


def _inside(one: Scope, other: Scope, kind: DelimitationType | None, codes: Codes) -> bool:
    """Whether one scope reaches no further than the other, wherever a person moves."""
    if one.mode != "value" or other.mode != "value":
        return one == other or (one.mode, other.mode) == ("own_unit", "own_unit_tree")
    limit = Ceiling(other.type, other.value, other.with_descendants)
    return _within(one, limit, kind, codes)
