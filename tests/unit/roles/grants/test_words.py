"""Every reason has words in both languages, and every word is of a reason that is given."""

import ast
import re
from pathlib import Path

import pytest

from broker.organisations.permissions import PERMISSIONS
from broker.roles.grants.model import Objection
from broker.roles.grants.words import WORDS, said
from tests.house import repository

HERE = ("broker/roles/grants", "broker/roles/rules")
FAMILIES = ("grant", "entitlement", "bundle", "conflict", "rule", "remark", "permission")
CODE = re.compile(rf"(?:{'|'.join(FAMILIES)})\.[a-z_]+\Z")
# What is said of audit events and of actions is no reason.
EVENTS = {"grant.given", "grant.changed", "entitlement.changed", "bundle.changed"}
ACTIONS = set(PERMISSIONS)


def codes() -> set[str]:
    """Every text in the packages that has the shape of a reason."""
    return {
        node.value
        for path, node in repository.nodes("broker")
        if str(path).startswith((*HERE, "broker/organisations/permissions.py"))
        and path != Path("broker/roles/grants/words.py")
        and isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and CODE.match(node.value)
        and node.value not in EVENTS
        and node.value not in ACTIONS
    }


def test_every_reason_that_is_given_has_words_and_no_word_lacks_its_reason() -> None:
    assert codes() == set(WORDS)


@pytest.mark.parametrize("code", sorted(WORDS))
def test_words_are_sentences_in_both_languages(code: str) -> None:
    words = WORDS[code]
    for text in (words.da, words.en):
        assert text[0].isupper() or text[0] in "»“"
        assert text.endswith(".")
    assert ("{what}" in words.da) == ("{what}" in words.en)
    assert words.da != words.en


def test_words_name_what_they_are_about() -> None:
    assert "sor" in said(Objection("grant.scope_missing", "sor")).da
