"""Every statement on cases. A case is changed only where nobody changed it meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.cases.machine import waits_for
from broker.cases.model import Case, CaseEvent, CaseKind, CaseState, Decider, Step, Trace
from broker.cases.tables import CASE, EVENT, STEP
from broker.db import Connection, several

_LASTING = ("open", "asked")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list of cases is filtered by; None and empty are no filter."""

    federation: str
    kind: CaseKind | None = None
    state: CaseState | None = None  # None is all that last; see `over`
    over: bool = False  # those that are over as well
    waits_for: Decider | None = None
    search: str = ""
    organisation: UUID | None = None
    services: tuple[str, ...] | None = None  # with a step that the owners of these decide
    opened_person: UUID | None = None
    taken_by: UUID | None = None
    late_at: datetime | None = None  # only those whose promised time is over then


def add(connection: Connection, case: Case) -> None:
    """A new case with its steps."""
    connection.execute(sa.insert(CASE).values(id=case.id, **_row(case), version=case.version))
    rows = [_step_row(case.id, at, step) for at, step in enumerate(case.steps)]
    connection.execute(sa.insert(STEP), rows)


def change(connection: Connection, case: Case) -> bool:
    """Write what became of a case; False where somebody changed it meanwhile."""
    known = sa.update(CASE).where(CASE.c.id == case.id, CASE.c.version == case.version)
    values = {**_row(case), "version": case.version + 1}
    if connection.execute(known.values(values)).rowcount != 1:
        return False
    for at, step in enumerate(case.steps):
        row = _step_row(case.id, at, step)
        del row["code_hash"]
        which = sa.and_(STEP.c.case_id == case.id, STEP.c.code == step.code)
        connection.execute(sa.update(STEP).where(which).values(row))
    return True


def tell(connection: Connection, case_id: UUID, event: CaseEvent) -> None:
    """Add a line to the history; `event.sequence` is not used, the next one is taken."""
    last = sa.select(sa.func.max(EVENT.c.sequence)).where(EVENT.c.case_id == case_id)
    number = (connection.execute(last).scalar() or 0) + 1
    row = {
        "case_id": case_id,
        "sequence": number,
        "at": event.at,
        "what": event.what,
        "step": event.step,
        "of_applicant": event.of_applicant,
        "words": event.words,
        **_who("by", event.by),
    }
    connection.execute(sa.insert(EVENT).values(row))


def set_code(connection: Connection, case_id: UUID, step: str, hashed: str) -> None:
    """Give a step a link that it is decided by; the earlier one ends."""
    which = sa.and_(STEP.c.case_id == case_id, STEP.c.code == step)
    connection.execute(sa.update(STEP).where(which).values(code_hash=hashed))


def of_code(connection: Connection, hashed: str) -> tuple[Case, str] | None:
    """The case of a link, and the step that it is for."""
    found = sa.select(STEP.c.case_id, STEP.c.code).where(STEP.c.code_hash == hashed)
    row = connection.execute(found).first()
    case = by_id(connection, row.case_id) if row else None
    return (case, row.code) if case and row else None


def lock(connection: Connection, case_id: UUID) -> None:
    """Let nobody else change a case until this transaction ends. SQLite has one writer anyway."""
    connection.execute(sa.select(CASE.c.id).where(CASE.c.id == case_id).with_for_update())


def by_id(connection: Connection, case_id: UUID) -> Case | None:
    """One case."""
    found = _cases(connection, sa.select(CASE).where(CASE.c.id == case_id))
    return found[0] if found else None


def by_reference(connection: Connection, federation: str, reference: str) -> Case | None:
    """The case of a reference, as it was made or as somebody typed it."""
    said = reference.strip().upper()
    which = sa.and_(CASE.c.federation == federation, CASE.c.reference == said)
    found = _cases(connection, sa.select(CASE).where(which))
    return found[0] if found else None


def history(connection: Connection, case_id: UUID) -> tuple[CaseEvent, ...]:
    """All that happened, the first first."""
    rows = connection.execute(
        sa.select(EVENT).where(EVENT.c.case_id == case_id).order_by(EVENT.c.sequence)
    ).mappings()
    return tuple(
        CaseEvent(
            sequence=row["sequence"],
            at=row["at"],
            what=row["what"],
            step=row["step"],
            by=_trace(row, "by") or Trace(None, None, ""),
            words=row["words"],
            of_applicant=row["of_applicant"],
        )
        for row in rows
    )


def listed(
    connection: Connection, asked: Asked, *, start: int = 0, size: int = 50
) -> tuple[tuple[Case, ...], int]:
    """One page of the cases that fit, those promised first first; and how many there are."""
    where = _where(asked)
    total = connection.execute(sa.select(sa.func.count()).select_from(CASE).where(where)).scalar()
    query = sa.select(CASE).where(where)
    order = (CASE.c.changed_at.desc(),) if asked.over else (CASE.c.promised_at,)
    page = query.order_by(*order, CASE.c.id).limit(size).offset(start)
    return _cases(connection, page), total or 0


def counted(connection: Connection, asked: Asked) -> int:
    """How many cases fit."""
    query = sa.select(sa.func.count()).select_from(CASE).where(_where(asked))
    return connection.execute(query).scalar() or 0


