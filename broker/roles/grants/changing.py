"""What every change of a grant begins with: the grant, locked, and who may change it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from broker.db import Connection
from broker.errors import NotAllowed, Unknown
from broker.organisations.model import Actor, Deed
from broker.organisations.permissions import Action, Thing
from broker.organisations.store import lock_organisation, organisation
from broker.periods import Period
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants import store
from broker.roles.grants.codebook import CodeBook
from broker.roles.grants.examining import Findings
from broker.roles.grants.facts import Scope
from broker.roles.grants.model import Grant, Objection, Wanted
from broker.roles.grants.permitting import is_bound, kin_among, permit, units_above
from broker.roles.grants.telling import Record


def living(connection: Connection, grant_id: UUID, at: datetime) -> Grant:
    """A grant that runs or will, with its organisation locked until the transaction ends.

    Raises Unknown("grant.unknown") and NotAllowed("grant.ended" | "grant.revoked").
    """
    known = store.grant(connection, grant_id)
    if known is None:
        raise Unknown("grant.unknown")
    lock_organisation(connection, known.organisation)
    grant = store.grant(connection, grant_id) or known
    if grant.revoked_at is not None:
        raise NotAllowed("grant.revoked")
    if grant.state_at(at) == "ended":
        raise NotAllowed("grant.ended")
    return grant


def about(connection: Connection, catalogue: Catalogue, grant: Grant, at: datetime) -> Findings:
    """The organisation and the role of a grant, with nobody's permission yet."""
    home = organisation(connection, grant.organisation, at)
    return Findings(organisation=home, role=catalogue.role(grant.role))


def permitted(
    connection: Connection,
    catalogue: Catalogue,
    actor: Actor,
    grant: Grant,
    at: datetime,
    action: Action,
) -> Findings:
    """By which mandate the actor may end a grant, now or at a date. Raises NotAllowed."""
    found = about(connection, catalogue, grant, at)
    people: tuple[UUID, ...] = (grant.account,) if grant.account else ()
    if grant.group is not None:
        people = store.members_during(connection, grant.group, Period(at, grant.period.until))
    found.people = people
    units = frozenset[str]()
    if is_bound(actor):
        homes = [one.home for one in store.people(connection, people, at).values()]
        units = units_above(homes, (), None, CodeBook(connection, at))
    thing = Thing(
        federation=found.organisation.federation if found.organisation else "",
        organisation=grant.organisation,
        service=found.role.service if found.role else None,
        subject=grant.account,
        others=(*people, *kin_among(connection, actor, people)),
        units=units,
    )
    found.mandate, objection = permit(connection, actor, action, thing, at)
    refuse([objection] if objection else [])
    return found


def refuse(objections: Sequence[Objection]) -> None:
    """Raise NotAllowed with the code of the first objection, if there is one."""
    for objection in objections:
        raise NotAllowed(objection.code, objection.what)


def record_of(actor: Actor, found: Findings, deed: Deed) -> Record:
    """Who does it, for the trail."""
    federation = found.organisation.federation if found.organisation else ""
    urn = found.role.urn if found.role else ""
    return Record(actor, found.mandate, deed, federation, urn)


def again(grant: Grant, scopes: Sequence[Scope], since: datetime, until: datetime) -> Wanted:
    """What a grant would be asked for as, if it were asked for now."""
    return Wanted(
        organisation=grant.organisation,
        role=grant.role,
        account=grant.account,
        group=grant.group,
        scopes=tuple(scopes),
        since=since,
        until=until,
    )
