"""Taking a batch back for a day: everything that it did, but for what was changed since."""

from dataclasses import dataclass, replace
from uuid import UUID

from broker.errors import NotAllowed, Refused, Unknown
from broker.organisations import people, store
from broker.organisations.desk import Work
from broker.organisations.store import write_accounts
from broker.roles.grants import store as grant_store
from broker.roles.grants.model import Grant, Wanted
from broker.roles.grants.service import GrantService
from broker.roles.importing import store as batches
from broker.roles.importing.applying import failed
from broker.roles.importing.model import Batch, Facts, GrantStep, Planned, Progress
from broker.roles.importing.rows import Message

_OBJECTIONS = (NotAllowed, Refused, Unknown)
_ORDER = {"give": 0, "until": 1, "end": 2}


@dataclass(slots=True)
class Undoer:
    """One batch being taken back, in the transaction of a piece of work."""

    work: Work
    grants: GrantService
    batch: Batch
    progress: Progress

    def undo(self, rows: tuple[Planned, ...]) -> tuple[Planned, ...]:
        """Take back every row that was applied; those that stay as they are, with why.

        Accounts that the batch made leave, unless somebody has signed in as them or given
        them something else.
        """
        todo = sorted((row for row in rows if row.applied), key=_order)
        left_out: list[Planned] = []
        for number, row in enumerate(todo, start=1):
            try:
                with self.work.connection.begin_nested():
                    self._step_back(row)
            except _OBJECTIONS as error:
                left_out.append(failed(row, error))
            else:
                left_out += self._put_back(row)
            self.progress(number, len(todo))
        for row in todo:
            try:
                if row.created is not None and not self._let_go(row.created):
                    left_out.append(_kept(row, "import.account_kept"))
            except NotAllowed as error:
                left_out.append(failed(row, error))
        return tuple(sorted(left_out, key=lambda row: row.n))

    def _step_back(self, row: Planned) -> None:
        if row.step is None or row.account is None:
            return
        grant = grant_store.grant(self.work.connection, row.grant) if row.grant else None
        if grant is None:
            raise Unknown("grant.unknown", f"row {row.n}")
        if row.step.do == "give":
            self._take(row, grant)
        elif row.step.do == "until":
            self._move_back(row, grant, row.step)
        else:
            self._give_again(row, grant)

    def _take(self, row: Planned, grant: Grant) -> None:
        is_moved = grant.period.until != row.was_until
        if grant.revoked_at is not None or grant.batch != self.batch.id or is_moved:
            raise Refused("import.changed_since", f"row {row.n}")
        self.grants.revoke(self.work.connection, self.work.actor, grant.id, self.work.deed)

    def _move_back(self, row: Planned, grant: Grant, step: GrantStep) -> None:
        if grant.revoked_at is not None or grant.period.until != step.until or not row.was_until:
            raise Refused("import.changed_since", f"row {row.n}")
        work, until = self.work, row.was_until
        if until <= work.deed.at:
            self.grants.revoke(work.connection, work.actor, grant.id, work.deed)
            return
        move = self.grants.extend if until > grant.period.until else self.grants.shorten
        move(work.connection, work.actor, grant.id, until, work.deed)

    def _give_again(self, row: Planned, grant: Grant) -> None:
        """A grant that was ended is given anew: what ended stays ended in the record."""
        work = self.work
        if grant.account is None or grant.period.until <= work.deed.at:
            raise Refused("import.changed_since", f"row {row.n}")
        wanted = Wanted(
            organisation=grant.organisation,
            role=grant.role,
            account=grant.account,
            scopes=grant.scopes,
            since=max(grant.period.since, work.deed.at),
            until=grant.period.until,
        )
        deed = replace(work.deed, reason=grant.reason or work.deed.reason, case_no=grant.case_no)
        self.grants.give(work.connection, work.actor, wanted, deed)

    def _put_back(self, row: Planned) -> tuple[Planned, ...]:
        """What was said of a person before; the row with why where it is not said again."""
        try:
            if row.person is None or self._restore(row):
                return ()
        except NotAllowed as error:
            return (failed(row, error),)
        return (_kept(row, "import.person_changed"),)

    def _restore(self, row: Planned) -> bool:
        """Let somebody be called as before; False where they were changed since.

        Raises NotAllowed for whom, or for whose unit, the actor does not administer.
        """
        if row.account is None or row.was is None or row.person is None:
            return False
        account = self.work.account(row.account)
        is_now = Facts(account.display_name, account.email, account.home_code)
        if is_now == row.was:  # another row about them was taken back before
            return True
        came = Facts(
            row.person.name or row.was.name,
            row.person.email or row.was.email,
            row.person.home or row.was.home,
        )
        if is_now != came:
            return False
        about = self.work.about(account)
        for home in dict.fromkeys((account.home_code, row.was.home)):
            thing = replace(about, units=self.work.above(home))
            self.work.demand("person.change", thing)
        values: dict[str, object] = {
            "display_name": row.was.name,
            "email": row.was.email,
            "home_code": row.was.home,
            **self.work.said(),
        }
        at = self.work.deed.at
        write_accounts.account_amended(self.work.connection, account.id, at, values)
        people.record(self.work, account, "changed", at, 0)
        return True

    def _let_go(self, account_id: UUID) -> bool:
        """Let an account leave that nobody has used; False where somebody has.

        Raises NotAllowed for whom the actor does not administer.
        """
        connection, at = self.work.connection, self.work.deed.at
        account = store.account(connection, account_id, at)
        if (
            account is None
            or account.state != "pending"
            or batches.has_signed_in(connection, account_id)
            or batches.has_other_grants(connection, account_id, self.batch.id, at)
        ):
            return False
        self.work.demand("person.leave", self.work.about(account))
        values = {"state": "left", **self.work.said()}
        write_accounts.account_from(connection, account_id, at, values)
        people.record(self.work, account, "left", at, 0)
        return True


def _kept(row: Planned, code: str) -> Planned:
    return replace(row, verdict="error", messages=(*row.messages, Message(code, str(row.n))))


def _order(row: Planned) -> tuple[int, int]:
    """New grants first: what they took the place of comes back after."""
    return (_ORDER[row.step.do] if row.step else 0, row.n)
