"""What is below what: as a naive model says, for random trees and moves, on both engines."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broker.audit.store import AuditStore
from broker.codelists import store
from broker.codelists.numbers import make_sor
from broker.codelists.service import CodeListService
from broker.codelists.tables import CODE_CLOSURE
from broker.codelists.tree import MAX_DEPTH
from broker.db import Connection, Engine, reading
from tests.drawn import examples
from tests.factories import NOW
from tests.unit.codelists.files import (
    OCCASION,
    A,
    B,
    C,
    D,
    E,
    file_of,
    load,
    reading_of,
    sor_csv,
)

CODES = tuple(make_sor(item) for item in range(1, 8))

Parents = Mapping[str, str | None]


def day(number: int) -> datetime:
    return NOW + timedelta(days=number)


@dataclass(slots=True)
class Naive:
    """The hierarchy at each load, one whole copy for each."""

    states: list[dict[str, str | None]] = field(default_factory=list)

    def load(self, parents: Parents) -> None:
        """What hangs where after a file: closed codes stay, strangers and circles are cut."""
        state = dict(self.states[-1]) if self.states else {}
        known = state.keys() | parents.keys()
        told = {
            code: parent if parent in known and parent != code else None
            for code, parent in parents.items()
        }
        state.update(told)
        circle = {code for code in told if code in above(state, code)}
        state.update(dict.fromkeys(circle))
        self.states.append(state)

    def under(self, number: int) -> set[tuple[str, str]]:
        """Every pair (ancestor, code) that holds after a load."""
        state = self.states[number]
        return {(code, code) for code in state} | {
            (ancestor, code) for code in state for ancestor in above(state, code)
        }


def above(state: Parents, code: str) -> list[str]:
    found: list[str] = []
    at = state.get(code)
    while at is not None and at not in found:
        found.append(at)
        at = state.get(at)
    return found


files = st.lists(
    st.tuples(
        st.dictionaries(
            st.sampled_from(CODES), st.none() | st.sampled_from((*CODES, make_sor(99))), min_size=1
        ),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
)


@settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(files)
def test_the_closure_is_what_a_naive_model_says_at_every_instant(
    engine: Engine, loads: list[tuple[dict[str, str | None], bool]]
) -> None:
    naive = Naive()
    service = CodeListService(engine, AuditStore())
    with engine.connect() as connection, connection.begin() as transaction:
        for number, (parents, complete) in enumerate(loads):
            naive.load(parents)
            text = sor_csv(parents)
            file = file_of(text, complete=complete)
            told = reading_of(text)
            service.write(connection, file, told, day(number), OCCASION, confirmed=True)
        every = frozenset(product(CODES, CODES))
        for number in range(len(loads)):
            for at in (day(number), day(number) + timedelta(hours=5)):
                assert store.under(connection, "sor", every, at) == naive.under(number)
        for code in CODES:
            found = store.descendants(connection, "sor", code, day(9), 100)
            assert set(found) == {low for high, low in naive.under(-1) if high == code}
            way = [step.code for step in store.path(connection, "sor", code, day(9))]
            known = code in naive.states[-1]
            expected = [*reversed(above(naive.states[-1], code)), code] if known else []
            assert way == expected
        assert store.under(connection, "sor", every, day(-1)) == frozenset()
        transaction.rollback()


def pairs(connection: Connection, at: datetime) -> set[tuple[str, str]]:
    codes = (A, B, C, D, E)
    return set(store.under(connection, "sor", product(codes, codes), at))


def test_a_unit_that_moves_takes_along_what_is_below_it(engine: Engine) -> None:
    load(engine, sor_csv({A: None, B: None, C: A, D: C}), day(0))
    load(engine, sor_csv({A: None, B: None, C: B, D: C}), day(1))
    with reading(engine) as connection:
        assert {(A, C), (A, D)} <= pairs(connection, day(0))
        assert not {(A, C), (A, D)} & pairs(connection, day(1))
        assert {(B, C), (B, D)} <= pairs(connection, day(1))
        assert [one.code for one in store.path(connection, "sor", D, day(0))] == [A, C, D]
        assert [one.code for one in store.path(connection, "sor", D, day(1))] == [B, C, D]


def test_a_unit_that_is_closed_stays_below_what_it_hung_below(engine: Engine) -> None:
    load(engine, sor_csv({A: None, B: A}), day(0))
    load(engine, sor_csv({A: None}), day(1))
    with reading(engine) as connection:
        assert store.value(connection, "sor", B, day(1)) is None
        assert (A, B) in pairs(connection, day(1))


def test_a_parent_that_comes_later_takes_its_children(engine: Engine) -> None:
    first = load(engine, sor_csv({B: A}), day(0))
    assert [finding.code for finding in first.findings] == ["codelist.orphan"]
    load(engine, sor_csv({A: None, B: A}), day(1))
    with reading(engine) as connection:
        assert (A, B) not in pairs(connection, day(0))
        assert (A, B) in pairs(connection, day(1))


def test_a_hierarchy_deeper_than_the_limit_is_cut_and_told_of(engine: Engine) -> None:
    codes = [make_sor(item) for item in range(1, MAX_DEPTH + 4)]
    chain = dict(zip(codes, (None, *codes), strict=False))
    result = load(engine, sor_csv(chain))
    assert [finding.code for finding in result.findings] == ["codelist.too_deep"]
    with reading(engine) as connection:
        assert connection.scalar(sa.select(sa.func.max(CODE_CLOSURE.c.depth))) == MAX_DEPTH
        top = codes[MAX_DEPTH + 1]
        assert [one.code for one in store.path(connection, "sor", top, day(1))] == [top]


def test_a_circle_in_the_past_of_a_file_ends_too(engine: Engine) -> None:
    heading = "Enhedsnavn;SOR-kode;Parent-SOR-kode;Fra-dato;Til-dato"
    rows = (
        f"a;{A};{B};2010-01-01;2010-12-31",
        f"a;{A};;2011-01-01;",
        f"b;{B};{A};2010-01-01;2010-12-31",
        f"b;{B};{A};2011-01-01;",
        f"c;{C};{A};2010-01-01;",
    )
    load(engine, "\n".join([heading, *rows]))
    with reading(engine) as connection:
        found = pairs(connection, NOW)
        assert {(A, B), (A, C)} <= found
        assert not {(B, A), (B, C)} & found


def test_a_pair_with_a_stranger_never_holds(engine: Engine) -> None:
    load(engine, sor_csv({A: None}))
    with reading(engine) as connection:
        asked = {(A, A), (A, B), (B, B), (B, A)}
        assert store.under(connection, "sor", asked, NOW) == {(A, A)}
        assert store.under(connection, "shak", asked, NOW) == frozenset()
        assert store.under(connection, "sor", (), NOW) == frozenset()
