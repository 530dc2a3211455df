"""What a process of the tests does once, where one that serves does it once as well: at its start.

Tests start hundreds of brokers in one process, each on a database that is thrown away. Nothing
here changes what a broker answers.
"""

from collections.abc import Callable
from typing import Any

import pytest
from jinja2 import Environment
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry
from werkzeug.routing import Rule

from broker import db

Builder = Callable[..., tuple[str, str]]
PREPARE = db._prepare_sqlite  # noqa: SLF001 # as it is for everybody but the tests


def compile_rules_once(patch: pytest.MonkeyPatch) -> None:
    """Compile what builds the URLs of a rule once: three quarters of what starting a broker takes.

    It is made of the rule's text alone, and finds the rule itself when it is called.
    """
    compile_builder = Rule._compile_builder  # noqa: SLF001 # slow, and has no other name
    made: dict[tuple[object, ...], Builder] = {}

    def compiled(rule: Rule, append_unknown: bool = True) -> Builder:  # noqa: FBT001, FBT002 # as there
        if rule.defaults:  # which are compiled in
            return compile_builder(rule, append_unknown)
        key = (rule.rule, tuple(rule._trace), append_unknown)  # noqa: SLF001 # what it is made of
        if key not in made:
            made[key] = compile_builder(rule, append_unknown)
        return made[key]

    patch.setattr(Rule, "_compile_builder", compiled)


class _Compiled(BytecodeCache):
    """Templates by their words and by what they are compiled with."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._known.get(self._of(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._known[self._of(bucket)] = bucket.code

    @staticmethod
    def _of(bucket: Bucket) -> tuple[object, ...]:
        there = bucket.environment
        options = (type(there), there.trim_blocks, there.lstrip_blocks, *there.extensions)
        return (bucket.key, bucket.checksum, options)


def compile_templates_once(patch: pytest.MonkeyPatch) -> None:
    """Compile a template once for all the brokers that render it; changed words are compiled."""
    kept, make = _Compiled(), Environment.__init__

    def made(environment: Environment, *arguments: Any, **options: Any) -> None:
        make(environment, *arguments, **options)
        environment.bytecode_cache = environment.bytecode_cache or kept

    patch.setattr(Environment, "__init__", made)


def wait_for_no_disk(patch: pytest.MonkeyPatch) -> None:
    """Let SQLite not wait until what is thrown away is on the disk."""

    def prepared(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        PREPARE(connection, record)
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.close()

    patch.setattr(db, "_prepare_sqlite", prepared)
