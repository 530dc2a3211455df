"""The guards of a module, found by reading it: what refuses, and what else would let through.

condition   `if C: raise` or `if C: return False`; C becomes False
operand     one part of such a C that is an `or`, or one side of a range
conjunct    one part of `return A and B`
call        a statement that only calls a check
check       one entry of a list of checks
handler     `except E: raise` or `except E: return False`; E is passed over
else        `else: raise` or `else: return False`; it becomes nothing
loop        `for x in X: raise`; X becomes empty
filter      `for x in X if C` where C verifies x; C becomes True
limit       `X[:MOST]` of certificates; all of X is tried
end         the last statement of a function, where it refuses what nothing before it took

Each can be taken out, or told to say when it decides: a test in which it never decides is the same
test without it.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.guards.changing import (
    Found,
    body_of,
    call_of,
    code_of,
    limit_of,
    part_of,
    replaced,
    told,
    without_left,
    without_right,
)
from tests.house.repository import ROOT

# All that reads messages, metadata and certificates, and what is done with a Response at once.
MODULES = (
    "broker.login.idp_response",
    *(
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in sorted((ROOT / "broker" / "saml").rglob("*.py"))
        if path.stem != "__init__"
    ),
)
WRITING = ("write_", "_written", "build_", "encode_", "encrypt", "sign", "_signed", "_key_info")
CHECKING = ("check", "_check", "_only", "_decoded", "_prefixes", "_conditions", "run", "verify")
# What a filter verifies; others only sort what was read.
VERIFYING = ("is_fit", "_verifies", "_verified_by", "_is_about", "BEARER", "getparent", "_NIL")


@dataclass(frozen=True)
class Guard:
    """One guard, and how many there are before it in its module."""

    module: str
    place: str  # the function or the list that it is in
    line: int
    kind: str
    text: str
    code: str  # the reason it refuses with, as far as it says one
    number: int

    def __str__(self) -> str:
        return f"{self.module}:{self.line} {self.place} [{self.kind}] {self.text}"


def path_of(module: str) -> Path:
    """Where the source of a module is."""
    return ROOT / (module.replace(".", "/") + ".py")


def guards_of(module: str) -> list[Guard]:
    """Every guard of a module, in order."""
    return [
        Guard(module, f.place, line_of(f.node), f.kind, text_of(f), f.code, number)
        for number, f in enumerate(_found(tree_of(module)))
    ]


def tree_of(module: str) -> ast.Module:
    """The module as it is written."""
    return ast.parse(path_of(module).read_text())


def without(guard: Guard) -> ast.Module:
    """The module of a guard, with that guard taken out."""
    tree = tree_of(guard.module)
    list(_found(tree))[guard.number].remove()
    return ast.fix_missing_locations(tree)


def telling(module: str) -> ast.Module:
    """The module as it is, but each guard tells when it decides."""
    tree = tree_of(module)
    for number, found in enumerate(list(_found(tree))):
        found.tell(number)
    return ast.fix_missing_locations(tree)


def line_of(node: ast.AST) -> int:
    """The line that it begins on."""
    return int(getattr(node, "lineno", 0))


def text_of(found: Found) -> str:
    """How it is written, or the beginning of that."""
    return (found.text or ast.unparse(found.node))[:90]


def _found(tree: ast.Module) -> Iterator[Found]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield from _in_function(node, node.name)
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    yield from _in_function(inner, f"{node.name}.{inner.name}")
        elif isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Tuple):
            yield from _in_list(ast.unparse(node.target), node.value)


def _in_list(name: str, entries: ast.Tuple) -> Iterator[Found]:
    """What is in a list is swapped in the running program: by `swapping` and `noticing`."""
    if name.endswith("_CHECKS"):
        for entry in entries.elts:
            yield Found(name, entry, "check", "", lambda: None, lambda _number: None)


def _in_function(function: ast.FunctionDef, place: str) -> Iterator[Found]:
    if function.name.startswith(WRITING):
        return
    for node in ast.walk(function):
        if isinstance(node, ast.If) and _refuses(node.body):
            yield from _in_condition(node, place)
        if isinstance(node, ast.If) and _refuses(node.orelse):
            yield body_of(place, node, "else", f"else of {ast.unparse(node.test)}", node.orelse)
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.BoolOp):
            if isinstance(node.value.op, ast.And):
                for part in list(node.value.values):
                    yield part_of(place, node.value.values, part, "conjunct", held=True)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            called = ast.unparse(node.value.func).rpartition(".")[2]
            if called.startswith(CHECKING):
                yield call_of(place, node, node.value)
        elif isinstance(node, ast.ExceptHandler) and _refuses(node.body):
            if _same_at_the_end(function, node):
                continue
            kind = ast.unparse(node.type) if node.type else ""
            yield body_of(place, node, "handler", f"except {kind}", node.body)
        elif isinstance(node, ast.For) and isinstance(node.body[-1], ast.Raise):
            text = f"for {ast.unparse(node.target)} in {ast.unparse(node.iter)}"
            yield body_of(place, node, "loop", text, node.body)
        elif isinstance(node, ast.comprehension):
            for part in list(node.ifs):
                if any(word in ast.unparse(part) for word in VERIFYING):
                    yield part_of(place, node.ifs, part, "filter", held=True)
        elif isinstance(node, ast.Subscript) and ast.unparse(node.slice) == ":MAX_CERTIFICATES":
            yield limit_of(place, node)
    if isinstance(function.body[-1], ast.Raise):
        yield body_of(place, function.body[-1], "end", "", function.body, function.body[-1])


def _in_condition(node: ast.If, place: str) -> Iterator[Found]:
    code = code_of(node.body)

    def tell(number: int) -> None:
        node.body.insert(0, ast.Expr(told("decides", number)))

    remove = replaced(node, "test", ast.Constant(False))
    yield Found(place, node.test, "condition", code, remove, tell)
    test = node.test
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        for part in list(test.values):
            yield part_of(place, test.values, part, "operand", held=False, code=code)
    if isinstance(test, ast.UnaryOp) and isinstance(test.operand, ast.Compare):
        compared = test.operand
        if len(compared.ops) == 2:
            left, right = compared.left, compared.comparators[1]
            yield Found(place, left, "operand", code, lambda: without_left(compared), tell)
            yield Found(place, right, "operand", code, lambda: without_right(compared), tell)


def _refuses(body: list[ast.stmt]) -> bool:
    """Whether it ends by refusing, or by saying no."""
    last = body[-1] if body else None
    if isinstance(last, ast.Return) and isinstance(last.value, ast.Call):
        return ast.unparse(last.value.func) == "Defect"
    if isinstance(last, ast.Return):
        return isinstance(last.value, ast.Constant) and last.value.value in (False, None)
    return isinstance(last, ast.Raise)


def _same_at_the_end(function: ast.FunctionDef, handler: ast.ExceptHandler) -> bool:
    """Whether it answers None where the function would at its end, so that it decides nothing."""
    last = function.body[-1]
    at_end = isinstance(last, ast.Try) and handler in last.handlers and not last.finalbody
    return at_end and ast.unparse(handler.body[0]) in ("return", "return None")
