"""Look-ups in the code lists: every one takes the instant that it is about.

What hangs below what is read from the closure, which keeps a closed code where it last hung:
a grant for a department covers a ward of it that was closed. Whether a code still counts is
for `value` to say.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from broker.codelists.model import CodeFacts, CodeList, CodeValue, ListId
from broker.codelists.tables import CODE_CLOSURE, CODE_LIST, CODE_MAP, CODE_VALUE
from broker.db import Connection, Instant, several
from broker.periods import Period

MOST = 200  # rows of a search or a list of children

_MAX_CHAIN = 20  # successors of successors that are followed
_MAX_WORDS = 8
_ESCAPE = "\\"


def lists(connection: Connection, at: datetime) -> tuple[CodeList, ...]:
    """The lists that were ever loaded, with how many codes count at the instant."""
    return tuple(
        CodeList(row.id, row.loaded_at, row.source, row.open)
        for row in connection.execute(_LISTS, {"at": at})
    )


def value(connection: Connection, list_id: ListId, code: str, at: datetime) -> CodeValue | None:
    """What a code is at an instant; None where it is none then."""
    return values(connection, list_id, (code,), at).get(code)


def values(
    connection: Connection, list_id: ListId, codes: Collection[str], at: datetime
) -> dict[str, CodeValue]:
    """What each of some codes is at an instant; those that are none then are not in it."""
    asked = {"list": list_id, "codes": list(codes), "at": at}
    return {found.code: found for found in _read(connection, _VALUES, asked)}


def history(connection: Connection, list_id: ListId, code: str) -> tuple[CodeValue, ...]:
    """Everything that was ever known of a code, and is announced of it, oldest first."""
    return tuple(_read(connection, _HISTORY, {"list": list_id, "code": code}))


def search(
    connection: Connection, list_id: ListId, text: str, at: datetime, limit: int = 50
) -> tuple[CodeValue, ...]:
    """The codes that count at an instant and begin with the text, or whose name holds its words.

    Case makes no difference; nor do `%` and `_`, which are letters like others here.
    """
    words = text.casefold().split()[:_MAX_WORDS]
    if not words:
        return ()
    names = (CODE_VALUE.c.folded.like(f"%{_escaped(word)}%", escape=_ESCAPE) for word in words)
    begins = CODE_VALUE.c.code.like(f"{_escaped(text.strip().upper())}%", escape=_ESCAPE)
    query = _OPEN.where(sa.or_(begins, sa.and_(*names)))
    query = query.order_by(CODE_VALUE.c.folded, CODE_VALUE.c.code).limit(min(limit, MOST))
    return tuple(_read(connection, query, {"list": list_id, "at": at}))


def children(
    connection: Connection, list_id: ListId, code: str | None, at: datetime, limit: int = MOST
) -> tuple[CodeValue, ...]:
    """The codes that count at an instant and hang directly below one; at the top for None."""
    asked = {"list": list_id, "at": at, "limit": limit}
    if code is None:
        return tuple(_read(connection, _TOP, asked))
    return tuple(_read(connection, _CHILDREN, {**asked, "parent": code}))


def path(connection: Connection, list_id: ListId, code: str, at: datetime) -> tuple[CodeValue, ...]:
    """The way from the top down to a code, as each of them was last known at the instant."""
    asked = {"list": list_id, "code": code, "at": at}
    return tuple(_read(connection, _PATH, asked))


def descendants(
    connection: Connection, list_id: ListId, code: str, at: datetime, limit: int
) -> tuple[str, ...]:
    """The codes at and below one at an instant, itself first, at most `limit` of them."""
    asked = {"list": list_id, "code": code, "at": at, "limit": limit}
    return tuple(connection.execute(_DESCENDANTS, asked).scalars())


def count_below(connection: Connection, list_id: ListId, code: str, at: datetime) -> int:
    """How many codes are below one at an instant, itself not counted."""
    return connection.execute(_BELOW, {"list": list_id, "code": code, "at": at}).scalar_one()


def under(
    connection: Connection, list_id: ListId, pairs: Iterable[tuple[str, str]], at: datetime
) -> frozenset[tuple[str, str]]:
    """Of some pairs (ancestor, code), those where the code is the ancestor or below it.

    One query for all of them. A pair with a code that the list does not have never holds, not
    even with itself.
    """
    asked = frozenset(pairs)
    if not asked:
        return asked
    codes = list({code for _, code in asked})
    found = connection.execute(_UNDER, {"list": list_id, "codes": codes, "at": at})
    return asked.intersection((row.ancestor, row.descendant) for row in found)


def placed(
    connection: Connection,
    list_id: ListId,
    pairs: Collection[tuple[str, str]],
    codes: Collection[str],
    at: datetime,
) -> tuple[frozenset[tuple[str, str]], frozenset[str]]:
    """The pairs that hold, as of `under`, and the codes that have others below them.

    One query for all of them.
    """
    asked = sorted({*codes, *(code for _, code in pairs)})
    if not asked:
        return frozenset(), frozenset()
    above = {ancestor for ancestor, code in pairs if ancestor != code} or {""}
    binds = {"list": list_id, "codes": several(asked), "above": several(above), "at": at}
    found = connection.execute(_PLACED, binds).all()
    held = frozenset((row.ancestor, row.descendant) for row in found)
    wide = frozenset(row.descendant for row in found if row.wide)
    return held.intersection(pairs), wide.intersection(codes)


def successor(connection: Connection, list_id: ListId, code: str, at: datetime) -> str | None:
    """The code that took a closed one's place and counts at the instant, or None."""
    seen = {code}
    for _ in range(_MAX_CHAIN):
        known = history(connection, list_id, code)
        if not known or known[-1].replaced_by is None or known[-1].replaced_by in seen:
            return None
        code = known[-1].replaced_by
        seen.add(code)
        if value(connection, list_id, code, at) is not None:
            return code
    return None


