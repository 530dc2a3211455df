"""Organisations merge: one becomes part of another, with its people, mandates, groups, grants.

People who are in both already become one account each: the same login says so, or the plan
does. The old accounts, mandates and memberships end and stay as history.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from broker.audit.events import OrganisationMerged
from broker.db import Connection
from broker.errors import Refused, Unknown
from broker.organisations import store
from broker.organisations.desk import Work
from broker.organisations.hooks import MembershipGuard, Moved, Mover
from broker.organisations.model import Account, Actor, Group, Organisation
from broker.organisations.permissions import Thing, demand
from broker.organisations.store import write_accounts, write_organisations
from broker.organisations.store.linked import copy_keys, withdraw_claims
from broker.organisations.store.moving import move_mandates, move_memberships
from broker.organisations.store.read_accounts import everybody
from broker.organisations.store.write_groups import add_group, group_named
from broker.organisations.store.write_mandates import mandates_in
from broker.periods import Period

_STAYING = frozenset({"pending", "active", "suspended"})


@dataclass(frozen=True, slots=True)
class MergePlan:
    """Which organisation becomes part of which; `same` pairs people who are in both."""

    old: UUID
    new: UUID
    same: Mapping[UUID, UUID] = field(default_factory=dict)  # account of the old to one of the new


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What moves. A merge answers with the same, once it is done."""

    joined: Mapping[UUID, UUID]  # accounts that become one with an account that is there
    moved: tuple[UUID, ...]  # accounts that get a new one
    namesakes: tuple[tuple[UUID, UUID], ...]  # same name or mail, not paired: look at them
    groups: Mapping[str, str]  # name now, and name there
    mandates: int
    grants: int


def preview(
    connection: Connection, actor: Actor, plan: MergePlan, at: datetime, mover: Mover
) -> MergePreview:
    """What `merge` would do now. Raises what it does for the two organisations and the plan."""
    old = store.organisation(connection, plan.old, at)
    new = store.organisation(connection, plan.new, at)
    if old is None or new is None:
        raise Unknown("organisation.unknown", "no such organisation")
    for one in (old, new):
        demand(actor, "organisation.merge", Thing(one.federation, one.id))
    return _preview(connection, old, new, plan, at, mover)


def merge(work: Work, plan: MergePlan, mover: Mover, guard: MembershipGuard) -> MergePreview:
    """Do it, in the transaction of the work."""
    both = {one: work.organisation(one) for one in sorted({plan.old, plan.new})}
    old, new = both[plan.old], both[plan.new]
    for one in both.values():
        work.demand("organisation.merge", Thing(one.federation, one.id))
    at, connection = work.deed.at, work.connection
    shown = _preview(connection, old, new, plan, at, mover)
    store.lock_account(connection, *shown.joined, *shown.joined.values(), *shown.moved)
    accounts = _move_people(work, old, new, shown)
    groups = {
        group.id: _group_there(work, new, shown.groups[group.name])
        for group in store.groups(connection, old.id)
    }
    mandates = move_mandates(connection, accounts, new.id, at, work.said())

    def joining(group: Group, account: UUID, period: Period) -> None:
        guard.joining(
            connection, group=group.id, account=account, period=period, actor=work.actor, at=at
        )

    move_memberships(connection, accounts, groups, at, work.said(), joining)
    ids = {group: there.id for group, there in groups.items()}
    moved = Moved(old.id, new.id, accounts, ids)
    grants = mover.move(connection, moved, work.actor, work.deed)
    write_organisations.organisation_from(
        connection, old.id, at, {"state": "closed", **work.said()}
    )
    write_organisations.organisation_merged(connection, old.id, new.id, at, work.said())
    event = OrganisationMerged(
        federation=old.federation,
        old=str(old.id),
        new=str(new.id),
        accounts=len(accounts),
        mandates=mandates,
        groups=len(groups),
        grants=grants,
        reason=work.deed.reason,
        case_no=work.deed.case_no,
        by=work.actor.by,
        seat=work.actor.seat,
    )
    work.record(event)
    return MergePreview(
        joined=shown.joined,
        moved=shown.moved,
        namesakes=shown.namesakes,
        groups=shown.groups,
        mandates=mandates,
        grants=grants,
    )


def _preview(
    connection: Connection,
    old: Organisation,
    new: Organisation,
    plan: MergePlan,
    at: datetime,
    mover: Mover,
) -> MergePreview:
    if old.id == new.id:
        raise Refused("merge.itself", "an organisation cannot be merged with itself")
    if old.federation != new.federation:
        raise Refused("merge.federation", "the two organisations are in different federations")
    for one in (old, new):
        if one.state == "closed":
            raise Refused("organisation.closed", "one of the organisations is closed already")
    leaving = [one for one in everybody(connection, old.id, at) if one.state in _STAYING]
    there = everybody(connection, new.id, at)
    joined = _pairs(leaving, there, plan.same)
    _check_suspended(joined, leaving, there)
    names = {group.name for group in store.groups(connection, new.id)}
    return MergePreview(
        joined=joined,
        moved=tuple(one.id for one in leaving if one.id not in joined),
        namesakes=tuple(
            (one.id, other.id)
            for one in leaving
            for other in there
            if one.id not in joined and other.state in _STAYING and _alike(one, other)
        ),
        groups={
            group.name: _free_name(group.name, old.cvr, names)
            for group in store.groups(connection, old.id)
        },
        mandates=len(mandates_in(connection, old.id, at)),
        grants=mover.count(connection, old.id, at),
    )


