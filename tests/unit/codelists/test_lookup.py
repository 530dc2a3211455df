"""Look-ups: by code, by words, by place, and what took a closed code's place."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from broker.codelists import store
from broker.codelists.model import CodeFacts
from broker.codelists.numbers import make_sor
from broker.db import Connection, Engine, reading
from tests.factories import NOW
from tests.unit.codelists.files import A, B, C, D, fixed, load, sor_csv

NAMES = {A: "Region Ærø", B: "100 % Øjenklinik", C: "100 x Øreklinik", D: "Klinik_Øst"}
LATER = NOW + timedelta(days=9)


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A small list: A above B and C, and D alone."""
    load(engine, sor_csv({A: None, B: A, C: A, D: None}, NAMES))
    with reading(engine) as opened:
        yield opened


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("øjen", [B]),
        ("ØJEN", [B]),
        ("klinik", [B, C, D]),
        ("klinik 100", [B, C]),
        ("100 %", [B]),
        ("_", [D]),
        ("%", [B]),
        ("\\", []),
        ("   ", []),
        (B, [B]),
        (B[:5], [B]),
        (B[1:], []),
        ("0", [B, C]),
    ],
)
def test_search_takes_words_and_beginnings_of_codes_and_no_patterns(
    connection: Connection, text: str, found: list[str]
) -> None:
    assert [one.code for one in store.search(connection, "sor", text, NOW)] == found


def test_search_is_limited_and_about_one_list_and_one_instant(connection: Connection) -> None:
    assert len(store.search(connection, "sor", "klinik", NOW, 2)) == 2
    assert store.search(connection, "shak", "klinik", NOW) == ()
    assert store.search(connection, "sor", "klinik", NOW - timedelta(days=1)) == ()


def test_children_are_those_directly_below_in_order_of_their_names(connection: Connection) -> None:
    assert [one.code for one in store.children(connection, "sor", A, NOW)] == [B, C]
    assert [one.code for one in store.children(connection, "sor", None, NOW)] == [D, A]
    assert [one.code for one in store.children(connection, "sor", None, NOW, 1)] == [D]
    assert store.children(connection, "sor", B, NOW) == ()


def test_values_are_looked_up_many_at_a_time(connection: Connection) -> None:
    found = store.values(connection, "sor", (A, B, make_sor(77)), NOW)
    assert {code: one.name for code, one in found.items()} == {A: NAMES[A], B: NAMES[B]}
    assert found[B].facts == CodeFacts(NAMES[B], A, "afsnit")
    assert (found[B].kind, found[B].parent, found[B].cvr, found[B].shak) == (
        "afsnit",
        A,
        None,
        None,
    )
    assert store.values(connection, "sor", (), NOW) == {}


def test_descendants_are_limited_and_the_nearest_come_first(connection: Connection) -> None:
    assert store.descendants(connection, "sor", A, NOW, 10) == (A, B, C)
    assert store.descendants(connection, "sor", A, NOW, 2) == (A, B)
    assert store.descendants(connection, "sor", make_sor(77), NOW, 2) == ()
    assert store.count_below(connection, "sor", A, NOW) == 2
    assert store.count_below(connection, "sor", make_sor(77), NOW) == 0


HEADING = "Enhedsnavn;SOR-kode;Parent-SOR-kode;Til-dato;Erstattet-af-SOR-kode"


def test_a_successor_is_followed_until_one_that_counts(engine: Engine) -> None:
    load(engine, sor_csv(dict.fromkeys((A, B, C, D))))
    rows = (f"a;{A};;2020-12-31;{B}", f"b;{B};;2021-12-31;{C}", f"c;{C};;;", f"d;{D};;2020-01-01;")
    load(engine, "\n".join([HEADING, *rows]), LATER)
    with reading(engine) as connection:
        assert store.successor(connection, "sor", A, LATER) == C
        assert store.successor(connection, "sor", B, LATER) == C
        assert store.successor(connection, "sor", C, LATER) is None
        assert store.successor(connection, "sor", D, LATER) is None
        assert store.successor(connection, "sor", make_sor(77), LATER) is None


def test_successors_in_a_circle_end(engine: Engine) -> None:
    load(engine, sor_csv({A: None, B: None}))
    rows = (f"a;{A};;2020-12-31;{B}", f"b;{B};;2021-12-31;{A}")
    load(engine, "\n".join([HEADING, *rows]), LATER)
    with reading(engine) as connection:
        assert store.successor(connection, "sor", A, LATER) is None


def test_the_map_tells_sor_ids_of_a_shak_code_at_an_instant(engine: Engine) -> None:
    heading = "SHAK-kode;SOR-kode;Fra-dato;Til-dato"
    load(engine, "\n".join([heading, f"1399;{A};;", f"1399;{B};;", f"139901;{C};;"]), NOW)
    load(engine, "\n".join([heading, f"1399;{B};;", f"1399;{D};;"]), LATER)
    with reading(engine) as connection:
        assert store.mapped(connection, "1399", NOW) == (A, B)
        assert store.mapped(connection, "1399", LATER) == (B, D)
        assert store.mapped(connection, "139901", LATER) == ()


def test_shak_and_sks_codes_hang_below_what_they_begin_with(engine: Engine) -> None:
    lines = (("sgh", "1399"), ("afd", "139901"), ("afd", "1399011"), ("afd", "1399021"))
    shak = "\n".join(fixed(kind, code, "20200101", "25000101", code) for kind, code in lines)
    assert load(engine, shak).findings == ()
    lone = shak + "\n" + fixed("afd", "139801", "20200101", "25000101", "Alene")
    (finding,) = load(engine, lone, LATER).findings
    assert finding.code == "codelist.orphan"
    sks = "\n".join(fixed("dia", code, "20200101", "", code) for code in ("D", "DJ18", "DJ189"))
    load(engine, sks)
    with reading(engine) as connection:
        assert store.descendants(connection, "shak", "1399", LATER, 9) == (
            "1399",
            "139901",
            "1399021",
            "1399011",
        )
        assert [one.code for one in store.path(connection, "sks", "DJ189", NOW)] == [
            "D",
            "DJ18",
            "DJ189",
        ]
