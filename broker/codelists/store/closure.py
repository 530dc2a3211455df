"""What is below what: made anew for the codes that moved and everything below them.

It all happens inside the transaction of the load, so that nobody ever sees a hierarchy with
a part missing. The database does the work, in one statement for all codes.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from broker.codelists.model import ListId
from broker.codelists.tables import CODE_CLOSURE, CODE_VALUE
from broker.codelists.tree import MAX_DEPTH
from broker.db import Connection, Instant
from broker.periods import FOREVER

_CHUNK = 500  # codes in one statement


def hang(connection: Connection, list_id: ListId, moved: Sequence[str]) -> int:
    """Make the closure anew for codes that moved or are new; how many rows that took."""
    if not moved:
        return 0
    for start in range(0, len(moved), _CHUNK):
        chunk = list(moved[start : start + _CHUNK])
        connection.execute(_CUT_LOOSE, {"list": list_id, "codes": chunk})
    if connection.dialect.name == "postgresql":
        connection.execute(_ANALYSE_VALUES)
    made = connection.execute(_HANG[connection.dialect.name], {"list": list_id}).rowcount
    if connection.dialect.name == "postgresql" and made > _CHUNK:
        connection.execute(_ANALYSE_CLOSURE)
    return made


def _later(one: sa.ColumnElement[object], other: sa.ColumnElement[object]) -> sa.Case[object]:
    return sa.case((one > other, one), else_=other)


def _earlier(one: sa.ColumnElement[object], other: sa.ColumnElement[object]) -> sa.Case[object]:
    return sa.case((one < other, one), else_=other)


def _hanging(dialect: str) -> sa.Insert:
    """Walk up from every code that has no row of its own, for as long as each step holds."""
    listed = sa.bindparam("list", type_=sa.String)
    own, place = CODE_CLOSURE.alias("own"), CODE_VALUE.alias("place")
    lacking = ~sa.exists().where(
        own.c.list_id == listed, own.c.descendant == CODE_VALUE.c.code, own.c.depth == 0
    )
    walk = (
        sa.select(
            CODE_VALUE.c.code.label("descendant"),
            CODE_VALUE.c.code.label("ancestor"),
            sa.literal(0).label("depth"),
            sa.func.min(CODE_VALUE.c.since, type_=Instant).label("since"),
            sa.literal(FOREVER, Instant).label("until"),
        )
        .where(CODE_VALUE.c.list_id == listed, lacking)
        .group_by(CODE_VALUE.c.code)
        .cte("walk", recursive=True)
    )
    since = _later(walk.c.since, place.c.since)
    until = _earlier(walk.c.until, place.c.hangs_until)
    walk = walk.union_all(
        sa.select(walk.c.descendant, place.c.parent, walk.c.depth + 1, since, until).where(
            place.c.list_id == listed,
            place.c.code == walk.c.ancestor,
            place.c.parent.is_not(None),
            # A history that a file tells can hold a circle of the past: it ends here.
            place.c.parent != walk.c.descendant,
            since < until,
            walk.c.depth < MAX_DEPTH,
        )
    )
    found = sa.select(
        listed.label("list_id"),
        walk.c.descendant,
        walk.c.ancestor,
        walk.c.since,
        walk.c.until,
        walk.c.depth,
    ).where(sa.true())
    names = ["list_id", "descendant", "ancestor", "since", "until", "depth"]
    # Going round a circle of the past finds what was found already.
    if dialect == "postgresql":
        return postgresql.insert(CODE_CLOSURE).from_select(names, found).on_conflict_do_nothing()
    return sqlite.insert(CODE_CLOSURE).from_select(names, found).on_conflict_do_nothing()


_HANG = {dialect: _hanging(dialect) for dialect in ("postgresql", "sqlite")}
_BELOW = CODE_CLOSURE.alias("below")
_CUT_LOOSE = sa.delete(CODE_CLOSURE).where(
    CODE_CLOSURE.c.list_id == sa.bindparam("list"),
    CODE_CLOSURE.c.descendant.in_(
        sa.select(_BELOW.c.descendant).where(
            _BELOW.c.list_id == sa.bindparam("list"),
            _BELOW.c.ancestor.in_(sa.bindparam("codes", expanding=True)),
        )
    ),
)
_ANALYSE_VALUES = sa.text("ANALYZE code_value")
_ANALYSE_CLOSURE = sa.text("ANALYZE code_closure")
