"""Preview a file, or apply it: one transaction with its audit row."""

from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from broker.audit.events import CodeListLoaded
from broker.audit.store import AuditStore
from broker.codelists.lines import STANDARD, Limits
from broker.codelists.model import (
    About,
    CodeList,
    CodeValue,
    ListId,
    Preview,
    Progress,
    Target,
    is_list,
)
from broker.codelists.planning import Plan, plan, target_words
from broker.codelists.reading import Reading, read
from broker.codelists.store import closure, loading, lookup
from broker.db import Connection, Engine, reading, writing
from broker.errors import NotAllowed, Refused
from broker.metadata.report import Occasion


def silent(_doing: str, _done: int, _of: int) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class CodeFile:
    """A file to load: an open one that can be read again, and what it is called.

    `target` is what it must be about; None takes what it turns out to be. One that is not
    `complete` holds a part of the list, and closes nothing.
    """

    stream: BinaryIO
    name: str
    target: Target | None = None
    complete: bool = True


@dataclass(frozen=True, slots=True)
class CodeListService:
    """What administrators do to the code lists."""

    engine: Engine
    audit: AuditStore
    limits: Limits = STANDARD

    def lists(self, at: datetime) -> tuple[CodeList, ...]:
        """The lists that were ever loaded."""
        with reading(self.engine) as connection:
            return lookup.lists(connection, at)

    def is_loaded(self, connection: Connection, target: Target) -> bool:
        """Whether a list, or the map, was ever loaded."""
        return loading.loaded_at(connection, target) is not None

    def search(self, list_id: ListId, text: str, at: datetime) -> tuple[CodeValue, ...]:
        """Codes by the beginning of the code or by words of the name."""
        with reading(self.engine) as connection:
            return lookup.search(connection, list_id, text, at)

    def about(self, list_id: ListId, code: str, at: datetime) -> About:
        """Everything that is known of a code; its history is empty where the list has none."""
        with reading(self.engine) as connection:
            return About(
                value=lookup.value(connection, list_id, code, at),
                history=lookup.history(connection, list_id, code),
                path=lookup.path(connection, list_id, code, at),
                below=lookup.count_below(connection, list_id, code, at),
                mapped=lookup.mapped(connection, code, at) if list_id == "shak" else (),
                successor=lookup.successor(connection, list_id, code, at),
            )

    def preview(self, file: CodeFile, at: datetime, progress: Progress = silent) -> Preview:
        """What a file would change from an instant on; nothing is written.

        Raises Refused where the file as a whole does not hold, see `reading.read`, and
        Refused("codelist.backwards") for an instant before the last load.
        """
        told = read(file.stream, file.target, self.limits, progress)
        with reading(self.engine) as connection:
            before = loading.loaded_at(connection, told.target)
            return _plan(connection, file, told, at, before, progress).preview

    def apply(
        self,
        file: CodeFile,
        at: datetime,
        occasion: Occasion,
        *,
        confirmed: bool = False,
        progress: Progress = silent,
    ) -> Preview:
        """Load a file: what it changes counts from the instant on. What it did is returned.

        Raises as `preview`, and NotAllowed("codelist.closes_many") where it would close more
        than a fifth of the list and nobody confirmed that.
        """
        told = read(file.stream, file.target, self.limits, progress)
        with writing(self.engine) as connection:
            return self.write(
                connection, file, told, at, occasion, confirmed=confirmed, progress=progress
            )

    def write(
        self,
        connection: Connection,
        file: CodeFile,
        told: Reading,
        at: datetime,
        occasion: Occasion,
        *,
        confirmed: bool = False,
        progress: Progress = silent,
    ) -> Preview:
        """Write what a file that was read says, in the caller's transaction. Raises as `apply`."""
        target = told.target
        before = loading.lock(connection, target)
        made = _plan(connection, file, told, at, before, progress)
        preview = made.preview
        if preview.confirm is not None and not confirmed:
            raise NotAllowed("codelist.closes_many", f"{preview.confirm}; confirm it to go on")
        total = len(made.edits)
        for done in loading.write(connection, target, made.edits):
            progress("writing", done, total)
        if is_list(target):
            moved = [edit.code for edit in made.edits if edit.moved]
            progress("hanging", 0, len(moved))
            closure.hang(connection, target, moved)
            progress("hanging", len(moved), len(moved))
        loading.loaded(connection, target, file.name, at)
        event = CodeListLoaded(
            code_list=target,
            source=file.name,
            counts_from=at.isoformat(),
            rows=preview.rows,
            new=preview.new,
            changed=preview.changed,
            closed=preview.closed,
            unchanged=preview.unchanged,
            refused=preview.refused,
            by=occasion.by,
            reason=occasion.reason,
        )
        self.audit.append(connection, event, at=occasion.at, reference=occasion.reference)
        return preview


def _plan(
    connection: Connection,
    file: CodeFile,
    told: Reading,
    at: datetime,
    before: datetime | None,
    progress: Progress,
) -> Plan:
    if before is not None and at < before:
        words = f"{target_words(told.target)} was last loaded as of {before:%Y-%m-%d %H:%M} UTC"
        raise Refused("codelist.backwards", f"{words}; a load can't change what was before")
    progress("comparing", 0, len(told.told))
    made = plan(
        told, loading.timelines(connection, told.target), file.name, at, complete=file.complete
    )
    progress("comparing", len(told.told), len(told.told))
    return made
