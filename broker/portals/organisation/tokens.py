"""Delimitations in an address and in hidden fields: `sor=CODE+`, `sor=own_unit`. Pure.

The same spelling that records use. What cannot be read is refused: a delimitation that was
dropped in silence would make a role wider than what somebody chose.
"""

from collections.abc import Iterable
from typing import get_args

from broker.errors import Refused
from broker.roles.grants.facts import Scope
from broker.roles.grants.scopes import canonical, spelled
from broker.roles.model import ScopeMode

MOST = 100
_LONGEST = 200
_MODES: dict[str, ScopeMode] = {mode: mode for mode in get_args(ScopeMode) if mode != "value"}


def read(tokens: Iterable[str]) -> tuple[Scope, ...]:
    """The delimitations that these stand for. Raises Refused("org.scope")."""
    listed = list(tokens)
    if len(listed) > MOST:
        raise Refused("org.scope", f"{len(listed)} delimitations")
    return canonical(_scope(token) for token in listed)


def written(scopes: Iterable[Scope]) -> tuple[str, ...]:
    """Each delimitation in one word."""
    return tuple(map(spelled, scopes))


def _scope(token: str) -> Scope:
    type_id, equals, what = token.partition("=")
    value = what.removesuffix("+")
    if not type_id or not equals or not value or len(token) > _LONGEST:
        raise Refused("org.scope", "no delimitation")
    if value in _MODES:
        return Scope(type_id, _MODES[value])
    return Scope(type_id, "value", value, with_descendants=what != value)
