"""What an approved request does: one change of grants, all of it or none."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from broker.db import Connection
from broker.errors import NotAllowed, Unknown
from broker.organisations.model import Actor, Deed
from broker.organisations.permissions import Action
from broker.roles.grants import store as grant_store
from broker.roles.grants.model import Given, Grant, Objection, Wanted
from broker.roles.grants.service import GrantService
from broker.roles.requests.model import Request


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose hand does it: the last approver by the action of the decision, or a policy."""

    actor: Actor
    action: Action | None = None  # None is a policy, or somebody giving back what is theirs
    policy: str = ""


def carry_out(
    connection: Connection, grants: GrantService, request: Request, hand: Hand, deed: Deed
) -> Request:
    """The request as it ends: `done` with its grant, or `failed` with why, and nothing given.

    Every rule is asked again: what was possible when it was asked for may not be any more.
    """
    for_grant = replace(deed, reason=request.reason)
    try:
        # A savepoint: what had been done before a rule objected is taken back.
        with connection.begin_nested():
            given = _DEEDS[request.action](connection, grants, request, hand, for_grant)
    except (NotAllowed, Unknown) as error:
        return replace(request, state="failed", outcome=Objection(error.code, error.detail))
    return replace(request, state="done", given=given.id)


def _add(
    connection: Connection, grants: GrantService, request: Request, hand: Hand, deed: Deed
) -> Grant:
    return _give(connection, grants, request, hand, deed).grant


def _remove(
    connection: Connection, grants: GrantService, request: Request, hand: Hand, deed: Deed
) -> Grant:
    grant = _grant(connection, request)
    if hand.action is None:
        return grants.give_back(connection, hand.actor, grant.id, deed)
    return grants.revoke(connection, hand.actor, grant.id, deed, by=hand.action)


def _extend(
    connection: Connection, grants: GrantService, request: Request, hand: Hand, deed: Deed
) -> Grant:
    grant = _grant(connection, request)
    if hand.action is None:
        # What a policy lets go on is a new grant that begins where the old one ends.
        since = max(grant.period.until, deed.at)
        following = replace(request, period=replace(request.period, since=since))
        return _give(connection, grants, following, hand, deed).grant
    until = request.period.until
    return grants.extend(connection, hand.actor, grant.id, until, deed, by=hand.action).grant


def _change(
    connection: Connection, grants: GrantService, request: Request, hand: Hand, deed: Deed
) -> Grant:
    _remove(connection, grants, request, hand, deed)
    return _give(connection, grants, request, hand, deed).grant


def _grant(connection: Connection, request: Request) -> Grant:
    known = grant_store.grant(connection, request.grant) if request.grant else None
    if known is None or known.account != request.subject or known.role != request.role:
        raise Unknown("request.grant", request.number)
    return known


def _give(
    connection: Connection, grants: GrantService, request: Request, hand: Hand, deed: Deed
) -> Given:
    wanted = Wanted(
        organisation=request.organisation,
        role=request.role,
        account=request.subject,
        scopes=request.scopes,
        since=max(request.period.since, deed.at),
        until=request.period.until,
        request=request.id,
    )
    if hand.action is None:
        return grants.give_by_policy(connection, hand.policy, wanted, deed)
    return grants.give(connection, hand.actor, wanted, deed, by=hand.action)


_DEEDS: dict[str, Callable[[Connection, GrantService, Request, Hand, Deed], Grant]] = {
    "add": _add,
    "remove": _remove,
    "extend": _extend,
    "change": _change,
}
