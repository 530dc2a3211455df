"""Grants to look at between campaigns: something around them changed. Reads only."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from broker.db import Connection
from broker.organisations.model import Actor
from broker.organisations.permissions import Thing, demand
from broker.organisations.store import organisation as organisation_at
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants.codebook import CodeBook
from broker.roles.grants.model import Grant
from broker.roles.reviews import store
from broker.roles.reviews.model import Candidate

UNUSED = timedelta(days=90)


def candidates(
    connection: Connection, catalogue: Catalogue, actor: Actor, organisation: UUID, at: datetime
) -> tuple[Candidate, ...]:
    """What an organisation should look at now, one line for each reason.

    Whoever moved since the grant was given or reviewed, and has a unit in it that does not
    follow; not used for 90 days; a code that is closed; a role that gets no new holders.
    Raises NotAllowed.
    """
    home = organisation_at(connection, organisation, at)
    demand(actor, "report.read", Thing(home.federation if home else "", organisation))
    moved = {one.grant: one for one in store.moves(connection, organisation, at)}
    codes = CodeBook(connection, at)
    found: list[Candidate] = []
    for grant in store.running(connection, organisation, at):
        move = moved.get(grant.id)
        if move and move.then != move.now and any(one.mode == "value" for one in grant.scopes):
            found += _candidate(grant, "moved", move.now or "")
        last = grant.used_at or max(grant.granted_at, grant.period.since)
        if max(last, grant.reviewed_at or last) <= at - UNUSED:
            found += _candidate(grant, "unused", f"{last:%Y-%m-%d}")
        for scope in grant.scopes:
            kind = catalogue.types.get(scope.type)
            if scope.mode != "value" or kind is None or kind.list_id is None:
                continue
            if not codes.is_open(kind.list_id, scope.value):
                found += _candidate(grant, "code_closed", scope.value)
        role = catalogue.role(grant.role)
        version = role.at(at) if role else None
        if role is not None and (version is None or version.state in ("deprecated", "retired")):
            found += _candidate(grant, "role_deprecated", role.urn)
    return tuple(found)


def _candidate(grant: Grant, why: str, what: str) -> Iterator[Candidate]:
    if grant.account is None:
        return
    for reason in ("moved", "unused", "code_closed", "role_deprecated"):
        if reason == why:
            yield Candidate(grant.id, grant.account, grant.organisation, reason, what)
