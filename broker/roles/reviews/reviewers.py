"""Who may say what becomes of a grant under review."""

from datetime import datetime

from broker.db import Connection
from broker.errors import NotAllowed
from broker.organisations.model import Actor
from broker.organisations.permissions import Thing, demand
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants import store as grant_store
from broker.roles.grants.codebook import CodeBook
from broker.roles.grants.permitting import is_bound, kin_among, units_above
from broker.roles.reviews import store
from broker.roles.reviews.model import Item


def objection(
    connection: Connection, catalogue: Catalogue, actor: Actor, item: Item, at: datetime
) -> NotAllowed | None:
    """Why the actor may not decide an item: no mandate, or it is theirs, also by a group."""
    snapshot = item.snapshot
    # Members of now too: nobody joins a group to keep its roles.
    holders = set(snapshot.holders)
    if snapshot.group is not None:
        holders |= set(store.members(connection, {snapshot.group}, at).get(snapshot.group, ()))
    role = catalogue.role(snapshot.role)
    units = frozenset[str]()
    if is_bound(actor):
        facts = grant_store.people(connection, holders, at)
        homes = [one.home for one in facts.values()]
        version = role.at(at) if role else None
        units = units_above(homes, snapshot.scopes, version, CodeBook(connection, at))
    thing = Thing(
        federation=role.federation if role else "",
        organisation=snapshot.organisation,
        service=snapshot.service,
        subject=snapshot.account,
        others=(*holders, *kin_among(connection, actor, holders)),
        units=units,
    )
    try:
        demand(actor, "review.decide", thing)
    except NotAllowed as error:
        return error
    return None