def _pairs(
    leaving: list[Account], there: list[Account], same: Mapping[UUID, UUID]
) -> dict[UUID, UUID]:
    """Who is in both: by the plan, and by the login that finds both."""
    by_id = {one.id: one for one in there if one.state in _STAYING}
    by_person = {one.person: one.id for one in there if one.person is not None}
    known = {one.id for one in leaving}
    if not same.keys() <= known or not set(same.values()) <= by_id.keys():
        words = "the plan pairs an account that is not there, or has left"
        raise Refused("merge.mapping", words)
    pairs = dict(same)
    for one in leaving:
        found = by_person.get(one.person) if one.person is not None else None
        if found is None:
            continue
        if found not in by_id or pairs.setdefault(one.id, found) != found:
            words = "a person has two accounts in the new organisation; merge or return them first"
            raise Refused("merge.mapping", words)
    if len(set(pairs.values())) < len(pairs):
        raise Refused("merge.mapping", "two people of the old organisation would become one")
    return pairs


def _check_suspended(
    joined: Mapping[UUID, UUID], leaving: list[Account], there: list[Account]
) -> None:
    """Whoever is suspended in one of the two is not let back in by the other's account."""
    states = {one.id: one.state for one in (*leaving, *there)}
    for old, new in joined.items():
        if states[old] != states[new] and "suspended" in (states[old], states[new]):
            words = "somebody in both is suspended in one; let them return, or suspend both"
            raise Refused("merge.suspended", words)


def _alike(one: Account, other: Account) -> bool:
    mails = one.email and other.email and one.email.casefold() == other.email.casefold()
    return bool(mails) or one.display_name.casefold() == other.display_name.casefold()


def _free_name(name: str, cvr: str, taken: set[str]) -> str:
    """The name there: the same, or with the old CVR number behind it where that is taken."""
    if name not in taken:
        return name
    tail, number = f" ({cvr})", 2
    free = f"{name[: 120 - len(tail)]}{tail}"
    while free in taken:
        tail, number = f" ({cvr}, {number})", number + 1
        free = f"{name[: 120 - len(tail)]}{tail}"
    return free


def _move_people(
    work: Work, old: Organisation, new: Organisation, shown: MergePreview
) -> dict[UUID, UUID]:
    """Every account gets its new one, or the one that is there; the old ones leave now."""
    at, connection = work.deed.at, work.connection
    accounts: dict[UUID, UUID] = {}
    for one in everybody(connection, old.id, at):
        if one.id not in shown.joined and one.id not in shown.moved:
            continue
        target = shown.joined.get(one.id)
        if target is None:
            target = write_accounts.add_account(connection, new.id, at, person=one.person)
            _retell(work, one, target)
        elif one.person is not None and _nobody(work, target):
            write_accounts.person_of(connection, target, one.person)
        accounts[one.id] = target
        kin = store.same_human(connection, one.id) | store.same_human(connection, target)
        write_accounts.human_of(connection, kin, one.human or uuid.uuid4())
        copy_keys(connection, one.id, target)
        withdraw_claims(connection, one.id, at)
        write_accounts.account_from(connection, one.id, at, {"state": "left", **work.said()})
        write_accounts.account_merged(connection, one.id, target, at, work.said())
    return accounts


def _retell(work: Work, one: Account, target: UUID) -> None:
    """What the old account is now and is planned to be, said of the new one."""
    for row in store.account_history(work.connection, one.id):
        if row["until"] <= work.deed.at:
            continue
        said = {
            "state": row["state"],
            "display_name": row["display_name"],
            "email": row["email"],
            "home_code": row["home_code"],
        }
        since = max(row["since"], work.deed.at)
        write_accounts.account_from(work.connection, target, since, said | work.said())


def _nobody(work: Work, account_id: UUID) -> bool:
    found = store.account(work.connection, account_id, work.deed.at)
    return found is not None and found.person is None


def _group_there(work: Work, new: Organisation, name: str) -> Group:
    at, connection = work.deed.at, work.connection
    made = add_group(connection, new.id, name, at, work.said())
    found = made or group_named(connection, new.id, name)
    if found is None:
        raise Refused("merge.mapping", "a group changed meanwhile; look at the preview again")
    return Group(found, new.id, name)