def applied(connection: Connection, federation: str, cvr: str, since: datetime) -> int:
    """How often somebody applied with a CVR number since an instant, whatever came of it."""
    query = (
        sa.select(sa.func.count())
        .select_from(CASE)
        .where(
            CASE.c.federation == federation,
            CASE.c.kind == "organisation",
            CASE.c.cvr == cvr,
            CASE.c.opened_at > since,
        )
    )
    return connection.execute(query).scalar() or 0


def _where(asked: Asked) -> sa.ColumnElement[bool]:
    said: list[sa.ColumnElement[bool]] = [CASE.c.federation == asked.federation]
    if asked.state is not None:
        said.append(CASE.c.state == asked.state)
    elif not asked.over:
        said.append(CASE.c.state.in_(_LASTING))
    pairs: tuple[tuple[sa.Column[object], object], ...] = (
        (CASE.c.kind, asked.kind),
        (CASE.c.waits_for, asked.waits_for),
        (CASE.c.organisation_id, asked.organisation),
        (CASE.c.opened_person, asked.opened_person),
        (CASE.c.taken_account, asked.taken_by),
    )
    said += [column == value for column, value in pairs if value is not None]
    if asked.services is not None:
        owned = sa.select(STEP.c.case_id).where(STEP.c.service.in_(asked.services))
        said.append(CASE.c.id.in_(owned))
    if asked.late_at is not None:
        said.append(sa.and_(CASE.c.state == "open", CASE.c.promised_at <= asked.late_at))
    for word in asked.search.casefold().split()[:5]:
        said.append(CASE.c.search.contains(word, autoescape=True))
    return sa.and_(*said)


def _row(case: Case) -> dict[str, object]:
    return {
        "reference": case.reference,
        "federation": case.federation,
        "kind": case.kind,
        "title": case.title,
        "search": f"{case.title} {case.reference} {case.cvr or ''}".casefold()[:500],
        "state": case.state,
        "waits_for": waits_for(case),
        "organisation_id": case.organisation,
        "cvr": case.cvr,
        "service": case.service,
        "opened_at": case.opened_at,
        **_who("opened", case.opened_by),
        **_who("taken", case.taken_by),
        "asked_step": case.asked_step,
        "asked_at": case.asked_at,
        "promised_at": case.promised_at,
        "changed_at": case.changed_at,
        "document": case.document,
    }


def _step_row(case_id: UUID, position: int, step: Step) -> dict[str, object]:
    return {
        "case_id": case_id,
        "code": step.code,
        "position": position,
        "decider": step.decider,
        "stage": step.stage,
        "service": step.service,
        "optional": step.optional,
        "own": step.own,
        "apart": step.apart,
        "state": step.state,
        "decided_at": step.decided_at,
        **_who("by", step.by),
        "reason": step.reason,
        "code_hash": None,
    }


def _who(prefix: str, trace: Trace | None) -> dict[str, object]:
    return {
        f"{prefix}_person": trace.person if trace else None,
        f"{prefix}_account": trace.account if trace else None,
        f"{prefix}_name": trace.name[:200] if trace else None,
    }


def _trace(row: Mapping[str, object] | sa.RowMapping, prefix: str) -> Trace | None:
    name = row[f"{prefix}_name"]
    if name is None:
        return None
    person, account = row[f"{prefix}_person"], row[f"{prefix}_account"]
    return Trace(
        person if isinstance(person, UUID) else None,
        account if isinstance(account, UUID) else None,
        str(name),
    )


def _cases(connection: Connection, query: sa.Select[tuple[object, ...]]) -> tuple[Case, ...]:
    rows = connection.execute(query).mappings().all()
    steps = _steps(connection, [row["id"] for row in rows])
    return tuple(_case(row, steps.get(row["id"], ())) for row in rows)


def _steps(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, tuple[Step, ...]]:
    if not ids:
        return {}
    query = sa.select(STEP).where(STEP.c.case_id.in_(several(ids))).order_by(STEP.c.position)
    found: dict[UUID, tuple[Step, ...]] = {}
    for row in connection.execute(query).mappings():
        step = Step(
            code=row["code"],
            decider=row["decider"],
            stage=row["stage"],
            service=row["service"],
            optional=row["optional"],
            own=row["own"],
            apart=row["apart"],
            state=row["state"],
            decided_at=row["decided_at"],
            by=_trace(row, "by"),
            reason=row["reason"],
        )
        found[row["case_id"]] = (*found.get(row["case_id"], ()), step)
    return found


def _case(row: sa.RowMapping, steps: tuple[Step, ...]) -> Case:
    return Case(
        id=row["id"],
        reference=row["reference"],
        federation=row["federation"],
        kind=row["kind"],
        title=row["title"],
        state=row["state"],
        opened_at=row["opened_at"],
        opened_by=_trace(row, "opened") or Trace(None, None, ""),
        promised_at=row["promised_at"],
        changed_at=row["changed_at"],
        version=row["version"],
        document=row["document"],
        organisation=row["organisation_id"],
        cvr=row["cvr"],
        service=row["service"],
        taken_by=_trace(row, "taken"),
        asked_step=row["asked_step"],
        asked_at=row["asked_at"],
        steps=steps,
    )
