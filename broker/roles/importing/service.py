"""Imports: preview, confirm, apply, undo. A file is nothing until somebody applies it.

A preview reads and keeps what it found; applying is one transaction with everything in it.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID, uuid4

from broker.audit.events import ImportChanged
from broker.audit.masking import cleaned
from broker.db import Connection, reading
from broker.errors import NotAllowed, Refused, Unknown
from broker.identities.model import IdentityKey
from broker.identities.store import IdentityStore
from broker.organisations.desk import Desk, Work
from broker.organisations.model import Actor, Deed, Organisation
from broker.organisations.permissions import Thing, demand
from broker.organisations.store import organisation as organisation_at
from broker.organisations.store import same_human
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants.service import GrantService
from broker.roles.importing import store
from broker.roles.importing.applying import Applier
from broker.roles.importing.files import read_file
from broker.roles.importing.headings import find_columns
from broker.roles.importing.model import (
    Batch,
    Missing,
    Mode,
    Planned,
    Progress,
    Result,
    no_progress,
)
from broker.roles.importing.planning import Planner
from broker.roles.importing.rows import RowReader
from broker.roles.importing.undoing import Undoer

UNDO = timedelta(hours=24)
PREVIEW = timedelta(days=7)  # for how long a preview may still be applied

_NAME = 200


@dataclass(frozen=True, slots=True)
class ImportService:
    """What administrators do with spreadsheets of people and grants."""

    desk: Desk
    identities: IdentityStore
    grants: GrantService
    catalogue: Callable[[Connection], Catalogue]

    def preview(
        self,
        actor: Actor,
        organisation_id: UUID,
        data: bytes,
        name: str,
        deed: Deed,
        *,
        missing: Missing = "keep",
        progress: Progress = no_progress,
    ) -> Result:
        """Say of every row what it would do; nothing is written but this preview.

        `missing` is what a grant means that no row is about: it is kept, or it ends, where its
        service is in the file. Raises Refused with what is wrong with the file as a whole,
        NotAllowed, and Unknown("organisation.unknown").
        """
        sheet = read_file(data)
        columns = find_columns(sheet.headings)
        with reading(self.desk.engine) as connection:
            home = self._home(connection, actor, organisation_id, deed)
            catalogue = self.catalogue(connection)

            def hasher(key: IdentityKey) -> str:
                return self.identities.hash_of(home.federation, key)

            reader = RowReader(columns, home.cvr, hasher)
            reads = [reader.read(row) for row in sheet.rows]
            planner = Planner(connection, catalogue, actor, home, deed.at, missing, progress)
            plan = planner.plan(reads)
        batch = Batch(
            id=uuid4(),
            organisation=home.id,
            sha256=hashlib.sha256(data).hexdigest(),
            name=cleaned(name)[:_NAME],
            state="preview",
            missing=missing,
            uploaded_at=deed.at,
            by_account=actor.account,
            by_label=actor.label[:128],
            losing=plan.losing,
            people=plan.people,
        )
        result = Result(batch, plan.rows, held_back=plan.held_back)
        with self.desk.work(actor, deed) as work:
            store.add(work.connection, batch, plan.rows)
            _tell(work, home, result, "previewed")
        return result

    def read(self, actor: Actor, batch_id: UUID, deed: Deed) -> Result:
        """A batch with its rows as they stand. Raises Unknown("import.unknown"), NotAllowed."""
        with reading(self.desk.engine) as connection:
            batch = store.batch(connection, batch_id)
            if batch is None:
                raise Unknown("import.unknown", "no such import")
            self._home(connection, actor, batch.organisation, deed)
            rows = store.rows(connection, batch_id)
        faulty = any(row.verdict == "error" for row in rows)
        held_back = batch.state == "preview" and batch.missing == "end" and faulty
        return Result(batch, rows, _left_out(batch, rows), held_back=held_back)

    def listed(
        self, actor: Actor, organisation_id: UUID, deed: Deed, limit: int = 50
    ) -> tuple[Batch, ...]:
        """The batches of an organisation, the newest first.

        Raises Unknown("organisation.unknown"), NotAllowed.
        """
        with reading(self.desk.engine) as connection:
            home = self._home(connection, actor, organisation_id, deed)
            return store.batches(connection, home.id, limit)

    def confirm(self, actor: Actor, batch_id: UUID, deed: Deed) -> Batch:
        """Say yes, as a second administrator, to a batch by which many lose access.

        Raises NotAllowed("import.same_person") for whoever uploaded it, under any account.
        """
        with self.desk.work(actor, deed) as work:
            batch, home = self._batch(work, batch_id, "preview")
            if actor.account is None or batch.by_account is None:
                raise NotAllowed("import.same_person", "nobody in particular says so")
            if same_human(work.connection, actor.account) & same_human(
                work.connection, batch.by_account
            ) or actor.is_any_of(batch.by_account):
                raise NotAllowed("import.same_person", "whoever uploaded it")
            after = replace(batch, confirmed_account=actor.account, confirmed_by=actor.label[:128])
            store.save(work.connection, after)
            _tell(work, home, Result(after, store.rows(work.connection, batch_id)), "confirmed")
        return after

    def discard(self, actor: Actor, batch_id: UUID, deed: Deed) -> Batch:
        """Throw a preview away."""
        with self.desk.work(actor, deed) as work:
            batch, home = self._batch(work, batch_id, "preview")
            after = replace(batch, state="discarded")
            store.save(work.connection, after)
            _tell(work, home, Result(after, ()), "discarded")
        return after

    def apply(
        self,
        actor: Actor,
        batch_id: UUID,
        deed: Deed,
        *,
        mode: Mode = "all",
        progress: Progress = no_progress,
    ) -> Result:
        """Carry a batch out, in one transaction: all of it, or the rows that can be.

        Raises Refused("import.has_errors") where all is wanted and a row is refused,
        "import.row_failed" where one can't be carried out any more, "import.old" after a week;
        NotAllowed("import.confirmation") where a second administrator has not said yes.
        """
        with self.desk.work(actor, deed) as work:
            batch, home = self._batch(work, batch_id, "preview")
            rows = store.rows(work.connection, batch_id)
            if deed.at > batch.uploaded_at + PREVIEW:
                raise Refused("import.old", "the preview is too old")
            if batch.needs_confirmation and batch.confirmed_account is None:
                raise NotAllowed("import.confirmation", f"{batch.losing} people lose access")
            if mode == "all" and any(row.verdict == "error" for row in rows):
                raise Refused("import.has_errors", "a row is refused")
            applier = Applier(work, self.grants, home, batch, mode, progress)
            after_rows, left_out = applier.apply(rows)
            after = replace(batch, state="applied", applied_at=deed.at)
            store.save(work.connection, after)
            result = Result(after, after_rows, left_out)
            _tell(work, home, result, "applied")
        return result

    def undo(
        self, actor: Actor, batch_id: UUID, deed: Deed, *, progress: Progress = no_progress
    ) -> Result:
        """Take a batch back within a day, but for what was changed since, which is listed.

        Raises Refused("import.undo_late").
        """
        with self.desk.work(actor, deed) as work:
            batch, home = self._batch(work, batch_id, "applied")
            if batch.applied_at is None or deed.at > batch.applied_at + UNDO:
                raise Refused("import.undo_late", "more than a day ago")
            rows = store.rows(work.connection, batch_id)
            left_out = _once(Undoer(work, self.grants, batch, progress).undo(rows))
            for row in left_out:
                store.save_row(work.connection, batch_id, row)
            after = replace(batch, state="undone", undone_at=deed.at)
            store.save(work.connection, after)
            result = Result(after, rows, left_out)
            _tell(work, home, result, "undone")
        return result

    def _home(
        self, connection: Connection, actor: Actor, organisation_id: UUID, deed: Deed
    ) -> Organisation:
        home = organisation_at(connection, organisation_id, deed.at)
        if home is None:
            raise Unknown("organisation.unknown", "no such organisation")
        demand(actor, "import.upload", Thing(home.federation, home.id))
        return home

    def _batch(self, work: Work, batch_id: UUID, state: str) -> tuple[Batch, Organisation]:
        """A batch in the state that it must be in, locked. Raises Unknown and Refused."""
        batch = store.batch(work.connection, batch_id, lock=True)
        if batch is None:
            raise Unknown("import.unknown", "no such import")
        home = work.open_organisation(batch.organisation)
        work.demand("import.upload", Thing(home.federation, home.id))
        if batch.state != state:
            raise Refused("import.state", f"the import is {batch.state}")
        return batch, home


def _once(left_out: tuple[Planned, ...]) -> tuple[Planned, ...]:
    """Each row that an undo left, once and with every reason; still applied is what it is."""
    found: dict[int, Planned] = {}
    for row in left_out:
        before = found.get(row.n)
        told = (*(before.messages if before else ()), *row.messages)
        found[row.n] = replace(row, messages=tuple(dict.fromkeys(told)), applied=True)
    return tuple(found.values())


def _left_out(batch: Batch, rows: tuple[Planned, ...]) -> tuple[Planned, ...]:
    """The rows that could not be carried out; of a batch taken back, those that stayed."""
    if batch.state == "preview":
        return ()
    is_undone = batch.state == "undone"
    return tuple(row for row in rows if row.verdict == "error" and row.applied == is_undone)


def _tell(work: Work, home: Organisation, result: Result, change: str) -> None:
    batch = result.batch
    event = ImportChanged(
        federation=home.federation,
        organisation=str(home.id),
        batch=str(batch.id),
        sha256=batch.sha256,
        change=change,
        new=result.count("new"),
        changed=result.count("change"),
        ended=result.count("end"),
        left_out=len(result.left_out) or result.count("error"),
        reason=work.deed.reason,
        by=work.actor.by,
        seat=work.actor.seat,
    )
    work.record(event)
