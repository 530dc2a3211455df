"""Every reason that the portals say no for has words of its own, in both languages."""

import ast

from broker.web.explanations import EXACT
from tests.house import repository

ERRORS = {"Refused", "NotAllowed", "Missing"}
# Said on the console alone, or by the checks on messages, whose words are elsewhere.
ELSEWHERE = {"context", "emergency", "change"}


def codes() -> list[str]:
    found = {
        str(argument.value)
        for path, node in repository.nodes("broker")
        if str(path).startswith(("broker/portals", "broker/organisations/permissions"))
        for argument in _said(node)
    }
    return sorted(code for code in found if code.partition(".")[0] not in ELSEWHERE)


def _said(node: ast.AST) -> list[ast.Constant]:
    """Codes that an error is made with, and those that a predicate gives back."""
    found: list[ast.Constant] = []
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
        found = [a for a in node.args[:1] if isinstance(a, ast.Constant)]
    elif isinstance(node, ast.Constant) and str(node.value).startswith("permission."):
        found = [node]
    return [one for one in found if isinstance(one.value, str) and " " not in one.value]


def test_each_reason_has_words() -> None:
    assert [code for code in codes() if code not in EXACT] == []


def test_there_are_reasons_to_look_at() -> None:
    assert len(codes()) > 12
