"""What of a colleague's roles another person could get: a list to tick, never a copy.

Copying everything without a thought is how rights pile up. So each role is examined as if
it were granted anew, what can't be copied says why, and nothing sensitive is ticked.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from broker.db import Connection
from broker.errors import NotAllowed
from broker.organisations.model import Actor
from broker.organisations.permissions import Thing, demand
from broker.organisations.store import account, groups_of
from broker.periods import FOREVER
from broker.roles.grants import store
from broker.roles.grants.model import Grant, Objection, Wanted
from broker.roles.grants.service import GrantService
from broker.roles.grants.terms import latest


@dataclass(frozen=True, slots=True)
class Tick:
    """One role of the colleague: what would be granted, what speaks against it, and the tick."""

    source: Grant
    wanted: Wanted
    objections: tuple[Objection, ...]
    warnings: tuple[Objection, ...]
    ticked: bool


def copyable(
    service: GrantService,
    connection: Connection,
    actor: Actor,
    source: UUID,
    target: UUID,
    at: datetime,
) -> tuple[Tick, ...]:
    """The list to tick; the caller gives what was ticked with `GrantService.give`.

    Raises NotAllowed("grant.holder") unless both are in one organisation, and for whoever may
    not read who has what there.
    """
    one, other = account(connection, source, at), account(connection, target, at)
    if one is None or other is None or one.organisation != other.organisation:
        raise NotAllowed("grant.holder")
    demand(actor, "report.read", Thing(one.federation, one.organisation))
    groups = groups_of(connection, (source,), at)
    grants = store.grants_of(connection, accounts=(source,), groups=groups)
    running = (grant for grant in grants if grant.state_at(at) == "running")
    return tuple(_tick(service, connection, actor, grant, target, at) for grant in running)


def _tick(
    service: GrantService,
    connection: Connection,
    actor: Actor,
    grant: Grant,
    target: UUID,
    at: datetime,
) -> Tick:
    role = service.catalogue(connection).role(grant.role)
    version = role.at(at) if role else None
    until = None
    if grant.period.until < FOREVER and version is not None:
        until = min(grant.period.until, latest(version, at))
    wanted = Wanted(
        organisation=grant.organisation,
        role=grant.role,
        account=target,
        scopes=grant.scopes,
        until=until,
    )
    if grant.group is not None:
        return Tick(grant, wanted, (Objection("grant.through_group"),), (), ticked=False)
    found = service.examine(connection, actor, wanted, at)
    plain = version is not None and version.sensitivity == "normal"
    ticked = plain and not found.objections
    return Tick(grant, wanted, tuple(found.objections), tuple(found.warnings), ticked)
