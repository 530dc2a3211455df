"""Work lists: what somebody may decide now, what one asked for, what the operator looks at."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from broker.db import Connection
from broker.errors import NotAllowed, Unknown
from broker.organisations.model import Actor
from broker.organisations.permissions import Thing, demand
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.requests import store
from broker.roles.requests.authority import authority, kinship, kinships
from broker.roles.requests.machine import standing
from broker.roles.requests.model import OPEN, Kinship, Standing
from broker.roles.requests.store import Filed


@dataclass(frozen=True, slots=True)
class Item:
    """A request on a list, and how it stands."""

    filed: Filed
    standing: Standing
    mine: bool  # forwarded to whoever looks, or claimed by them
    no_approver: bool = False  # nobody in the organisation may approve it


@dataclass(frozen=True, slots=True)
class RequestLists:
    """Lists that filter instead of failing: nobody sees what they may not decide."""

    catalogue: Callable[[Connection], Catalogue]

    def inbox(self, connection: Connection, actor: Actor, at: datetime) -> tuple[Item, ...]:
        """Everything the actor may decide now; one's own first, then what is due first."""
        mandates = actor.mandates
        found = store.open_requests(
            connection,
            at,
            organisations={one.organisation for one in mandates if one.organisation},
            services={(one.federation, one.service) for one in mandates if one.service},
            federations={one.federation for one in mandates if one.kind == "operator"},
        )
        catalogue = self.catalogue(connection)
        kin = kinships(connection, (filed.request for filed in found), actor)
        items = []
        for filed in found:
            now = standing(filed.request, at)
            if now.state in OPEN and _may(connection, catalogue, actor, filed, now, kin, at):
                items.append(_item(filed, now, actor))
        return tuple(sorted(items, key=lambda one: (not one.mine, one.standing.due or at)))

    def mine(self, connection: Connection, actor: Actor, at: datetime) -> tuple[Item, ...]:
        """What the actor asked for, or others for the actor, under any account; newest first."""
        own = actor.accounts | ({actor.account} if actor.account else frozenset())
        found = store.requests_of(connection, own, at)
        return tuple(_item(filed, standing(filed.request, at), actor) for filed in found)

    def alarms(
        self, connection: Connection, actor: Actor, federation: str, at: datetime
    ) -> tuple[Item, ...]:
        """What nobody can or does decide, the longest waiting first.

        Open requests of organisations without anybody who may approve them, and those that were
        escalated as far as that goes. Raises NotAllowed for all but operators.
        """
        demand(actor, "organisation.change", Thing(federation))
        orphaned = store.without_approver(connection, federation, at)
        items = []
        for filed in store.open_requests(connection, at, federations=(federation,)):
            now = standing(filed.request, at)
            alone = filed.request.id in orphaned and "org_approver" in now.approvers
            if now.state in OPEN and (alone or now.alarm):
                items.append(_item(filed, now, actor, no_approver=alone))
        return tuple(items)

    def one(self, connection: Connection, actor: Actor, request_id: UUID, at: datetime) -> Item:
        """One request, for who asked for it, whom it is for, and who may decide or read it.

        Raises Unknown("request.unknown") for everybody else too.
        """
        filed = store.filed(connection, request_id, at)
        if filed is None:
            raise Unknown("request.unknown", "no such request")
        now = standing(filed.request, at)
        request = filed.request
        if not actor.is_any_of(request.requester, request.subject):
            thing = Thing(filed.federation, request.organisation, filed.service)
            try:
                demand(actor, "report.read", thing)
            except NotAllowed as error:
                raise Unknown("request.unknown", error.code) from error
        return _item(filed, now, actor)

    def decides(self, connection: Connection, actor: Actor, item: Item, at: datetime) -> bool:
        """Whether the actor may answer a request now; the service asks again when they do."""
        if item.standing.state not in OPEN:
            return False
        catalogue, filed = self.catalogue(connection), item.filed
        kin = kinship(connection, filed.request, actor)
        return _may(connection, catalogue, actor, filed, item.standing, kin, at)


def _may(
    connection: Connection,
    catalogue: Catalogue,
    actor: Actor,
    filed: Filed,
    now: Standing,
    kin: Kinship,
    at: datetime,
) -> bool:
    role = catalogue.role(filed.request.role)
    if role is None:
        return False
    try:
        authority(connection, actor, filed.request, role, now, kin, at)
    except NotAllowed:
        return False
    return True


def _item(filed: Filed, now: Standing, actor: Actor, *, no_approver: bool = False) -> Item:
    mine = actor.is_any_of(filed.request.assigned_to, now.claimed_by)
    return Item(filed, now, mine, no_approver)
