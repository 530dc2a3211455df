"""Each kind of guard is found, taken out as it should be, and tells when it decides."""

import ast
import contextlib
import textwrap
from types import SimpleNamespace

import pytest

from tests.guards import finding
from tests.guards.changing import TELLER
from tests.guards.finding import guards_of, telling, without
from tests.guards.noticing import Decided, Teller

SOURCE = """
def asked(x):
    if x < 0 or x > 9:
        raise ValueError
    if not 1 <= x <= 8:
        return False
    check(x)
    try:
        read(x)
    except KeyError:
        raise ValueError
    for odd in of(x):
        raise ValueError
    first([c for c in those(x) if c.is_fit][:MAX_CERTIFICATES])
    if x == 5:
        pass
    else:
        return None
    return even(x) and small(x)

def last(x):
    if x:
        return x
    raise ValueError

def tidy(x):
    try:
        return read(x)
    except KeyError:
        return None

def write_it(x):
    if x:
        raise ValueError

SOME_CHECKS: tuple = (asked, last)
"""
FOUND = [
    ("condition", "x < 0 or x > 9", "if False:"),
    ("operand", "x < 0", "if False or x > 9:"),
    ("operand", "x > 9", "if x < 0 or False:"),
    ("condition", "not 1 <= x <= 8", "if False:"),
    ("operand", "1", "if not x <= 8:"),
    ("operand", "8", "if not 1 <= x:"),
    ("call", "check(x)", "\n    None\n"),
    ("handler", "except KeyError", "except KeyError:\n        pass"),
    ("loop", "for odd in of(x)", "for odd in of(x):\n        pass"),
    ("filter", "c.is_fit", "for c in those(x) if True]"),
    ("limit", "[c for c in those(x) if c.is_fit][:MAX_CERTIFICATES]", "if c.is_fit][:]"),
    ("else", "else of x == 5", "else:\n        pass"),
    ("conjunct", "even(x)", "return True and small(x)"),
    ("conjunct", "small(x)", "return even(x) and True"),
    ("end", "raise ValueError", "return x\n    pass"),
    ("check", "asked", ""),
    ("check", "last", ""),
]


@pytest.fixture(autouse=True)
def sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "tree_of", lambda _module: ast.parse(SOURCE))


def test_each_kind_is_found_and_nothing_else() -> None:
    found = {(guard.kind, guard.text) for guard in guards_of("sample")}
    assert found == {(kind, text) for kind, text, _ in FOUND}
    assert len(guards_of("sample")) == len(FOUND)


@pytest.mark.parametrize(("kind", "text", "left"), FOUND)
def test_it_is_taken_out_and_the_rest_stays(kind: str, text: str, left: str) -> None:
    (guard,) = [g for g in guards_of("sample") if (g.kind, g.text) == (kind, text)]
    before, after = ast.unparse(ast.parse(SOURCE)), ast.unparse(without(guard))
    assert left in after
    changed = set(before.splitlines()) ^ set(after.splitlines())
    assert len(changed) <= 2, textwrap.indent("\n".join(sorted(changed)), "  ")


@pytest.mark.parametrize(
    ("x", "decided"),
    [
        (-1, {"x < 0 or x > 9", "x < 0"}),
        (10, {"x < 0 or x > 9", "x > 9"}),
        (9, {"not 1 <= x <= 8", "1", "8"}),
        (2, {"check(x)"}),
        (3, {"except KeyError"}),
        (4, {"for odd in of(x)"}),
        (6, {"else of x == 5"}),
        (7, {"c.is_fit", "else of x == 5"}),
        (8, {"[c for c in those(x) if c.is_fit][:MAX_CERTIFICATES]", "else of x == 5"}),
        (5, {"even(x)"}),
    ],
)
def test_it_tells_when_it_decides(x: int, decided: set[str]) -> None:
    heard: Decided = set()
    given = {
        TELLER: Teller("sample", heard),
        "check": lambda x: {2: 1 / (x - 2)},
        "read": lambda x: {3: {}[x]} if x == 3 else None,  # a KeyError
        "of": lambda x: [x] if x == 4 else [],
        "those": lambda x: [SimpleNamespace(is_fit=x != 7)] * (x - 5),
        "first": len,
        "MAX_CERTIFICATES": 2,
        "even": lambda x: x % 2 == 0,
        "small": lambda _x: True,
    }
    exec(compile(telling("sample"), "sample", "exec"), given)  # noqa: S102  # our own text
    with contextlib.suppress(ValueError, ZeroDivisionError):
        given["asked"](x)  # type: ignore[operator]  # it is a function by now
    names = {guard.number: guard.text for guard in guards_of("sample")}
    assert {names[number] for _, number in heard} == decided
