"""Who administers, approves and works where: to whom something matters, whatever they are called.

Accounts that are active now; whoever did a thing is told of it by the page that did it.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from broker.db import Connection
from broker.organisations import store
from broker.organisations.model import Mandate, MandateKind
from broker.organisations.store import write_mandates
from broker.organisations.store.read_mandates import federation_mandates
from broker.roles.model import Approver
from broker.roles.requests.machine import standing
from broker.roles.requests.store import Filed

ADMINISTRATORS: tuple[MandateKind, ...] = ("org_chief", "org_admin")
APPROVERS: tuple[MandateKind, ...] = ("org_approver",)
CHIEFS: tuple[MandateKind, ...] = ("org_chief",)
EVERYBODY: tuple[MandateKind, ...] = ("org_chief", "org_admin", "org_approver", "org_reader")


def holders(
    connection: Connection, organisation: UUID, kinds: Collection[MandateKind], at: datetime
) -> frozenset[UUID]:
    """Accounts with one of these mandates in an organisation, and who stands in for them."""
    held = write_mandates.mandates_in(connection, organisation, at)
    wanted = [one for one in held if one.kind in kinds and one.period.covers(at)]
    return _present(connection, _with_substitutes(connection, wanted, at), at)


def approvers(connection: Connection, filed: Filed, at: datetime) -> frozenset[UUID]:
    """Who may decide a request as it stands now; whom it was forwarded to alone, where it was."""
    request = filed.request
    if request.assigned_to is not None:
        return _present(connection, {request.assigned_to}, at)
    found: set[UUID] = set()
    for approver in standing(request, at).approvers:
        found |= _of(connection, filed, approver, at)
    return frozenset(found) - {request.requester, request.subject}


def _of(connection: Connection, filed: Filed, approver: Approver, at: datetime) -> frozenset[UUID]:
    home = filed.request.organisation
    if approver == "org_approver":
        # Administrators decide too, and are asked where nobody else is there for it.
        return holders(connection, home, APPROVERS, at) or holders(
            connection, home, ADMINISTRATORS, at
        )
    if approver == "org_chief":
        return holders(connection, home, CHIEFS, at)
    held = federation_mandates(connection, filed.federation, approver, at)
    if approver == "service_owner":
        held = tuple(one for one in held if one.service == filed.service)
    return _present(connection, _with_substitutes(connection, held, at), at)


def _with_substitutes(
    connection: Connection, mandates: Iterable[Mandate], at: datetime
) -> set[UUID]:
    found = set()
    for one in mandates:
        found.add(one.account)
        standing_in = write_mandates.substitutes(connection, one.id, at)
        found |= {it.substitute for it in standing_in if it.period.covers(at)}
    return found


def _present(connection: Connection, accounts: Collection[UUID], at: datetime) -> frozenset[UUID]:
    known = {one: store.account(connection, one, at) for one in accounts}
    return frozenset(one for one, it in known.items() if it and it.state in ("active", "pending"))
