"""What a page waits for: its slowest statements, and how the server runs them."""

import time
from dataclasses import dataclass, field

import sqlalchemy as sa

from broker.db import Engine
from tests.bench.walking import Page, Walk


@dataclass(frozen=True, slots=True)
class Ran:
    """A statement that a page waited for."""

    seconds: float
    text: str
    values: object = field(repr=False)


def slowest(engine: Engine, walk: Walk, page: Page, most: int) -> None:
    """Print the slowest statements of a page, and how the server ran each."""
    found: list[Ran] = []
    began: list[float] = []

    def before(*_: object) -> None:
        began.append(time.perf_counter())

    def after(_c: object, _k: object, text: str, values: object, *_: object) -> None:
        found.append(Ran(time.perf_counter() - began.pop(), text, values))

    sa.event.listen(engine, "before_cursor_execute", before)
    sa.event.listen(engine, "after_cursor_execute", after)
    walk.answer(page.worst)
    sa.event.remove(engine, "before_cursor_execute", before)
    sa.event.remove(engine, "after_cursor_execute", after)
    took = sum(one.seconds for one in found)
    print(f"\n{page.who} {page.worst}: {len(found)} statements, {took * 1000:.0f} ms")
    for one in sorted(found, key=lambda ran: -ran.seconds)[:most]:
        print(f"  {one.seconds * 1000:.0f} ms  {' '.join(one.text.split())[:600]}")
        if not one.text.lstrip().upper().startswith(("SELECT", "WITH")):
            continue
        with engine.connect() as connection:
            statement = f"EXPLAIN (ANALYZE, COSTS OFF) {one.text}"
            for row in connection.exec_driver_sql(statement, one.values):  # type: ignore[arg-type]  # values as the driver had them
                print(f"    {row[0]}")
