"""The guards of a module, found by reading it: what refuses, and what else would let through.

condition   `if C: raise` or `if C: return False`; C becomes False
operand     one part of such a C that is an `or`, or one side of a range
conjunct    one part of `return A and B`
call        a statement that only calls a check
check       one entry of a list of checks
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.house.repository import ROOT

# What messages are read with. The rest of broker.saml writes, or reads what is no message.
MODULES = (
    "broker.login.idp_response",
    "broker.saml.authn_request",
    "broker.saml.bindings",
    "broker.saml.checks",
    "broker.saml.encryption",
    "broker.saml.engine.assertions",
    "broker.saml.engine.logout",
    "broker.saml.engine.requests",
    "broker.saml.engine.tree",
    "broker.saml.instants",
    "broker.saml.logout",
    "broker.saml.logout_checks",
    "broker.saml.response",
    "broker.saml.schema",
    "broker.saml.signatures",
    "broker.saml.soap",
    "broker.saml.xml",
)
WRITING = ("write_", "_written", "build_", "encode_", "encrypt", "sign", "_key_info")
CHECKING = ("check", "_check", "_only", "_decoded", "_prefixes", "_conditions", "run", "verify_")

Change = Callable[[], None]


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
    tree = ast.parse(path_of(module).read_text())
    return [
        Guard(module, place, node.lineno, kind, ast.unparse(node)[:90], code, number)
        for number, (place, node, kind, code, _) in enumerate(_found(tree))
    ]


def without(guard: Guard) -> ast.Module:
    """The module of a guard, with that guard taken out."""
    tree = ast.parse(path_of(guard.module).read_text())
    *_, change = list(_found(tree))[guard.number]
    change()
    return ast.fix_missing_locations(tree)


Found = tuple[str, ast.expr | ast.stmt, str, str, Change]


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
    if not name.endswith("_CHECKS"):
        return
    for entry in list(entries.elts):
        yield name, entry, "check", "", _removed(entries.elts, entry)


def _in_function(function: ast.FunctionDef, place: str) -> Iterator[Found]:
    if function.name.startswith(WRITING):
        return
    for node in ast.walk(function):
        if isinstance(node, ast.If) and _refuses(node.body):
            yield from _in_condition(node, place)
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.BoolOp):
            if isinstance(node.value.op, ast.And):
                for part in list(node.value.values):
                    yield place, part, "conjunct", "", _neutral(node.value.values, part, held=True)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            called = ast.unparse(node.value.func).rpartition(".")[2]
            if called.startswith(CHECKING):
                yield place, node, "call", "", _replaced(node, "value", ast.Constant(None))


def _in_condition(node: ast.If, place: str) -> Iterator[Found]:
    code = _code(node.body)
    yield place, node.test, "condition", code, _replaced(node, "test", ast.Constant(False))
    test = node.test
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        for part in list(test.values):
            yield place, part, "operand", code, _neutral(test.values, part, held=False)
    if isinstance(test, ast.UnaryOp) and isinstance(test.operand, ast.Compare):
        compared = test.operand
        if len(compared.ops) == 2:
            yield place, compared.left, "operand", code, lambda: _without_left(compared)
            yield place, compared.comparators[1], "operand", code, lambda: _without_right(compared)


def _without_left(compared: ast.Compare) -> None:
    compared.left = compared.comparators.pop(0)
    compared.ops.pop(0)


def _without_right(compared: ast.Compare) -> None:
    compared.comparators.pop()
    compared.ops.pop()


def _refuses(body: list[ast.stmt]) -> bool:
    """Whether it ends by refusing, or by saying no."""
    last = body[-1]
    if isinstance(last, ast.Return):
        return isinstance(last.value, ast.Constant) and last.value.value in (False, None)
    return isinstance(last, ast.Raise)


def _code(body: list[ast.stmt]) -> str:
    """The first text that looks like a reason."""
    for statement in body:
        for node in ast.walk(statement):
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and text.partition(".")[2].replace("_", "").isalnum():
                return text
    return ""


def _removed(values: list[ast.expr], part: ast.expr) -> Change:
    return lambda: values.remove(part)


def _neutral(values: list[ast.expr], part: ast.expr, *, held: bool) -> Change:
    """A part of a condition becomes what decides nothing."""
    return lambda: values.__setitem__(values.index(part), ast.Constant(held))


def _replaced(node: ast.AST, name: str, value: ast.expr) -> Change:
    return lambda: setattr(node, name, value)
