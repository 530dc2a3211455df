"""What somebody has: every role that counts now or will, where it comes from, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from broker.db import Connection
from broker.organisations import store
from broker.organisations.model import Account
from broker.portals.organisation.wording import Named, Wording
from broker.roles.grants import store as grant_store
from broker.roles.grants.facts import Via
from broker.roles.grants.model import Grant
from broker.roles.grants.store.effective import entitlements, of_account
from broker.roles.model import ISSUING
from broker.roles.reasons import words
from broker.roles.requests import store as request_store
from broker.web.language import Text as _
from broker.web.language import said


@dataclass(frozen=True, slots=True)
class Held:
    """One role of a person or a group."""

    grant: Grant
    role: Named
    within: str
    via: Via
    via_name: str  # of the group or the role package
    counts: bool  # now
    why_not: str  # where it does not
    by: str
    number: str  # of the request that it came of


def version_of(grant: Grant) -> str:
    """Another one whenever somebody changed the grant."""
    return f"{grant.period.until.isoformat()} {grant.revoked_at or ''}"


def of_person(connection: Connection, wording: Wording, account: Account) -> tuple[Held, ...]:
    """Every role of somebody that runs or will, those of their groups too; by service and name."""
    at = wording.at
    groups = store.groups_of(connection, (account.id,), at)
    living = grant_store.living_of(connection, accounts=(account.id,), groups=groups, at=at)
    counting = {one.id for one in of_account(connection, account.id, at)}
    return _all(connection, wording, account.organisation, living, counting, account.state)


def of_group(
    connection: Connection, wording: Wording, group: UUID, organisation: UUID
) -> tuple[Held, ...]:
    """Every role of a group that runs or will."""
    living = grant_store.living_of(connection, accounts=(), groups=(group,), at=wording.at)
    counting = {one.id for one in living if one.state_at(wording.at) == "running"}
    return _all(connection, wording, organisation, living, counting, "active")


def one(connection: Connection, wording: Wording, grant: Grant) -> Held:
    """One grant."""
    return _all(connection, wording, grant.organisation, (grant,), {grant.id}, "active")[0]


def _all(
    connection: Connection,
    wording: Wording,
    organisation: UUID,
    living: Sequence[Grant],
    counting: set[UUID],
    state: str,
) -> tuple[Held, ...]:
    wording.learn(scope for grant in living for scope in grant.scopes)
    entitled = {one.role for one in entitlements(connection, organisation, wording.at)}
    teller = _Teller(connection, organisation, wording.at)
    found = []
    for grant in living:
        role = wording.role(grant.role)
        via, name = teller.way(grant)
        counts = grant.id in counting
        found.append(
            Held(
                grant,
                role,
                wording.within(role, grant.scopes),
                via,
                name,
                counts,
                "" if counts else _why_not(grant, role, entitled, state, wording.at),
                teller.name(grant.by_account),
                teller.number(grant),
            )
        )
    return tuple(sorted(found, key=_order))


def _order(held: Held) -> tuple[str, str, datetime]:
    return held.role.service.casefold(), held.role.name.casefold(), held.grant.period.since


def _why_not(grant: Grant, role: Named, entitled: set[UUID], state: str, at: datetime) -> str:
    if grant.state_at(at) == "future":
        return said(words("grant.future"))
    if state != "active":
        return said(words("account.state"))
    if grant.role not in entitled:
        return said(words("role.not_entitled"))
    if role.version is None or role.version.state not in ISSUING:
        return said(words("role.state"))
    return said(words("service.state"))


class _Teller:
    """Where grants come from, each name asked for once."""

    def __init__(self, connection: Connection, organisation: UUID, at: datetime) -> None:
        self._connection = connection
        self._organisation = organisation
        self._at = at
        self._names: dict[UUID, str] = {}

    def way(self, grant: Grant) -> tuple[Via, str]:
        """The way a grant came, and the name of the group or package."""
        if grant.group is not None:
            group = store.group(self._connection, grant.group)
            return "group", group.name if group else ""
        if grant.bundle is not None:
            bundle = grant_store.bundle(self._connection, grant.bundle)
            return "bundle", bundle.name if bundle else ""
        if grant.request is not None:
            return "request", ""
        return ("import" if grant.batch is not None else "direct"), ""

    def name(self, account: UUID | None) -> str:
        """Who gave it; somebody of another organisation is not named."""
        if account is None:
            return str(_("the operator"))
        if account not in self._names:
            found = store.account(self._connection, account, self._at)
            inside = found is not None and found.organisation == self._organisation
            outside = str(_("somebody outside the organisation"))
            self._names[account] = found.display_name if found and inside else outside
        return self._names[account]

    def number(self, grant: Grant) -> str:
        """The request that it came of, as one quotes it."""
        if grant.request is None:
            return ""
        made = request_store.request(self._connection, grant.request)
        return made.number if made else ""
