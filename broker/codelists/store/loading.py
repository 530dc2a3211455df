"""What a load reads and writes. Whoever calls these has begun the transaction.

Rows are written in bulk. A period that has begun is shortened and never removed; what was
only announced is taken back where the announcement is.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

import sqlalchemy as sa

from broker.codelists.model import MAP, CodeFacts, ListId, Target, pair, parted
from broker.codelists.planning import Edit, Timeline
from broker.codelists.tables import CODE_LIST, CODE_MAP, CODE_VALUE
from broker.codelists.timeline import Span
from broker.db import Connection, insert_new
from broker.periods import FOREVER, Period

_CHUNK = 5000  # codes at a time
_KEYS = {"list_id", "code", "since", "from_list", "from_code", "to_list", "to_code"}


def lock(connection: Connection, target: Target) -> datetime | None:
    """Take turns with other loads of the list; when it was loaded before, if ever."""
    needed: tuple[ListId, ...] = ("shak", "sor") if target == "shak-sor" else (target,)
    insert_new(connection, CODE_LIST, [{"id": each, "source": ""} for each in needed])
    connection.execute(_LOCK, {"list": needed[0]})
    return loaded_at(connection, target)


def loaded_at(connection: Connection, target: Target) -> datetime | None:
    """As of when a list was last loaded, or the map; None where it never was."""
    column = CODE_LIST.c.mapped_at if target == MAP else CODE_LIST.c.loaded_at
    of_list = "shak" if target == MAP else target
    found: datetime | None = connection.scalar(sa.select(column).where(CODE_LIST.c.id == of_list))
    return found


def loaded(connection: Connection, target: Target, source: str, at: datetime) -> None:
    """Note that the list was loaded, from where and as of when."""
    if target == MAP:
        connection.execute(_MAPPED_NOW, {"list": "shak", "at": at})
    else:
        connection.execute(_LOADED_NOW, {"list": target, "at": at, "from": source})


def timelines(connection: Connection, target: Target) -> dict[str, Timeline]:
    """Everything that is kept of a list, by code; of the map by `pair`."""
    found: dict[str, Timeline] = {}
    if target == MAP:
        for shak, sor, since, until in connection.execute(_KEPT_MAP):
            span = Span(Period(since, until), CodeFacts(name=""))
            found.setdefault(pair(shak, sor), []).append(span)
        return found
    for code, since, until, successor, *facts in connection.execute(_KEPT, {"list": target}):
        span = Span(Period(since, until), CodeFacts(*facts), successor)
        found.setdefault(code, []).append(span)
    return found


def write(connection: Connection, target: Target, edits: Sequence[Edit]) -> Iterator[int]:
    """Write the edits, in chunks; after each of them how many are done."""
    gone, changed, fresh = _MAP_STATEMENTS if target == MAP else _STATEMENTS
    done = 0
    for start in range(0, len(edits), _CHUNK):
        chunk = edits[start : start + _CHUNK]
        removed: list[dict[str, object]] = []
        altered: list[dict[str, object]] = []
        added: list[dict[str, object]] = []
        for edit in chunk:
            before, after = (
                _rows(target, edit.code, edit.before),
                _rows(target, edit.code, edit.after),
            )
            removed += [_key(target, edit.code, since) for since in before if since not in after]
            added += [row for since, row in after.items() if since not in before]
            altered += [
                {**_key(target, edit.code, since), **_but_key(row)}
                for since, row in after.items()
                if since in before and before[since] != row
            ]
        # In this order no two periods of a code ever overlap, not even in between.
        for statement, rows in ((gone, removed), (changed, altered), (fresh, added)):
            if rows:
                connection.execute(statement, rows)
        done += len(chunk)
        yield done


def _key(target: Target, code: str, since: datetime) -> dict[str, object]:
    """A row's key, under names that an UPDATE does not take for its columns."""
    if target == MAP:
        shak, sor = parted(code)
        return {"of_shak": shak, "of_sor": sor, "of_since": since}
    return {"of_list": target, "of_code": code, "of_since": since}


def _rows(target: Target, code: str, timeline: Timeline) -> dict[datetime, dict[str, object]]:
    """The rows of a code, by the instant at which each begins."""
    following = [span.since for span in timeline[1:]]
    ends = zip(timeline, (*following, FOREVER), strict=True) if timeline else ()
    return {span.since: _row(target, code, span, hangs_until) for span, hangs_until in ends}


def _row(
    target: Target, code: str, span: Span[CodeFacts], hangs_until: datetime
) -> dict[str, object]:
    period: dict[str, object] = {"since": span.since, "until": span.until}
    if target == MAP:
        shak, sor = parted(code)
        ends = {"from_list": "shak", "from_code": shak, "to_list": "sor", "to_code": sor}
        return {**ends, **period}
    facts = span.facts
    return {
        "list_id": target,
        "code": code,
        **period,
        "hangs_until": hangs_until,
        "parent": facts.parent,
        "name": facts.name,
        "folded": facts.name.casefold(),
        "kind": facts.kind,
        "cvr": facts.cvr,
        "shak": facts.shak,
        "region": facts.region,
        "specialty": facts.specialty,
        "replaced_by": span.replaced_by,
    }


def _but_key(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if name not in _KEYS}


_V, _M = CODE_VALUE.c, CODE_MAP.c
_LOCK = sa.select(CODE_LIST.c.id).where(CODE_LIST.c.id == sa.bindparam("list")).with_for_update()
_THIS_LIST = sa.update(CODE_LIST).where(CODE_LIST.c.id == sa.bindparam("list"))
_LOADED_NOW = _THIS_LIST.values(loaded_at=sa.bindparam("at"), source=sa.bindparam("from"))
_MAPPED_NOW = _THIS_LIST.values(mapped_at=sa.bindparam("at"))
_KEPT = (
    sa.select(
        _V.code,
        _V.since,
        _V.until,
        _V.replaced_by,
        _V.name,
        _V.parent,
        _V.kind,
        _V.cvr,
        _V.shak,
        _V.region,
        _V.specialty,
    )
    .where(_V.list_id == sa.bindparam("list"))
    .order_by(_V.code, _V.since)
)
_KEPT_MAP = (
    sa.select(_M.from_code, _M.to_code, _M.since, _M.until)
    .where(_M.from_list == "shak", _M.to_list == "sor")
    .order_by(_M.from_code, _M.to_code, _M.since)
)
_ONE = sa.and_(
    _V.list_id == sa.bindparam("of_list"),
    _V.code == sa.bindparam("of_code"),
    _V.since == sa.bindparam("of_since"),
)
_ONE_MAP = sa.and_(
    _M.from_list == "shak",
    _M.to_list == "sor",
    _M.from_code == sa.bindparam("of_shak"),
    _M.to_code == sa.bindparam("of_sor"),
    _M.since == sa.bindparam("of_since"),
)
_STATEMENTS = (
    sa.delete(CODE_VALUE).where(_ONE),
    sa.update(CODE_VALUE).where(_ONE),
    sa.insert(CODE_VALUE),
)
_MAP_STATEMENTS = (
    sa.delete(CODE_MAP).where(_ONE_MAP),
    sa.update(CODE_MAP).where(_ONE_MAP),
    sa.insert(CODE_MAP),
)
