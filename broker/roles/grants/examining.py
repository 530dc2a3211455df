"""Whether a grant may be given: every rule asked, every objection told.

One question, one answer: what is given, what a preview shows and what an import says of each
row come from the same examination, so that they never differ.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from broker.db import Connection
from broker.organisations.model import Actor, Mandate, Organisation
from broker.organisations.permissions import Action, Thing
from broker.organisations.store import group, organisation
from broker.periods import FOREVER, Period
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants import store
from broker.roles.grants.codebook import CodeBook
from broker.roles.grants.meeting import meetings
from broker.roles.grants.model import EntitlementRecord, Objection, Wanted
from broker.roles.grants.permitting import is_bound, kin_among, permit, units_above
from broker.roles.grants.scopes import canonical, outside, own, scope_key, taken
from broker.roles.grants.store.people import Facts
from broker.roles.grants.terms import term
from broker.roles.model import ISSUING, OPEN, Role, RoleVersion

# What is asked of a grant: a new one meets every rule, one that goes on need not be of a role
# that new people get, one that moves with its organisation takes nobody's mandate, and one
# that is narrowed only has to be delimited as it should.
Depth = Literal["new", "longer", "moved", "narrower"]


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody wants to do at an instant, under which action of the permission table.

    No actor is a policy that approves at once.
    """

    wanted: Wanted
    at: datetime
    actor: Actor | None
    action: Action = "grant.give"
    depth: Depth = "new"
    period: Period | None = None  # as it is, where it is not asked for anew
    besides: frozenset[UUID] = frozenset()  # grants that it takes the place of
    newcomer: Facts | None = None  # who will have the account that is wanted for, once it is made


@dataclass(slots=True)
class Findings:
    """What an examination found; it may be given where nothing objects."""

    organisation: Organisation | None = None
    role: Role | None = None
    version: RoleVersion | None = None
    period: Period | None = None
    mandate: Mandate | None = None
    people: tuple[UUID, ...] = ()
    objections: list[Objection] = field(default_factory=list)
    warnings: list[Objection] = field(default_factory=list)


def examine(connection: Connection, catalogue: Catalogue, question: Question) -> Findings:
    """Every objection to what is wanted, those about who and where first."""
    found = Findings()
    wanted, at = question.wanted, question.at
    found.organisation = organisation(connection, wanted.organisation, at)
    if found.organisation is None:
        found.objections.append(Objection("grant.organisation_state"))
        return found
    if found.organisation.state != "active" and question.depth != "moved":
        found.objections.append(Objection("grant.organisation_state"))
    _find_role(catalogue, found, question)
    begins = found.period.since if found.period else max(wanted.since or at, at)
    holders = _holders(connection, found, question, begins)
    if holders is None:
        found.objections.append(Objection("grant.holder"))
        return found
    codes = CodeBook(connection, begins)
    found.mandate = _permit(connection, found, question, holders, codes)
    if found.role is None or found.version is None or found.period is None:
        return found
    if question.depth != "narrower" and wanted.account is not None:
        state = holders[wanted.account].state
        if state not in ("active", "pending"):
            found.objections.append(Objection("grant.account_state"))
    _delimit(connection, catalogue, found, question, holders, codes)
    _compare(connection, catalogue, found, question)
    return found


def _find_role(catalogue: Catalogue, found: Findings, question: Question) -> None:
    wanted, at = question.wanted, question.at
    role = catalogue.role(wanted.role)
    begins = max(wanted.since or at, at)
    version = role.at(begins) if role else None
    if role is None or version is None or role.federation != _federation(found):
        found.objections.append(Objection("grant.role_unknown"))
        return
    found.role, found.version = role, version
    if question.depth != "narrower":
        allowed = frozenset({"active"}) if question.depth == "new" else ISSUING
        if version.state not in allowed:
            found.objections.append(Objection("grant.role_state", version.state))
        state = _closed_service(catalogue, role, begins)
        if state is not None:
            found.objections.append(Objection("grant.service_state", state))
    if question.period is not None:
        found.period = question.period
        return
    period = term(version, wanted.since, wanted.until, at)
    if isinstance(period, Objection):
        found.objections.append(period)
    else:
        found.period = period


def _federation(found: Findings) -> str:
    return found.organisation.federation if found.organisation else ""


def _closed_service(catalogue: Catalogue, role: Role, at: datetime) -> str | None:
    """The state of the role's service where that is not open; a national role has none."""
    if role.service is None:
        return None
    service = catalogue.service(role.federation, role.service)
    version = service.at(at) if service else None
    if version is None:
        return "draft"
    return None if version.state in OPEN else version.state


