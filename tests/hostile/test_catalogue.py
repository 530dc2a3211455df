"""The catalogue itself: no row without a test or a reason, and no test of a row there is not."""

import ast
import subprocess
import sys

import pytest

from tests.hostile import catalogue
from tests.house.repository import ROOT

ROWS = catalogue.read()


@pytest.fixture(scope="module")
def cases(request: pytest.FixtureRequest) -> list[str]:
    """Every case of this folder; collected anew where this run has only some of them."""
    here = ROOT / catalogue.HERE
    collected: list[pytest.Item] = request.config.stash[catalogue.COLLECTED]
    if {item.path for item in collected} >= set(here.glob("test_*.py")):
        return [item.nodeid for item in collected]
    found = subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", "-q", "--collect-only", catalogue.HERE],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [line for line in found.stdout.splitlines() if line.startswith(catalogue.HERE)]


def test_every_row_has_a_test_or_a_reason(cases: list[str]) -> None:
    shown = catalogue.shown_by(ROWS, cases)
    empty = [n for n, r in ROWS.items() if not (shown[n] or r.tests or r.reason)]
    assert empty == []
    assert [n for n, r in ROWS.items() if r.reason and (shown[n] or r.tests)] == []


def test_no_test_names_a_row_that_there_is_not(cases: list[str]) -> None:
    assert sorted(catalogue.shown_by(ROWS, cases).keys() - ROWS.keys()) == []


def test_the_tests_that_rows_list_are_there() -> None:
    functions: dict[str, set[str]] = {}
    for row in ROWS.values():
        for test in row.tests:
            path, _, name = test.partition("::")
            if path not in functions:
                tree = ast.parse((ROOT / path).read_text())
                functions[path] = {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}
            assert name in functions[path], f"{row.id}: {test}"


def test_every_row_is_called_as_one_and_stands_in_its_place() -> None:
    assert [name for name in ROWS if not catalogue.is_row(name)] == []
    assert list(ROWS) == sorted(ROWS)
    assert {name[0] for name in ROWS} == catalogue.CHAPTERS.keys()
    for letter in catalogue.CHAPTERS:
        numbers = [int(name[1:]) for name in ROWS if name[0] == letter]
        assert numbers == list(range(1, len(numbers) + 1)), "a number is missing"


def test_a_row_without_a_test_is_seen_and_so_is_a_failure() -> None:
    one, other = "tests/hostile/test_x.py::test_x[A01 x]", "tests/hostile/test_x.py::test_b02_y"
    page = catalogue.page(ROWS, {one: "passed", other: "failed"})
    assert '<tr id="A01"><td>A01' in page
    assert '<td class="passed">1 passed' in page
    assert '<td class="failed">1 failed' in page
    assert page.count('<td class="missing">no test was run') > 100
