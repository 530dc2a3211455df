"""What a campaign is about: every grant as it was at the instant when it opened."""

from uuid import UUID

from broker.db import Connection
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants import store as grant_store
from broker.roles.grants.facts import Via
from broker.roles.grants.model import Grant
from broker.roles.model import Role
from broker.roles.reviews import store
from broker.roles.reviews.model import Item, NewReview, Review, Snapshot

_PRESENT = frozenset({"active", "pending"})


def freeze(connection: Connection, catalogue: Catalogue, review: Review) -> tuple[Item, ...]:
    """The items of a campaign; grants of people who left are among them."""
    plan = review.plan
    grants = store.population(connection, plan, _roles(catalogue, plan))
    groups = {one.group for one in grants if one.group is not None}
    members = store.members(connection, groups, plan.opens_at)
    everybody = {one.account for one in grants if one.account is not None}
    everybody |= {account for accounts in members.values() for account in accounts}
    facts = grant_store.people(connection, everybody, plan.opens_at)
    present = {account for account, one in facts.items() if one.state in _PRESENT}
    items = []
    for grant in grants:
        role = catalogue.role(grant.role)
        if role is not None:
            holders = (
                (grant.account,) if grant.account else members.get(grant.group or grant.id, ())
            )
            snapshot = _snapshot(grant, role, holders, plan, orphaned=not present & set(holders))
            items.append(Item(review.id, grant.id, snapshot))
    return tuple(items)


def _roles(catalogue: Catalogue, plan: NewReview) -> frozenset[UUID] | None:
    """The roles that a campaign is about; None is all."""
    if plan.service is None and not plan.only_sensitive:
        return None
    found = []
    for role in catalogue.roles:
        version = role.at(plan.opens_at)
        if role.federation != plan.federation or version is None:
            continue
        if plan.service is not None and role.service != plan.service:
            continue
        if not plan.only_sensitive or version.sensitivity != "normal":
            found.append(role.id)
    return frozenset(found)


def _snapshot(
    grant: Grant, role: Role, holders: tuple[UUID, ...], plan: NewReview, *, orphaned: bool
) -> Snapshot:
    version = role.at(plan.opens_at)
    return Snapshot(
        organisation=grant.organisation,
        role=role.id,
        role_urn=role.urn,
        service=role.service,
        sensitivity=version.sensitivity if version else "normal",
        scopes=grant.scopes,
        origin=_origin(grant),
        by=grant.by_label,
        granted_at=grant.granted_at,
        since=grant.period.since,
        until=grant.period.until,
        used_at=grant.used_at,
        account=grant.account,
        group=grant.group,
        holders=holders,
        orphaned=orphaned,
    )


def _origin(grant: Grant) -> Via:
    if grant.group is not None:
        return "group"
    if grant.bundle is not None:
        return "bundle"
    if grant.request is not None:
        return "request"
    return "direct" if grant.batch is None else "import"
