"""Every reason we refuse for has its verdict, and words that belong to it."""

import ast

from broker.login.codes import CODES
from broker.login.failure import TABLE, verdict
from broker.web.texts import explain
from tests.house import repository

ERRORS = {"Refused", "NotAllowed", "Unknown", "Unavailable"}
ON_THE_WAY = (
    "broker/login",
    "broker/logout",
    "broker/saml",
    "broker/attributes",
    "broker/identities",
    "broker/sessions",
)
# Raised where no browser waits: at the start of a node, or while somebody loads metadata or asks
# who is revoked.
ELSEWHERE = {"library", "metadata", "revocation"}


def codes() -> list[str]:
    """Every code that is raised by name on the way of a login."""
    found = {
        argument.value
        for path, node in repository.nodes("broker")
        if str(path).startswith(ON_THE_WAY)
        and isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ERRORS
        and node.args
        and isinstance(argument := node.args[0], ast.Constant)
        and isinstance(argument.value, str)
    }
    return sorted(code for code in found if code.partition(".")[0] not in ELSEWHERE)


def test_each_reason_has_its_verdict_and_its_words() -> None:
    for code in codes():  # one test: as cases, both workers would read the whole broker first
        family = code.partition(".")[0]
        assert code in TABLE or family in TABLE, code
        assert explain(code) is not explain("internal.error") or family == "internal", code
        http = verdict(code, passive=False).http
        assert http in (200, 400, 403, 404, 413, 429, 500, 503), code


def test_there_are_reasons_to_look_at() -> None:
    assert len(codes()) > 60


def test_the_catalogue_lists_them_all_and_nothing_that_nobody_says() -> None:
    assert set(codes()) <= set(CODES)
    assert list(CODES) == sorted(set(CODES))
    said = {
        node.value
        for path, node in repository.nodes("broker")
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and str(path) != "broker/login/codes.py"
    }
    assert set(CODES) <= said
