"""Statements of every login: compiled once, and then handed to the driver as they are.

A `Prepared` is written and read like any other statement of a store; only the way to the
database is shorter. SQLAlchemy looks up, binds and wraps each execution anew, and that takes
longer than most of these statements do. The SQL, the names and the types are still
SQLAlchemy's, on both engines, and so are the transaction and what is raised.
"""

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

Values = Mapping[str, object]
Statement = sa.sql.ClauseElement
_Convert = Callable[[Any], Any]


class Prepared:
    """One statement. What it is compiled to is kept, for each engine and each length of an IN.

    Let `broker.db.several` fill up the values of an IN, so that there are few lengths. Where
    the engines need different statements, they are given by the engine's name.
    """

    def __init__(self, statement: Statement | Mapping[str, Statement]) -> None:
        self._statement = statement
        self._forms: dict[tuple[object, ...], _Form] = {}

    def all(self, connection: Connection, values: Values) -> list[Any]:
        """Every row, its columns by name."""
        form = self._form(connection, values)
        return form.rows(_run(connection, form, values).fetchall())

    def first(
        self, connection: Connection, values: Values
    ) -> Any:  # the columns are the statement's
        """The first row, its columns by name, or None."""
        form = self._form(connection, values)
        cursor = _run(connection, form, values)
        row = cursor.fetchone()
        cursor.close()  # a statement that is not read to its end would hold SQLite's snapshot
        return None if row is None else form.rows([row])[0]

    def change(self, connection: Connection, *rows: Values) -> int:
        """Insert, update or delete by each of the rows; how many rows that changed."""
        form = self._form(connection, rows[0])
        if len(rows) == 1:
            return int(_run(connection, form, rows[0]).rowcount)
        bound = [form.bind(row) for row in rows]
        try:
            cursor = _cursor(connection)
            cursor.executemany(form.sql, bound)
        except connection.dialect.loaded_dbapi.Error as error:
            _raise(connection, form.sql, error)
        return int(cursor.rowcount)

    def _form(self, connection: Connection, values: Values) -> "_Form":
        name = connection.dialect.name
        lengths = tuple(len(value) for value in values.values() if type(value) is list)
        key = (name, lengths, *values)
        form = self._forms.get(key)
        if form is None:
            known = self._statement
            statement = known[name] if isinstance(known, Mapping) else known
            self._forms[key] = form = _compiled(statement, connection.dialect, values)
        return form


def inserting_new(table: sa.Table) -> Prepared:
    """Insert where the key is not there yet; a conflict leaves the transaction usable."""
    return Prepared(
        {
            "sqlite": sqlite.insert(table).on_conflict_do_nothing(),
            "postgresql": postgresql.insert(table).on_conflict_do_nothing(),
        }
    )


@contextmanager
def undoing(connection: Connection) -> Iterator[None]:
    """Take back what is done within where an exception leaves it; the transaction goes on."""
    _tell(connection, "SAVEPOINT inner_part")  # one name will do: the newest of a name counts
    try:
        yield
    except BaseException:
        _tell(connection, "ROLLBACK TO SAVEPOINT inner_part")
        _tell(connection, "RELEASE SAVEPOINT inner_part")
        raise
    _tell(connection, "RELEASE SAVEPOINT inner_part")


class _Form:
    """A statement as one driver takes it."""

    __slots__ = ("_convert", "_names", "_positional", "_row", "sql")

    def __init__(
        self,
        sql: str,
        names: Sequence[tuple[str, str, int | None, object, _Convert | None]],
        columns: Sequence[tuple[str, _Convert | None]],
        *,
        positional: bool,
    ) -> None:
        self.sql = sql
        self._names = names  # the driver's, ours, place in a list, value if we have none, type
        self._positional = positional
        make_class: Any = namedtuple  # its fields are the statement's
        self._row = make_class("Row", [name for name, _ in columns], rename=True)._make
        self._convert = [(place, one) for place, (_, one) in enumerate(columns) if one is not None]

    def bind(self, values: Values) -> Any:  # a list or a dict, as the driver has it
        """The values as the driver takes them."""
        bound = []
        for _, name, place, default, convert in self._names:
            value: Any = values.get(name, default)
            if place is not None:
                value = value[place]
            bound.append(value if convert is None else convert(value))
        if self._positional:
            return bound
        return {one[0]: value for one, value in zip(self._names, bound, strict=True)}

    def rows(self, found: Sequence[Sequence[object]]) -> list[Any]:
        """The driver's rows, with names and types."""
        if not self._convert:
            return [self._row(row) for row in found]
        made = []
        for row in found:
            cells = list(row)
            for place, convert in self._convert:
                cells[place] = convert(cells[place])
            made.append(self._row(cells))
        return made


def _compiled(statement: Statement, dialect: Dialect, values: Values) -> _Form:
    compiled = cast("SQLCompiler", statement.compile(dialect=dialect, column_keys=list(values)))
    if compiled.insert_prefetch or compiled.update_prefetch:
        raise TypeError("a default that is made in Python is SQLAlchemy's to bring")
    if unknown := set(values) - set(compiled.binds):
        raise TypeError(f"the statement has no {sorted(unknown)}")
    state = compiled.construct_expanded_state(dict(values))
    from_list = {
        made: (ours, place)
        for ours, every in state.parameter_expansion.items()
        for place, made in enumerate(every)
    }
    order = state.positiontup
    names = []
    for driver in state.parameters if order is None else order:
        ours, place = from_list.get(driver, (driver, None))
        kind = compiled.binds[ours].type.dialect_impl(dialect)
        default = compiled.binds[ours].effective_value  # of a literal, which nobody gives
        names.append((driver, ours, place, default, kind.bind_processor(dialect)))
    columns = getattr(statement, "selected_columns", ())
    return _Form(
        state.statement,
        names,
        [(str(column.key), _reading(column.type, dialect)) for column in columns],
        positional=order is not None,
    )


def _reading(kind: TypeEngine[Any], dialect: Dialect) -> _Convert | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def _run(connection: Connection, form: _Form, values: Values) -> Any:  # a driver's cursor
    bound = form.bind(values)
    try:
        cursor = _cursor(connection)
        cursor.execute(form.sql, bound)
    except connection.dialect.loaded_dbapi.Error as error:
        _raise(connection, form.sql, error)
    return cursor


def _tell(connection: Connection, sql: str) -> None:
    try:
        _cursor(connection).execute(sql)
    except connection.dialect.loaded_dbapi.Error as error:
        _raise(connection, sql, error)


def _cursor(connection: Connection) -> Any:  # as above
    if not connection.in_transaction():
        connection.begin()  # as SQLAlchemy would with the first statement
    return connection.connection.cursor()


def _raise(connection: Connection, sql: str, error: Any) -> NoReturn:
    """What the driver raised, as SQLAlchemy would: without the values, for people are in them."""
    driver = connection.connection.dbapi_connection
    gone = connection.dialect.is_disconnect(error, driver, None)
    raise sa.exc.DBAPIError.instance(
        sql,
        None,
        error,
        connection.dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=gone,
        dialect=connection.dialect,
    ) from error
