"""Every reason that requests, reviews and imports give has its words in both languages."""

import ast
import re
from collections.abc import Mapping

import pytest

from broker.organisations.permissions import PERMISSIONS
from broker.roles.grants.words import WORDS as GRANT_WORDS
from broker.roles.importing.words import WORDS as IMPORT_WORDS
from broker.roles.requests.words import WORDS as REQUEST_WORDS
from broker.roles.reviews.words import REASONS
from broker.roles.reviews.words import WORDS as REVIEW_WORDS
from broker.saml.entities import Localised
from tests.house import repository

TABLES: list[tuple[str, str, Mapping[str, Localised]]] = [
    ("broker/roles/requests", "request", REQUEST_WORDS),
    ("broker/roles/reviews", "review", REVIEW_WORDS),
    ("broker/roles/importing", "import", IMPORT_WORDS),
]
CODE = re.compile(r"(request|review|import|grant|remark)\.[a-z_]+\Z")


def codes(folder: str) -> set[str]:
    """Every code that a package says, but for the actions of the permission table."""
    found = {
        node.value
        for path, node in repository.nodes("broker")
        if str(path).startswith(folder)
        and path.name != "words.py"
        and isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and CODE.match(node.value)
    }
    return found - PERMISSIONS.keys()


@pytest.mark.parametrize(("folder", "family", "table"), TABLES)
def test_each_reason_has_words_and_each_word_has_its_reason(
    folder: str, family: str, table: Mapping[str, Localised]
) -> None:
    own = {code for code in codes(folder) if code.startswith(f"{family}.")}
    assert own == table.keys()
    assert len(own) >= 10
    assert codes(folder) - own <= GRANT_WORDS.keys()


@pytest.mark.parametrize("table", [REQUEST_WORDS, REVIEW_WORDS, IMPORT_WORDS, REASONS])
def test_words_are_sentences_in_two_languages(table: Mapping[str, Localised]) -> None:
    for words in table.values():
        assert words.da != words.en
        assert words.da.endswith((".", "?"))
        assert words.en.endswith((".", "?"))
        assert words.da[0].isupper() or words.da[0] in "»{"