def mapped(connection: Connection, shak: str, at: datetime) -> tuple[str, ...]:
    """The SOR ids that a SHAK code maps to at an instant."""
    return tuple(connection.execute(_MAPPED, {"code": shak, "at": at}).scalars())


def _read(
    connection: Connection, query: sa.Executable, asked: Mapping[str, object]
) -> Iterator[CodeValue]:
    for row in connection.execute(query, asked):
        facts = CodeFacts(
            row.name, row.parent, row.kind, row.cvr, row.shak, row.region, row.specialty
        )
        period = Period(row.since, row.until)
        yield CodeValue(row.list_id, row.code, facts, period, row.replaced_by)


def _escaped(text: str) -> str:
    for letter in (_ESCAPE, "%", "_"):
        text = text.replace(letter, _ESCAPE + letter)
    return text


_AT = sa.bindparam("at", type_=Instant)
_OF_LIST = CODE_VALUE.c.list_id == sa.bindparam("list")
_LIMIT = sa.bindparam("limit", type_=sa.Integer)
_COLUMNS: Sequence[sa.Column[object]] = [
    column for column in CODE_VALUE.c if column.name not in ("folded", "hangs_until")
]
_ALL = sa.select(*_COLUMNS).where(_OF_LIST)
_OPEN = _ALL.where(CODE_VALUE.c.since <= _AT, CODE_VALUE.c.until > _AT)
_VALUES = _OPEN.where(CODE_VALUE.c.code.in_(sa.bindparam("codes", expanding=True)))
_HISTORY = _ALL.where(CODE_VALUE.c.code == sa.bindparam("code")).order_by(CODE_VALUE.c.since)
_IN_ORDER = (CODE_VALUE.c.folded, CODE_VALUE.c.code)
_TOP = _OPEN.where(CODE_VALUE.c.parent.is_(None)).order_by(*_IN_ORDER).limit(_LIMIT)
_CHILDREN = (
    _OPEN.where(CODE_VALUE.c.parent == sa.bindparam("parent")).order_by(*_IN_ORDER).limit(_LIMIT)
)
_HANGS = (
    CODE_CLOSURE.c.list_id == sa.bindparam("list"),
    CODE_CLOSURE.c.since <= _AT,
    CODE_CLOSURE.c.until > _AT,
)
_PATH = (
    sa.select(*_COLUMNS)
    .join(
        CODE_CLOSURE,
        sa.and_(
            CODE_CLOSURE.c.list_id == CODE_VALUE.c.list_id,
            CODE_CLOSURE.c.ancestor == CODE_VALUE.c.code,
        ),
    )
    .where(*_HANGS, CODE_CLOSURE.c.descendant == sa.bindparam("code"))
    .where(CODE_VALUE.c.since <= _AT, CODE_VALUE.c.hangs_until > _AT)
    .order_by(CODE_CLOSURE.c.depth.desc())
)
_DESCENDANTS = (
    sa.select(CODE_CLOSURE.c.descendant)
    .where(*_HANGS, CODE_CLOSURE.c.ancestor == sa.bindparam("code"))
    .order_by(CODE_CLOSURE.c.depth, CODE_CLOSURE.c.descendant)
    .limit(_LIMIT)
)
_BELOW = (
    sa.select(sa.func.count())
    .select_from(CODE_CLOSURE)
    .where(*_HANGS, CODE_CLOSURE.c.ancestor == sa.bindparam("code"), CODE_CLOSURE.c.depth > 0)
)
# All that the codes are below, a few rows each: whichever way it is asked, one index answers.
_UNDER = sa.select(CODE_CLOSURE.c.ancestor, CODE_CLOSURE.c.descendant).where(
    *_HANGS,
    CODE_CLOSURE.c.descendant.in_(sa.bindparam("codes", expanding=True)),
)
_CHILD = CODE_CLOSURE.alias("child")
_HAS_CHILDREN = sa.exists().where(
    _CHILD.c.list_id == CODE_CLOSURE.c.list_id,
    _CHILD.c.ancestor == CODE_CLOSURE.c.descendant,
    _CHILD.c.depth == 1,
    _CHILD.c.since <= _AT,
    _CHILD.c.until > _AT,
)
# Looked for once for each code, at the row that has it below itself.
_PLACED = _UNDER.add_columns(
    sa.case((CODE_CLOSURE.c.depth == 0, _HAS_CHILDREN), else_=sa.false()).label("wide")
).where(
    sa.or_(
        CODE_CLOSURE.c.depth == 0,
        CODE_CLOSURE.c.ancestor.in_(sa.bindparam("above", expanding=True)),
    )
)
_MAPPED = (
    sa.select(CODE_MAP.c.to_code)
    .where(
        CODE_MAP.c.from_list == "shak",
        CODE_MAP.c.to_list == "sor",
        CODE_MAP.c.from_code == sa.bindparam("code"),
        CODE_MAP.c.since <= _AT,
        CODE_MAP.c.until > _AT,
    )
    .order_by(CODE_MAP.c.to_code)
)
_OPEN_COUNT = (
    sa.select(sa.func.count())
    .where(
        CODE_VALUE.c.list_id == CODE_LIST.c.id,
        CODE_VALUE.c.since <= _AT,
        CODE_VALUE.c.until > _AT,
    )
    .scalar_subquery()
    .label("open")
)
_LISTS = sa.select(CODE_LIST.c.id, CODE_LIST.c.loaded_at, CODE_LIST.c.source, _OPEN_COUNT).order_by(
    CODE_LIST.c.id
)
