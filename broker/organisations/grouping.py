"""Groups of an organisation: made, renamed, joined and left. Nobody joins one himself."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from broker.audit.events import GroupChanged, GroupMemberChanged
from broker.errors import Refused, Unknown
from broker.organisations import store, words
from broker.organisations.desk import Desk, Work
from broker.organisations.hooks import EverybodyMayJoin, MembershipGuard
from broker.organisations.model import Account, Actor, Deed, Group, Organisation
from broker.organisations.permissions import Thing
from broker.organisations.store import write_groups as rows
from broker.periods import Period


@dataclass(frozen=True, slots=True)
class GroupService:
    """What administrators do to groups."""

    desk: Desk
    guard: MembershipGuard = field(default_factory=EverybodyMayJoin)

    def create(self, actor: Actor, organisation_id: UUID, name: str, deed: Deed) -> UUID:
        """A new group. Raises Refused("group.exists" | "organisation.closed"), NotAllowed."""
        called = words.line("the name", name, words.GROUP)
        with self.desk.work(actor, deed) as work:
            home = work.open_organisation(organisation_id)
            work.demand("group.change", Thing(home.federation, home.id))
            made = rows.add_group(work.connection, home.id, called, deed.at, work.said())
            if made is None:
                raise Refused("group.exists", "the organisation has a group of that name")
            _record(work, home, made, "created")
        return made

    def rename(self, actor: Actor, group_id: UUID, name: str, deed: Deed) -> None:
        """Another name. Raises Refused("group.exists"), Unknown("group.unknown"), NotAllowed."""
        called = words.line("the name", name, words.GROUP)
        with self.desk.work(actor, deed) as work:
            group, home = _group(work, group_id)
            work.demand("group.change", Thing(home.federation, home.id))
            taken = rows.group_named(work.connection, home.id, called)
            if taken not in (None, group.id):
                raise Refused("group.exists", "the organisation has a group of that name")
            rows.rename_group(work.connection, group.id, called)
            _record(work, home, group.id, "renamed")

    def join(
        self,
        actor: Actor,
        group_id: UUID,
        account_id: UUID,
        deed: Deed,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> UUID:
        """Put somebody into a group for a while.

        Raises Refused("group.elsewhere" | "group.already" | "person.state"), Unknown, and
        NotAllowed, from what watches over the group's roles too.
        """
        with self.desk.work(actor, deed) as work:
            group, _ = _group(work, group_id)
            account = work.account(account_id)
            if account.organisation != group.organisation:
                raise Refused("group.elsewhere", "a group takes people of its own organisation")
            work.demand("group.member", work.about(account))
            if account.state == "left":
                raise Refused("person.state", "the account has left")
            period = work.period(since, until)
            for one in store.memberships(work.connection, group.id, deed.at):
                if one.account == account.id and one.period.meets(period):
                    raise Refused("group.already", "they are in the group then already")
            self.guard.joining(
                work.connection,
                group=group.id,
                account=account.id,
                period=period,
                actor=actor,
                at=deed.at,
            )
            made = rows.add_member(work.connection, group, account.id, period, work.said())
            _record_member(work, group, account, "added", period)
        return made

    def leave(self, actor: Actor, group_id: UUID, account_id: UUID, deed: Deed) -> None:
        """Take somebody out of a group now, and out of what is planned.

        Raises Refused("group.not_in"), Unknown, NotAllowed.
        """
        with self.desk.work(actor, deed) as work:
            group, _ = _group(work, group_id)
            account = work.account(account_id)
            work.demand("group.member", work.about(account))
            lasting = [
                one
                for one in rows.account_memberships(work.connection, account.id, deed.at)
                if one.group == group.id
            ]
            if not lasting:
                raise Refused("group.not_in", "they are not in the group")
            for one in lasting:
                rows.end_membership(work.connection, one.id, deed.at)
                _record_member(work, group, account, "removed", one.period)


def _group(work: Work, group_id: UUID) -> tuple[Group, Organisation]:
    """A group with its open organisation, locked. Raises Unknown("group.unknown")."""
    found = store.group(work.connection, group_id)
    if found is None:
        raise Unknown("group.unknown", "no such group")
    return found, work.open_organisation(found.organisation)


def _record(
    work: Work, home: Organisation, group: UUID, change: Literal["created", "renamed"]
) -> None:
    event = GroupChanged(
        federation=home.federation,
        organisation=str(home.id),
        group=str(group),
        change=change,
        reason=work.deed.reason,
        case_no=work.deed.case_no,
        by=work.actor.by,
        seat=work.actor.seat,
    )
    work.record(event)


def _record_member(
    work: Work,
    group: Group,
    account: Account,
    change: Literal["added", "removed"],
    period: Period,
) -> None:
    ends = period.ends
    event = GroupMemberChanged(
        federation=account.federation,
        organisation=str(group.organisation),
        group=str(group.id),
        account=str(account.id),
        change=change,
        since=period.since.isoformat(),
        until=None if ends is None else ends.isoformat(),
        reason=work.deed.reason,
        case_no=work.deed.case_no,
        by=work.actor.by,
        seat=work.actor.seat,
    )
    work.record(event)
