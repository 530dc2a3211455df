"""By which mandate somebody may decide a request, and whom they would speak for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from broker.db import Connection
from broker.errors import NotAllowed
from broker.organisations.model import Actor, Mandate
from broker.organisations.permissions import Action, Thing, demand
from broker.roles.grants import store as grant_store
from broker.roles.grants.codebook import CodeBook
from broker.roles.grants.permitting import is_bound, units_above
from broker.roles.model import Approver, Role
from broker.roles.requests.machine import counted, voices
from broker.roles.requests.model import Kinship, Request, Standing

ACTIONS: Mapping[Approver, Action] = {
    "org_approver": "request.decide.org_approver",
    "org_chief": "request.decide.org_chief",
    "service_owner": "request.decide.service_owner",
    "operator": "request.decide.operator",
}


@dataclass(frozen=True, slots=True)
class Authority:
    """That an actor may decide a request now; `actor` has only the mandates that may speak."""

    actor: Actor
    action: Action
    mandate: Mandate | None


def kinship(connection: Connection, request: Request, *actors: Actor) -> Kinship:
    """Who is who among everybody that the request or one of the actors brings in."""
    return kinships(connection, (request,), *actors)


def kinships(connection: Connection, requests: Iterable[Request], *actors: Actor) -> Kinship:
    """The same for many requests, asked at once."""
    involved: set[UUID] = set()
    for request in requests:
        involved |= {request.requester, request.subject}
        for decision in request.decisions:
            involved |= voices(decision)
    for actor in actors:
        involved |= {actor.account} if actor.account else set()
        involved |= {one.on_behalf_of for one in actor.mandates if one.on_behalf_of is not None}
    of: dict[UUID, UUID] = {}
    for group in grant_store.kin(connection, involved).values():
        first = min(group)
        of |= dict.fromkeys(group, first)
    for actor in actors:
        # What the edge knows to be one human being is one, whatever the tables say.
        own = actor.accounts | ({actor.account} if actor.account else frozenset())
        firsts = {of.get(account, account) for account in own}
        known = {account for account, first in of.items() if first in firsts}
        of |= dict.fromkeys(own | known, min(firsts)) if own else {}
    return Kinship(of)


def authority(
    connection: Connection,
    actor: Actor,
    request: Request,
    role: Role,
    now: Standing,
    kin: Kinship,
    at: datetime,
) -> Authority:
    """How the actor may decide the request now.

    Raises NotAllowed with the code that `demand` gave for the stage itself; `request.oneself`
    for whom it is about and `request.substitute` for who would speak in the place of one who
    is not asked again; `request.account` at the console, where
    nobody knows whose eyes are the second pair; and `request.closed`.
    """
    if actor.account is None:
        raise NotAllowed("request.account", request.number)
    if not now.approvers:
        raise NotAllowed("request.closed", request.number)
    if kin.meets(frozenset({actor.account}), frozenset({request.requester, request.subject})):
        raise NotAllowed("request.oneself", request.number)
    speaking = replace(actor, mandates=tuple(_speaking(actor, request, kin)))
    thing = _thing(connection, speaking, request, role, kin, at)
    refusal: NotAllowed | None = None
    for approver in now.approvers:
        action = ACTIONS[approver]
        try:
            return Authority(speaking, action, demand(speaking, action, thing))
        except NotAllowed as error:
            refusal = refusal or error
    if len(speaking.mandates) < len(actor.mandates):
        raise NotAllowed("request.substitute", request.number) from refusal
    raise refusal or NotAllowed("permission.mandate", request.number)


def _speaking(actor: Actor, request: Request, kin: Kinship) -> Iterable[Mandate]:
    """The mandates to decide by, one's own first.

    Not those of a principal whom the request is about, or who has approved it already.
    """
    barred = frozenset({request.requester, request.subject})
    for earlier in counted(request, kin):
        barred |= voices(earlier)
    for mandate in sorted(actor.mandates, key=lambda one: one.on_behalf_of is not None):
        principal = mandate.on_behalf_of
        if principal is None or not kin.meets(frozenset({principal}), barred):
            yield mandate


def _thing(
    connection: Connection, actor: Actor, request: Request, role: Role, kin: Kinship, at: datetime
) -> Thing:
    about = (request.subject, request.requester)
    units = frozenset[str]()
    if is_bound(actor):
        people = grant_store.people(connection, (request.subject,), at)
        homes = [people[request.subject].home] if request.subject in people else [None]
        codes = CodeBook(connection, at)
        units = units_above(homes, request.scopes, role.at(at), codes)
    return Thing(
        federation=role.federation,
        organisation=request.organisation,
        service=role.service,
        subject=request.subject,
        others=(*about, *_among(actor, kin, about)),
        units=units,
    )


def _among(actor: Actor, kin: Kinship, about: tuple[UUID, ...]) -> Iterable[UUID]:
    """The actor's own account and those it stands in for, as far as they are one of these."""
    selves = (actor.account, *(mandate.on_behalf_of for mandate in actor.mandates))
    known = (one for one in selves if one is not None)
    return (one for one in known if kin.meets(frozenset({one}), frozenset(about)))
