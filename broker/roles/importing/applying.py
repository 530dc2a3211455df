"""Carrying a batch out: every row by the same services as if somebody did it by hand."""

from dataclasses import dataclass, field, replace
from uuid import UUID

from broker.errors import BrokerError, NotAllowed, Refused, Unknown
from broker.organisations import people
from broker.organisations.desk import Work
from broker.organisations.model import Organisation
from broker.organisations.permissions import Thing
from broker.organisations.store import linked, write_accounts
from broker.roles.grants import store as grant_store
from broker.roles.grants.model import Grant, Wanted
from broker.roles.grants.service import GrantService
from broker.roles.importing import store
from broker.roles.importing.model import (
    Batch,
    Facts,
    GrantStep,
    Mode,
    Newcomer,
    Planned,
    Progress,
)
from broker.roles.importing.rows import Message

_OBJECTIONS = (NotAllowed, Refused, Unknown)
_ORDER = {"end": 0, "until": 1, "give": 2}


@dataclass(slots=True)
class Applier:
    """One batch being carried out, in the transaction of a piece of work."""

    work: Work
    grants: GrantService
    organisation: Organisation
    batch: Batch
    mode: Mode
    progress: Progress
    _made: dict[str, UUID] = field(default_factory=dict)  # accounts by keyed hash

    def apply(self, rows: tuple[Planned, ...]) -> tuple[tuple[Planned, ...], tuple[Planned, ...]]:
        """Every row as it is afterwards, and those that were left out.

        Where all rows are wanted, raises Refused("import.row_failed") with the first that
        cannot be carried out any more, and nothing of any row stays.
        """
        todo = sorted((row for row in rows if row.verdict in ("new", "change", "end")), key=_order)
        done: dict[int, Planned] = {}
        for number, row in enumerate(todo, start=1):
            done[row.n] = self._row(row)
            store.save_row(self.work.connection, self.batch.id, done[row.n])
            self.progress(number, len(todo))
        after = tuple(done.get(row.n, row) for row in rows)
        left_out = tuple(row for row in after if row.verdict == "error")
        return after, left_out

    def _row(self, row: Planned) -> Planned:
        try:
            # A savepoint: a row is carried out whole or not at all.
            with self.work.connection.begin_nested():
                return replace(self._carried_out(row), applied=True)
        except _OBJECTIONS as error:
            if self.mode == "all":
                raise Refused("import.row_failed", f"row {row.n}: {error}") from error
            return failed(row, error)

    def _carried_out(self, row: Planned) -> Planned:
        account, created = row.account, None
        if row.newcomer is not None:
            account, created = self._account(row.newcomer)
        if account is None:
            raise Unknown("import.account_unknown", f"row {row.n}")
        if row.person is not None:
            change_person(self.work, account, row.person)
        done = replace(row, account=account, created=created)
        if row.step is None:
            return done
        grant = self._step(row, account, row.step)
        until = grant.period.until if row.step.do == "give" else row.was_until
        return replace(done, grant=grant.id, was_until=until)

    def _step(self, row: Planned, account: UUID, step: GrantStep) -> Grant:
        if step.do == "give":
            return self._give(account, step)
        grant = self._as_it_was(row, account)
        work = self.work
        if step.do == "end":
            return self.grants.revoke(work.connection, work.actor, grant.id, work.deed)
        if step.until is None:
            raise Unknown("grant.unknown", f"row {row.n}")
        move = self.grants.extend if step.until > grant.period.until else self.grants.shorten
        return move(work.connection, work.actor, grant.id, step.until, work.deed).grant

    def _account(self, newcomer: Newcomer) -> tuple[UUID, UUID | None]:
        """The account of a newcomer: that of an earlier row, or a new one, told twice then."""
        hashes = [hashed for _, hashed in newcomer.hashes]
        for hashed in hashes:
            if hashed in self._made:
                return self._made[hashed], None
        made = add_newcomer(self.work, self.organisation, newcomer)
        self._made |= dict.fromkeys(hashes, made)
        return made, made

    def _give(self, account: UUID, step: GrantStep) -> Grant:
        deed = self.work.deed
        since = step.since if step.since and step.since > deed.at else None
        wanted = Wanted(
            organisation=self.organisation.id,
            role=step.role,
            account=account,
            scopes=step.scopes,
            since=since,
            until=step.until,
            batch=self.batch.id,
        )
        own = replace(deed, reason=step.reason or deed.reason, case_no=step.case_no or deed.case_no)
        return self.grants.give(self.work.connection, self.work.actor, wanted, own).grant

    def _as_it_was(self, row: Planned, account: UUID) -> Grant:
        """The grant of a row, which nobody has touched since the preview."""
        grant = grant_store.grant(self.work.connection, row.grant) if row.grant else None
        if (
            grant is None
            or grant.account != account
            or grant.revoked_at is not None
            or grant.period.until != row.was_until
        ):
            raise Refused("import.changed_since", f"row {row.n}")
        return grant


def failed(row: Planned, error: BrokerError) -> Planned:
    """A row that could not be carried out, with why."""
    message = Message(error.code, str(row.n), error.detail)
    return replace(row, verdict="error", messages=(*row.messages, message), applied=False)


def add_newcomer(work: Work, organisation: Organisation, newcomer: Newcomer) -> UUID:
    """An account that waits for the login whose identifiers the file named.

    Raises NotAllowed for who may not add people, and Refused("import.two_people" |
    "import.changed_since") where the identifiers find somebody by now.
    """
    units = work.above(newcomer.home)
    work.demand("person.add", Thing(organisation.federation, organisation.id, units=units))
    connection, at = work.connection, work.deed.at
    hashes = [hashed for _, hashed in newcomer.hashes]
    owners = set(store.owners(connection, hashes).values())
    if len(owners) > 1:
        raise Refused("import.two_people", "the identifiers find two people")
    owner = next(iter(owners), None)
    if owner is not None and write_accounts.accounts_of(connection, owner):
        raise Refused("import.changed_since", "the identifiers find an account by now")
    person = store.remember_keys(connection, organisation.federation, newcomer.hashes, owner, at)
    fresh = write_accounts.add_account(connection, organisation.id, at, person=person)
    said = {
        "state": "pending",
        "display_name": newcomer.name,
        "email": newcomer.email,
        "home_code": newcomer.home,
        **work.said(),
    }
    write_accounts.account_from(connection, fresh, at, said)
    for hashed in hashes:
        linked.note_key(connection, fresh, hashed, None, at, work.said())
    people.record(work, work.account(fresh), "added", at, 0)
    return fresh


def change_person(work: Work, account_id: UUID, facts: Facts) -> None:
    """Let an account be called or reached otherwise, or belong to another unit.

    As by hand, the actor must administer both units. Raises NotAllowed.
    """
    account = work.account(account_id)
    about = work.about(account)
    work.demand("person.change", about)
    if facts.home is not None:
        work.demand("person.change", replace(about, units=work.above(facts.home)))
    values: dict[str, object] = {
        "display_name": facts.name or account.display_name,
        "email": facts.email or account.email,
        "home_code": facts.home or account.home_code,
        **work.said(),
    }
    write_accounts.account_amended(work.connection, account.id, work.deed.at, values)
    people.record(work, account, "changed", work.deed.at, 0)


def _order(row: Planned) -> tuple[int, int]:
    """Ends first and new grants last, so that what ends makes room for what begins."""
    return (_ORDER[row.step.do] if row.step else 0, row.n)
