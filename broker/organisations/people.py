"""People in an organisation: added, changed, moved, suspended, gone, and back again.

Each call is one transaction with its audit rows. `uniting` has accounts that are one person.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from broker.audit.events import AccountChanged
from broker.audit.events.people import AccountChange
from broker.errors import Refused
from broker.identities.store import IdentityStore
from broker.organisations import store, words
from broker.organisations.claims import issue
from broker.organisations.desk import Desk, Work
from broker.organisations.hooks import EverybodyMayJoin, MembershipGuard, Mover, NothingToMove
from broker.organisations.linking import Asserted, link
from broker.organisations.model import Account, AccountState, Actor, Deed
from broker.organisations.permissions import Action, Thing
from broker.organisations.service import Changed, few_administrators
from broker.organisations.store import linked as keys
from broker.organisations.store import write_accounts as rows
from broker.organisations.uniting import confirm_human, merge_accounts

UNDO = timedelta(days=30)  # how long somebody who left can come back to what they had

_FROM: dict[AccountChange, tuple[AccountState, ...]] = {
    "suspended": ("active",),
    "returned": ("suspended",),
    "left": ("pending", "active", "suspended"),
}


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Whom to add, and how they will sign in; with a code where that is not known yet."""

    display_name: str = field(repr=False)
    email: str | None = field(default=None, repr=False)
    home_code: str | None = None
    identity: Asserted | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """A new account; the code is shown once and never again."""

    account: UUID
    code: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class PeopleService:
    """What administrators do to the people of their organisation."""

    desk: Desk
    identities: IdentityStore
    mover: Mover = field(default_factory=NothingToMove)
    guard: MembershipGuard = field(default_factory=EverybodyMayJoin)

    def add(self, actor: Actor, organisation_id: UUID, person: NewPerson, deed: Deed) -> Added:
        """A new account, pending until its person signs in.

        Raises what `linking.link` and `words.line` do, Refused("organisation.closed"),
        Unknown("organisation.unknown"), NotAllowed.
        """
        with self.desk.work(actor, deed) as work:
            return add(work, self.identities, organisation_id, person)

    def change(
        self,
        actor: Actor,
        account_id: UUID,
        deed: Deed,
        *,
        display_name: str | None = None,
        email: str | None = None,
        since: datetime | None = None,
    ) -> Changed:
        """Another name or mail address; an empty address removes it."""
        with self.desk.work(actor, deed) as work:
            account = _present(work, account_id)
            work.demand("person.change", work.about(account))
            begins = work.begins(since)
            name = account.display_name if display_name is None else display_name
            mail = account.email if email is None else email
            facts = _facts(name, mail, account.home_code)
            facts.pop("home_code")
            rows.account_amended(work.connection, account.id, begins, facts | work.said())
            record(work, account, "changed", begins, 0)
        return Changed(begins)

    def move(
        self,
        actor: Actor,
        account_id: UUID,
        unit: str | None,
        deed: Deed,
        *,
        since: datetime | None = None,
    ) -> Changed:
        """Another unit, which "own unit" follows; the actor must administer both."""
        code = words.optional("the unit", unit, words.UNIT)
        with self.desk.work(actor, deed) as work:
            account = _present(work, account_id)
            there = Thing(
                account.federation, account.organisation, subject=account.id, units=work.above(code)
            )
            for thing in (work.about(account), there):
                work.demand("person.change", thing)
            begins = work.begins(since)
            values = {"home_code": code, **work.said()}
            rows.account_amended(work.connection, account.id, begins, values)
            record(work, account, "moved", begins, 0)
        return Changed(begins)

    def suspend(
        self, actor: Actor, account_id: UUID, deed: Deed, *, since: datetime | None = None
    ) -> Changed:
        """Let nothing that they have count for a while."""
        return self._become(actor, account_id, deed, "suspended", "suspended", since)

    def resume(
        self, actor: Actor, account_id: UUID, deed: Deed, *, since: datetime | None = None
    ) -> Changed:
        """Let it count again after a suspension."""
        return self._become(actor, account_id, deed, "returned", "active", since)

    def leave(
        self, actor: Actor, account_id: UUID, deed: Deed, *, since: datetime | None = None
    ) -> Changed:
        """Let nothing of theirs count from now or a later instant on, mandates included."""
        return self._become(actor, account_id, deed, "left", "left", since)

    def undo_leave(self, actor: Actor, account_id: UUID, deed: Deed) -> Changed:
        """Bring back who left by mistake, with all they had; or drop the plan to leave.

        Raises Refused("person.not_leaving" | "person.left_long_ago" | "person.merged").
        """
        with self.desk.work(actor, deed) as work:
            account = work.account(account_id)
            work.demand("person.leave", work.about(account))
            state = _before_leaving(work, account)
            done = rows.account_from(
                work.connection, account.id, deed.at, {"state": state, **work.said()}
            )
            record(work, account, "undone", deed.at, len(done.dropped))
        return Changed(deed.at, done.dropped)

    def merge(self, actor: Actor, kept_id: UUID, gone_id: UUID, deed: Deed) -> int:
        """Make one of two accounts that one person has in one organisation; grants moved.

        Raises what `uniting.merge_accounts` does.
        """
        with self.desk.work(actor, deed) as work:
            return merge_accounts(work, self.identities, kept_id, gone_id, self.mover, self.guard)

    def confirm(self, actor: Actor, accounts: tuple[UUID, ...], deed: Deed) -> UUID:
        """Confirm that accounts are one human being; the actor must administer all of them.

        Raises what `uniting.confirm_human` does.
        """
        with self.desk.work(actor, deed) as work:
            return confirm_human(work, self.identities, accounts)

    def _become(
        self,
        actor: Actor,
        account_id: UUID,
        deed: Deed,
        change: AccountChange,
        state: AccountState,
        since: datetime | None,
    ) -> Changed:
        with self.desk.work(actor, deed) as work:
            account = work.account(account_id)
            action: Action = "person.leave" if change == "left" else "person.change"
            work.demand(action, work.about(account))
            begins = work.begins(since)
            then = store.account(work.connection, account.id, begins)
            if then is None or then.state not in _FROM[change]:
                is_now = then.state if then else "nothing"
                raise Refused("person.state", f"the account is {is_now} then, not what it must be")
            before = work.administrators(account.organisation, begins)
            done = rows.account_from(
                work.connection, account.id, begins, {"state": state, **work.said()}
            )
            if change == "left" and begins == deed.at:
                keys.withdraw_claims(work.connection, account.id, deed.at)
            record(work, account, change, begins, len(done.dropped))
            left = work.alarm(account.organisation, account.federation, before, begins)
        return Changed(begins, done.dropped, few_administrators(left) if left < before else ())


