"""Accounts that are one person: two in one organisation become one, others are confirmed."""

import uuid
from uuid import UUID

from broker.audit.events import AccountMerged, HumanConfirmed
from broker.errors import NotAllowed, Refused
from broker.identities.store import IdentityStore
from broker.organisations import store
from broker.organisations.desk import Work
from broker.organisations.hooks import MembershipGuard, Moved, Mover
from broker.organisations.model import Account, Group
from broker.organisations.store import linked as keys
from broker.organisations.store import write_accounts as rows
from broker.organisations.store.moving import move_mandates, move_memberships
from broker.periods import Period


def merge_accounts(
    work: Work,
    identities: IdentityStore,
    kept_id: UUID,
    gone_id: UUID,
    mover: Mover,
    guard: MembershipGuard,
) -> int:
    """One account takes over the other's logins, mandates, groups and grants; how many grants.

    Raises Refused("person.merge_itself" | "person.merge_elsewhere" | "person.state" |
    "person.suspended"), NotAllowed("identity.two_people" | "identity.several_organisations" | …).
    """
    if kept_id == gone_id:
        raise Refused("person.merge_itself", "an account cannot be merged with itself")
    both = {one: work.account(one) for one in sorted({kept_id, gone_id})}
    kept, gone = both[kept_id], both[gone_id]
    if kept.organisation != gone.organisation:
        why = "they are in two organisations; confirm that they are one human being instead"
        raise Refused("person.merge_elsewhere", why)
    for one in (kept, gone):
        work.demand_for_human("person.merge", one)
        if one.state == "left":
            raise Refused("person.state", "one of the accounts has left")
    if gone_id not in store.same_human(work.connection, kept_id):
        for one in (kept, gone):
            work.demand_reach(one)
        guard.uniting(work.connection, accounts=both, actor=work.actor, at=work.deed.at)
    if kept.state != gone.state and "suspended" in (kept.state, gone.state):
        why = "one of the accounts is suspended; let that one return, or suspend both"
        raise Refused("person.suspended", why)
    _one_person(work, identities, kept, gone)
    at, connection = work.deed.at, work.connection
    keys.copy_keys(connection, gone.id, kept.id)
    keys.withdraw_claims(connection, gone.id, at)
    accounts = {gone.id: kept.id}
    before = work.administrators(kept.organisation, at)
    move_mandates(connection, accounts, kept.organisation, at, work.said())
    groups = {group.id: group for group in store.groups(connection, kept.organisation)}

    def joining(group: Group, account: UUID, period: Period) -> None:
        guard.joining(
            connection, group=group.id, account=account, period=period, actor=work.actor, at=at
        )

    move_memberships(connection, accounts, groups, at, work.said(), joining)
    moved = Moved(kept.organisation, kept.organisation, accounts)
    grants = mover.move(connection, moved, work.actor, work.deed)
    rows.account_from(connection, gone.id, at, {"state": "left", **work.said()})
    rows.account_merged(connection, gone.id, kept.id, at, work.said())
    event = AccountMerged(
        federation=kept.federation,
        organisation=str(kept.organisation),
        old=str(gone.id),
        new=str(kept.id),
        grants=grants,
        reason=work.deed.reason,
        case_no=work.deed.case_no,
        by=work.actor.by,
        seat=work.actor.seat,
    )
    work.record(event)
    work.alarm(kept.organisation, kept.federation, before, at)
    return grants


def confirm_human(work: Work, identities: IdentityStore, accounts: tuple[UUID, ...]) -> UUID:
    """Say that accounts are one human being, so that one login may act for all of them.

    Raises Refused("person.confirm_two" | "person.confirm_same_organisation"), NotAllowed(
    "identity.two_people" | …).
    """
    if len(set(accounts)) < 2:
        raise Refused("person.confirm_two", "name two accounts or more")
    homes = set()
    for one in accounts:
        found = store.account(work.connection, one, work.deed.at)
        homes |= {found.organisation} if found else set()
    for home in sorted(homes):
        work.open_organisation(home)
    named = [work.account(one) for one in sorted(set(accounts))]
    kin: frozenset[UUID] = frozenset()
    for account in named:
        work.demand_for_human("person.merge", account)
        work.demand_reach(account)
        kin |= store.same_human(work.connection, account.id)
    _distinct_homes(work, kin)
    _one_citizen(work, identities, kin)
    known = sorted(account.human for account in named if account.human is not None)
    human = known[0] if known else uuid.uuid4()
    rows.human_of(work.connection, kin, human)
    event = HumanConfirmed(
        federation=named[0].federation,
        accounts=tuple(str(one) for one in sorted(kin)),
        reason=work.deed.reason,
        case_no=work.deed.case_no,
        by=work.actor.by,
        seat=work.actor.seat,
    )
    work.record(event)
    return human


def _one_person(work: Work, identities: IdentityStore, kept: Account, gone: Account) -> None:
    """Every login that found the one that goes finds the one that is kept."""
    _one_citizen(work, identities, frozenset({kept.id, gone.id}))
    connection, old = work.connection, gone.person
    kin = store.same_human(connection, kept.id) | store.same_human(connection, gone.id)
    if old is not None and kept.person is not None and old != kept.person:
        taken = _homes(work, kept.person)
        for other_id in rows.accounts_of(connection, old):
            rows.person_of(connection, other_id, None)
            # Where both had accounts elsewhere too, a login finds the one of the person kept.
            other = store.account(connection, other_id, work.deed.at)
            if other is not None and other.organisation not in taken:
                rows.person_of(connection, other_id, kept.person)
        identities.hand_over(connection, old, kept.person)
    elif old is not None and kept.person is None:
        rows.person_of(connection, gone.id, None)
        rows.person_of(connection, kept.id, old)
    rows.human_of(connection, kin, kept.human or gone.human or uuid.uuid4())


def _homes(work: Work, person: UUID) -> frozenset[UUID]:
    """The organisations in which a login of the person finds an account, in whatever state."""
    found = (
        store.account(work.connection, one, work.deed.at)
        for one in rows.accounts_of(work.connection, person)
    )
    return frozenset(one.organisation for one in found if one is not None)


def _one_citizen(work: Work, identities: IdentityStore, accounts: frozenset[UUID]) -> None:
    """Two accounts that are bound to two citizens are two people."""
    citizens = set()
    for one in accounts:
        account = store.account(work.connection, one, work.deed.at)
        person = account.person if account else None
        if person is not None and "cpr-uuid" in identities.kinds(work.connection, person):
            citizens.add(person)
    if len(citizens) > 1:
        why = "they have signed in as two different citizens; they cannot be one"
        raise NotAllowed("identity.two_people", why)


def _distinct_homes(work: Work, accounts: frozenset[UUID]) -> None:
    """One human being has one account in each organisation."""
    homes = []
    for one in accounts:
        account = store.account(work.connection, one, work.deed.at)
        if account is not None and account.state != "left":
            homes.append(account.organisation)
    if len(set(homes)) < len(homes):
        why = "two of the accounts are in one organisation; merge those instead"
        raise Refused("person.confirm_same_organisation", why)
