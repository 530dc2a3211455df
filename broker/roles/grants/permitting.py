"""By which mandate somebody may do something to a grant, and whether it is to themselves."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from broker.db import Connection
from broker.errors import NotAllowed
from broker.organisations.model import Actor, Mandate
from broker.organisations.permissions import Action, Thing, demand
from broker.organisations.store import mandates, same_human
from broker.roles.grants.codebook import CodeBook
from broker.roles.grants.facts import Scope
from broker.roles.grants.model import Objection
from broker.roles.grants.scopes import UNITS
from broker.roles.model import RoleVersion

_UNCOMPARABLE = frozenset({"shak"})  # other units, which do not hang below those of mandates


def permit(
    connection: Connection, actor: Actor, action: Action, thing: Thing, at: datetime
) -> tuple[Mandate | None, Objection | None]:
    """By which mandate the actor may do it, or the objection; about oneself it has one code.

    Mandates may have ended since the actor was made, so they are read again.
    """
    try:
        return demand(present(connection, actor, at), action, thing), None
    except NotAllowed as error:
        if error.code == "permission.oneself":
            return None, Objection("grant.oneself")
        return None, Objection(error.code)


def present(connection: Connection, actor: Actor, at: datetime) -> Actor:
    """The actor with those mandates that still hold, and every account known by now."""
    if actor.console or actor.account is None:
        return actor
    held = mandates(connection, actor.account, at)
    known = {(mandate.id, mandate.on_behalf_of) for mandate in held}
    still = tuple(m for m in actor.mandates if (m.id, m.on_behalf_of) in known)
    return replace(actor, mandates=still)


def kin_among(connection: Connection, actor: Actor, people: Collection[UUID]) -> tuple[UUID, ...]:
    """Which of the people the actor is, by any account, or holds a mandate on behalf of.

    Told as the ids that `somebody_else` looks for: the actor's own, and the principals'.
    """
    among = frozenset(people)
    selves = [actor.account, *(mandate.on_behalf_of for mandate in actor.mandates)]
    return tuple({one for one in selves if one is not None and same_human(connection, one) & among})


def is_bound(actor: Actor) -> bool:
    """Whether a mandate of the actor ends at a unit, so that units have to be looked up."""
    return any(mandate.unit_code for mandate in actor.mandates)


def units_above(
    homes: Iterable[str | None],
    scopes: Sequence[Scope],
    version: RoleVersion | None,
    codes: CodeBook,
) -> frozenset[str]:
    """The units at or above all that a grant is about: where people work, and what they get.

    None where part of it can't be compared: a person without a unit, units of another list,
    or a role that could be delimited by unit and is not.
    """
    ways = [codes.units_above(home) if home else frozenset[str]() for home in homes]
    for rule in version.delimitations if version else ():
        given = [scope for scope in scopes if scope.type == rule.type]
        if rule.type in _UNCOMPARABLE and given:
            return frozenset()
        if rule.type != UNITS:
            continue
        if not given:
            return frozenset()
        ways += [codes.units_above(scope.value) for scope in given if scope.mode == "value"]
    return frozenset.intersection(*ways) if ways else frozenset()
