"""Giving a role where somebody else has to agree: what one may not give alone is asked for.

A role's own policy says who agrees. Where that is more than one approver in the organisation,
an administrator who gives the role sends a request instead, which somebody else decides. So
giving is no way round the approval that everybody else needs.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from broker.db import Connection
from broker.errors import NotAllowed, Unknown
from broker.organisations.model import Actor, Deed
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants import store
from broker.roles.grants.approvals import takes_others
from broker.roles.grants.changing import refuse
from broker.roles.grants.model import Given, Wanted
from broker.roles.grants.service import GrantService
from broker.roles.requests.model import Asked, Request
from broker.roles.requests.sending import Sender


@dataclass(frozen=True, slots=True)
class FourEyes:
    """Gives what one person may give, and asks for what takes another; as the caller's work."""

    grants: GrantService
    sender: Sender
    catalogue: Callable[[Connection], Catalogue]

    def asks(self, connection: Connection, role: UUID, at: datetime) -> bool:
        """Whether giving this role sends a request."""
        return bool(self.asked(connection, (role,), at))

    def asked(self, connection: Connection, roles: Iterable[UUID], at: datetime) -> frozenset[UUID]:
        """Those of these roles that send a request."""
        catalogue = self.catalogue(connection)
        return frozenset(one for one in roles if takes_others(catalogue, catalogue.role(one), at))

    def give(
        self, connection: Connection, actor: Actor, wanted: Wanted, deed: Deed
    ) -> Given | Request:
        """Give a role, or send the request for it.

        Raises NotAllowed as `GrantService.give` and `Sender.send` do, and `request.group`
        where a group would get a role that takes an approval.
        """
        if not self.asks(connection, wanted.role, deed.at):
            return self.grants.give(connection, actor, wanted, deed)
        if wanted.account is None:
            raise NotAllowed("request.group")
        # Whoever may not give it may not ask for it here: nobody begins with themselves.
        refuse(self.grants.examine(connection, actor, wanted, deed.at).objections)
        asked = Asked(
            "add",
            wanted.account,
            role=wanted.role,
            scopes=wanted.scopes,
            since=wanted.since,
            until=wanted.until,
        )
        return self._send(connection, actor, asked, deed)

    def give_all(
        self, connection: Connection, actor: Actor, wanted: Sequence[Wanted], deed: Deed
    ) -> tuple[Given | Request, ...]:
        """Several, all of them or none."""
        return tuple(self.give(connection, actor, one, deed) for one in wanted)

    def extend(
        self, connection: Connection, actor: Actor, grant: UUID, until: datetime, deed: Deed
    ) -> Given | Request:
        """Let a grant end later, or ask for that. Raises as `GrantService.extend`, `send` do."""
        known = store.grant(connection, grant)
        if known is None:
            raise Unknown("grant.unknown")
        if known.account is None or not self.asks(connection, known.role, deed.at):
            return self.grants.extend(connection, actor, grant, until, deed)
        if actor.is_any_of(known.account):
            raise NotAllowed("grant.oneself")
        asked = Asked("extend", known.account, grant=grant, until=until)
        return self._send(connection, actor, asked, deed)

    def _send(self, connection: Connection, actor: Actor, asked: Asked, deed: Deed) -> Request:
        (sent,) = self.sender.send(connection, actor, (asked,), deed)
        return sent