def _holders(
    connection: Connection, found: Findings, question: Question, begins: datetime
) -> dict[UUID, Facts] | None:
    """The people that the grant would be of; None where its holder is not there."""
    wanted = question.wanted
    if question.newcomer is not None:
        found.people = (question.newcomer.account,)
        return {question.newcomer.account: question.newcomer}
    if wanted.account is not None:
        facts = store.people(connection, (wanted.account,), begins)
        one = facts.get(wanted.account)
        found.people = (wanted.account,)
        return facts if one and one.organisation == wanted.organisation else None
    known = group(connection, wanted.group) if wanted.group else None
    if known is None or known.organisation != wanted.organisation:
        return None
    during = found.period or Period(begins, FOREVER)
    found.people = store.members_during(connection, known.id, during)
    return store.people(connection, found.people, begins)


def _permit(
    connection: Connection,
    found: Findings,
    question: Question,
    holders: dict[UUID, Facts],
    codes: CodeBook,
) -> Mandate | None:
    actor, wanted = question.actor, question.wanted
    if question.depth == "moved":
        return None
    if actor is None:
        if found.version is not None and found.version.sensitivity != "normal":
            found.objections.append(Objection("grant.policy_sensitive"))
        return None
    units = frozenset[str]()
    if is_bound(actor):
        homes = [facts.home for facts in holders.values()]
        units = units_above(homes, wanted.scopes, found.version, codes)
    thing = Thing(
        federation=_federation(found),
        organisation=wanted.organisation,
        service=found.role.service if found.role else None,
        subject=wanted.account,
        others=(*found.people, *kin_among(connection, actor, found.people)),
        units=units,
    )
    mandate, objection = permit(connection, actor, question.action, thing, question.at)
    if objection is not None:
        found.objections.insert(0, objection)
    return mandate


def _delimit(
    connection: Connection,
    catalogue: Catalogue,
    found: Findings,
    question: Question,
    holders: dict[UUID, Facts],
    codes: CodeBook,
) -> None:
    wanted, version, period = question.wanted, found.version, found.period
    if version is None or period is None or found.organisation is None or found.role is None:
        return
    scopes = canonical(wanted.scopes)
    whole = is_read_whole(catalogue, found.role, period.since)
    found.objections.extend(taken(scopes, version, catalogue.types, codes, whole=whole))
    rights = [
        one
        for one in store.entitlements_of(connection, wanted.organisation, wanted.role)
        if one.period.since < period.until and one.until > period.since
    ]
    homes = sorted({facts.home for facts in holders.values()}, key=lambda home: home or "")
    if wanted.account is not None:
        for home in homes:
            found.objections.extend(own(scopes, home, catalogue.types, codes, whole=whole))
    if not any(one.holds_at(period.since) for one in rights):
        found.objections.append(Objection("grant.not_entitled"))
    cvr = found.organisation.cvr
    for right in rights:
        for home in homes or [None]:
            beyond = outside(scopes, home, cvr, right.ceiling, catalogue.types, codes)
            found.objections.extend(beyond)
    found.objections[:] = dict.fromkeys(found.objections)
    ends = _covered_until(rights, period)
    if ends is not None and ends < period.until:
        found.warnings.append(Objection("remark.entitlement_ends", f"{ends:%Y-%m-%d}"))


def is_read_whole(catalogue: Catalogue, role: Role, at: datetime) -> bool:
    """Whether a service that is told the role takes a code for everything below it."""
    for service in catalogue.services:
        version = service.at(at)
        if version is None or service.federation != role.federation or version.subtree != "code":
            continue
        if service.code == role.service or role.urn in version.national:
            return True
    return False


def _covered_until(rights: list[EntitlementRecord], period: Period) -> datetime | None:
    """Until when the organisation is entitled without a gap, from when the grant begins."""
    covered = None
    for right in sorted(rights, key=lambda one: one.period.since):
        if right.period.since <= (covered or period.since) < right.until:
            covered = right.until
    return covered


def _compare(
    connection: Connection, catalogue: Catalogue, found: Findings, question: Question
) -> None:
    """Against what the holder has already: the same again, conflicts, and how many have it."""
    wanted, version, period = question.wanted, found.version, found.period
    if version is None or period is None or found.role is None:
        return
    if store.is_given(
        connection,
        account=wanted.account,
        group=wanted.group,
        role=wanted.role,
        key=scope_key(wanted.scopes),
        period=period,
        besides=question.besides,
    ):
        found.objections.append(Objection("grant.duplicate"))
    if question.depth == "narrower":
        return
    gains = {found.role.id: period}
    met = meetings(connection, catalogue, gains, found.people, question.besides)
    found.objections.extend(_told(met.blocking, "grant.conflict"))
    found.warnings.extend(_told(met.excepted, "remark.excepted"))
    found.warnings.extend(_told(met.warned, "remark.conflict"))
    if version.max_holders is not None and question.depth == "new":
        have = store.holders(connection, wanted.organisation, wanted.role, period.since)
        if len(have.union(found.people)) > version.max_holders:
            found.warnings.append(Objection("remark.max_holders", str(version.max_holders)))


def _told(rules: Collection[str], code: str) -> Iterator[Objection]:
    return (Objection(code, rule) for rule in sorted(rules))
