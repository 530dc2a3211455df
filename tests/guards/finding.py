"""The guards of a module, found by reading it: what refuses, and what else would let through.

condition   `if C: raise` or `if C: return False`; C becomes False
operand     one part of such a C that is an `or`, or one side of a range
conjunct    one part of `return A and B`
call        a statement that only calls a check
check       one entry of a list of checks
handler     `except E: raise` or `except E: return False`; E is passed over
else        `else: raise` or `else: return False`; it becomes nothing
loop        `for x in X: raise`; X becomes empty
end         the last statement of a function, where it refuses what nothing before it took

Each can be taken out, or told to say when it decides: a test in which it never decides is the same
test without it.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

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
TELLER = "__guards__"  # what a module calls where a guard decides; see `noticing`


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


@dataclass(frozen=True)
class Found:
    """A guard in a tree, and what can be done to the tree."""

    place: str
    node: ast.AST
    kind: str
    code: str
    remove: Callable[[], None]
    tell: Callable[[int], None]  # with its number
    text: str = ""


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
            yield _body(place, node, "else", f"else of {ast.unparse(node.test)}", node.orelse)
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.BoolOp):
            if isinstance(node.value.op, ast.And):
                for part in list(node.value.values):
                    yield _part(place, node.value.values, part, "conjunct", held=True)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            called = ast.unparse(node.value.func).rpartition(".")[2]
            if called.startswith(CHECKING):
                yield _call(place, node, node.value)
        elif isinstance(node, ast.ExceptHandler) and _refuses(node.body):
            if _same_at_the_end(function, node):
                continue
            kind = ast.unparse(node.type) if node.type else ""
            yield _body(place, node, "handler", f"except {kind}", node.body)
        elif isinstance(node, ast.For) and isinstance(node.body[-1], ast.Raise):
            text = f"for {ast.unparse(node.target)} in {ast.unparse(node.iter)}"
            yield _body(place, node, "loop", text, node.body)
    if isinstance(function.body[-1], ast.Raise):
        yield _body(place, function.body[-1], "end", "", function.body, function.body[-1])


def _in_condition(node: ast.If, place: str) -> Iterator[Found]:
    code = _code(node.body)

    def tell(number: int) -> None:
        node.body.insert(0, ast.Expr(_told("decides", number)))

    remove = _replaced(node, "test", ast.Constant(False))
    yield Found(place, node.test, "condition", code, remove, tell)
    test = node.test
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        for part in list(test.values):
            yield _part(place, test.values, part, "operand", held=False, code=code)
    if isinstance(test, ast.UnaryOp) and isinstance(test.operand, ast.Compare):
        compared = test.operand
        if len(compared.ops) == 2:
            left, right = compared.left, compared.comparators[1]
            yield Found(place, left, "operand", code, lambda: _without_left(compared), tell)
            yield Found(place, right, "operand", code, lambda: _without_right(compared), tell)


def _without_left(compared: ast.Compare) -> None:
    compared.left = compared.comparators.pop(0)
    compared.ops.pop(0)


def _without_right(compared: ast.Compare) -> None:
    compared.comparators.pop()
    compared.ops.pop()


def _part(
    place: str, values: list[ast.expr], part: ast.expr, kind: str, *, held: bool, code: str = ""
) -> Found:
    """A part of a condition becomes what decides nothing; it decides where it is the opposite."""
    at = values.index(part)
    return Found(
        place, part, kind, code,
        lambda: values.__setitem__(at, ast.Constant(held)),
        lambda number: values.__setitem__(
            at, _told("unless" if held else "where", number, values[at])
        ),
    )  # fmt: skip


def _call(place: str, node: ast.Expr, call: ast.Call) -> Found:
    """A call decides where it raises."""

    def tell(number: int) -> None:
        node.value = _told("calling", number, call.func, *call.args)
        node.value.keywords = call.keywords

    return Found(place, node, "call", "", _replaced(node, "value", ast.Constant(None)), tell)


def _body(  # what is written where
    place: str,
    node: ast.AST,
    kind: str,
    text: str,
    body: list[ast.stmt],
    last: ast.stmt | None = None,
) -> Found:
    """Statements that only refuse, or the last of them, become nothing."""
    wanted = list(body) if last is None else [last]

    def remove() -> None:
        body[-len(wanted) :] = [ast.Pass()]

    def tell(number: int) -> None:
        body.insert(body.index(wanted[0]), ast.Expr(_told("decides", number)))

    return Found(place, node, kind, _code(wanted), remove, tell, text)


def _same_at_the_end(function: ast.FunctionDef, handler: ast.ExceptHandler) -> bool:
    """Whether it answers None where the function would at its end, so that it decides nothing."""
    last = function.body[-1]
    at_end = isinstance(last, ast.Try) and handler in last.handlers and not last.finalbody
    return at_end and ast.unparse(handler.body[0]) in ("return", "return None")


def _told(how: str, number: int, *more: ast.expr) -> ast.Call:
    teller = ast.Attribute(ast.Name(TELLER, ast.Load()), how, ast.Load())
    return ast.Call(teller, [ast.Constant(number), *more], [])


def _refuses(body: list[ast.stmt]) -> bool:
    """Whether it ends by refusing, or by saying no."""
    last = body[-1] if body else None
    if isinstance(last, ast.Return) and isinstance(last.value, ast.Call):
        return ast.unparse(last.value.func) == "Defect"
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


def _replaced(node: ast.AST, name: str, value: ast.expr) -> Callable[[], None]:
    return lambda: setattr(node, name, value)
