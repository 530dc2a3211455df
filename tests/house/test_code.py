"""Size, words, types and time: what every Python file keeps to."""

import ast
import re
from pathlib import Path

from tests.house import repository

LONGEST = 300
WRITTEN = {".css", ".html", ".js", ".sh"}
# pysaml2 behind the one, the drivers of the databases behind the other: neither has types.
WALLS = (Path("broker/saml/engine"), Path("broker/db"))
CLOCK = Path("broker/clock.py")
SILENCED = re.compile(r"# (?:type: ignore|noqa)\b")
MARKS = re.compile(r"# (?:type: ignore\[[a-z,-]+\]|noqa: [A-Z]+\d+(?:, ?[A-Z]+\d+)*)[ #-]*")


def test_no_file_is_over_300_lines() -> None:
    """Nor a page, a style or a script."""
    pages = [path for path in repository.files() if path.suffix in WRITTEN]
    assert {path.suffix for path in pages} == WRITTEN
    too_long = {
        str(path): lines
        for path in [*repository.python_files("broker", "tests", "deploy"), *pages]
        if (lines := len((repository.ROOT / path).read_text().splitlines())) > LONGEST
    }
    assert not too_long


def test_every_package_and_module_says_what_it_is() -> None:
    silent = [
        str(path)
        for path in repository.python_files("broker", "tests", "deploy")
        if not ast.get_docstring(repository.tree(path))
    ]
    assert not silent


def test_whatever_is_silenced_says_why() -> None:
    """A word beside each `type: ignore` and `noqa`; neither is ever for all codes."""
    mute = [
        f"{path}:{number}"
        for path in repository.python_files("broker", "tests", "deploy")
        for number, line in enumerate((repository.ROOT / path).read_text().splitlines(), 1)
        if SILENCED.search(line) and not is_said_why(line)
    ]
    assert not mute


def is_said_why(line: str) -> bool:
    """Whether words follow the last of the marks."""
    *marks, after = MARKS.split(line)
    return bool(marks) and re.match("[A-Za-z]", after) is not None


def test_every_folder_of_python_is_a_package() -> None:
    """Without __init__.py there is no docstring, and the import rules pass it by."""
    present = set(repository.python_files("broker", "tests"))
    bare = {str(p.parent) for p in present if p.parent / "__init__.py" not in present}
    assert not bare


def test_any_stays_behind_the_walls() -> None:
    seen = [
        f"{path}:{node.lineno}"
        for path, node in repository.nodes("broker")
        if isinstance(node, ast.Name)
        and node.id == "Any"
        and not any(map(path.is_relative_to, WALLS))
    ]
    assert not seen


# They hand on what the addresses of a page and its template name, as Flask's own do.
BY_NAME = {"broker/portals/shell.py": {"link", "page", "back", "_tidy"}}
BY_NAME["broker/portals/mounting.py"] = {"view"}
BY_NAME["broker/portals/organisation/pages.py"] = {"page"}


def test_our_signatures_name_their_arguments() -> None:
    """No **kwargs: a reader and mypy see what a function takes."""
    seen = [
        f"{path}:{node.lineno} {node.name}"
        for path, node in repository.nodes("broker")
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.args.kwarg
        and node.name not in BY_NAME.get(str(path), ())
        # A decorator that passes a ParamSpec on is typed as strictly as what it wraps.
        and not isinstance(node.args.kwarg.annotation, ast.Attribute)
    ]
    assert not seen


def test_only_the_clock_asks_for_the_time() -> None:
    """Time is an argument: datetime.now(), date.today() and time.time() are the clock's."""
    seen = [
        f"{path}:{node.lineno}"
        for path, node in repository.nodes("broker")
        if isinstance(node, ast.Call) and path != CLOCK and asks_for_the_time(node.func)
    ]
    assert not seen


def asks_for_the_time(called: ast.expr) -> bool:
    match called:
        case ast.Attribute(value=ast.Name(id="datetime" | "date"), attr=attr):
            return attr in {"now", "utcnow", "today"}
        case ast.Attribute(value=ast.Attribute(attr="datetime" | "date"), attr=attr):
            return attr in {"now", "utcnow", "today"}
        case ast.Attribute(value=ast.Name(id="time"), attr=attr):
            return attr in {"time", "time_ns"}
    return False


def test_nothing_branches_on_the_name_of_the_environment() -> None:
    """Production and test differ in their data, never in their code."""
    seen = [
        f"{path}:{node.lineno}"
        for path, node in repository.nodes("broker")
        if isinstance(node, ast.Compare | ast.MatchValue) and names_an_environment(node)
    ]
    assert not seen


def names_an_environment(node: ast.AST) -> bool:
    for part in ast.walk(node):
        match part:
            case ast.Constant(value="production" | "test"):
                return True
            case ast.Name(id="PRODUCTION" | "TEST") | ast.Attribute(attr="PRODUCTION" | "TEST"):
                return True
    return False


def test_a_branch_on_the_environment_would_be_seen() -> None:
    for source in (
        'if environment == "production": pass',
        'x = 1 if e in ("test",) else 2',
        "if federation.environment is Environment.TEST: pass",
        'match e:\n    case "production": pass',
    ):
        planted = ast.walk(ast.parse(source))
        assert any(
            isinstance(n, ast.Compare | ast.MatchValue) and names_an_environment(n) for n in planted
        ), source
