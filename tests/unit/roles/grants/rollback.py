"""An engine that is one open connection: every transaction a savepoint, nothing ever kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import sqlalchemy as sa

from broker.db import Connection, Engine


class OneConnection:
    """What `broker.db.writing` asks of an engine, on a connection that will be rolled back."""

    def __init__(self, engine: Engine) -> None:
        self.dialect: sa.Dialect = engine.dialect
        self._connection = engine.connect()
        self._whole = self._connection.begin()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction within the one that is never committed."""
        with self._connection.begin_nested():
            yield self._connection

    def end(self) -> None:
        """Forget all of it."""
        self._whole.rollback()
        self._connection.close()

    def as_engine(self) -> Engine:
        """The same, for signatures that ask for an engine."""
        return cast(Engine, self)
