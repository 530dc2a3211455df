"""What can be done to a guard in a tree: taken out, or told to say when it decides."""

import ast
from collections.abc import Callable
from dataclasses import dataclass

TELLER = "__guards__"  # what a module calls where a guard decides; see `noticing`


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


def without_left(compared: ast.Compare) -> None:
    """`A < B < C` becomes `B < C`."""
    compared.left = compared.comparators.pop(0)
    compared.ops.pop(0)


def without_right(compared: ast.Compare) -> None:
    """`A < B < C` becomes `A < B`."""
    compared.comparators.pop()
    compared.ops.pop()


def part_of(
    place: str, values: list[ast.expr], part: ast.expr, kind: str, *, held: bool, code: str = ""
) -> Found:
    """A part of a condition becomes what decides nothing; it decides where it is the opposite."""
    at = values.index(part)
    return Found(
        place, part, kind, code,
        lambda: values.__setitem__(at, ast.Constant(held)),
        lambda number: values.__setitem__(
            at, told("unless" if held else "where", number, values[at])
        ),
    )  # fmt: skip


def call_of(place: str, node: ast.Expr, call: ast.Call) -> Found:
    """A call decides where it raises."""

    def tell(number: int) -> None:
        node.value = told("calling", number, call.func, *call.args)
        node.value.keywords = call.keywords

    return Found(place, node, "call", "", replaced(node, "value", ast.Constant(None)), tell)


def limit_of(place: str, node: ast.Subscript) -> Found:
    """A limit decides where there is more."""
    most = ast.Name("MAX_CERTIFICATES", ast.Load())

    def tell(number: int) -> None:
        node.value = told("longer", number, node.value, most)

    return Found(place, node, "limit", "", replaced(node, "slice", ast.Slice()), tell)


def body_of(
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
        body.insert(body.index(wanted[0]), ast.Expr(told("decides", number)))

    return Found(place, node, kind, code_of(wanted), remove, tell, text)


def told(how: str, number: int, *more: ast.expr) -> ast.Call:
    """A call of the teller."""
    teller = ast.Attribute(ast.Name(TELLER, ast.Load()), how, ast.Load())
    return ast.Call(teller, [ast.Constant(number), *more], [])


def code_of(body: list[ast.stmt]) -> str:
    """The first text that looks like a reason."""
    for statement in body:
        for node in ast.walk(statement):
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and text.partition(".")[2].replace("_", "").isalnum():
                return text
    return ""


def replaced(node: ast.AST, name: str, value: ast.expr) -> Callable[[], None]:
    """How to put something else there."""
    return lambda: setattr(node, name, value)