def add(work: Work, identities: IdentityStore, organisation_id: UUID, person: NewPerson) -> Added:
    """The new account, in the transaction of the work."""
    facts = _facts(person.display_name, person.email, person.home_code)
    home, at = work.open_organisation(organisation_id), work.deed.at
    thing = Thing(home.federation, home.id, units=work.above(person.home_code))
    work.demand("person.add", thing)
    fresh = rows.add_account(work.connection, home.id, at)
    rows.account_from(work.connection, fresh, at, {"state": "pending", **facts, **work.said()})
    account = work.account(fresh)
    record(work, account, "added", at, 0)
    if person.identity is None:
        return Added(fresh, issue(work, account))
    link(work, identities, account, person.identity)
    return Added(fresh)


def record(
    work: Work, account: Account, change: AccountChange, since: datetime, dropped: int
) -> None:
    """Tell the audit trail what became of an account."""
    event = AccountChanged(
        federation=account.federation,
        organisation=str(account.organisation),
        account=str(account.id),
        change=change,
        since=since.isoformat(),
        dropped=dropped,
        reason=work.deed.reason,
        case_no=work.deed.case_no,
        by=work.actor.by,
        seat=work.actor.seat,
    )
    work.record(event)


def _facts(name: str, email: str | None, unit: str | None) -> dict[str, object]:
    return {
        "display_name": words.line("the name", name, words.NAME),
        "email": words.mail(email),
        "home_code": words.optional("the unit", unit, words.UNIT),
    }


def _present(work: Work, account_id: UUID) -> Account:
    """The account, which has not left. Raises Refused("person.state")."""
    account = work.account(account_id)
    if account.state == "left":
        raise Refused("person.state", "the account has left; undo that first")
    return account


def _before_leaving(work: Work, account: Account) -> AccountState:
    """What somebody was before they left, or is before they will."""
    if rows.merged_account(work.connection, account.id) is not None:
        raise Refused("person.merged", "the account became another one; use that")
    history = store.account_history(work.connection, account.id)
    leaving = [row for row in history if row["state"] == "left" and row["until"] > work.deed.at]
    if not leaving:
        raise Refused("person.not_leaving", "the account has not left and is not planned to")
    left_at: datetime = leaving[0]["since"]
    if left_at > work.deed.at:
        return account.state
    earlier = [row for row in history if row["until"] <= left_at and row["state"] != "left"]
    for row in history:
        if row["state"] == "left" and row["until"] == left_at:
            left_at = row["since"]
    if left_at + UNDO <= work.deed.at:
        gone = f"it is more than {UNDO.days} days since; add the person anew"
        raise Refused("person.left_long_ago", gone)
    before: AccountState = earlier[-1]["state"] if earlier else "pending"
    return before
