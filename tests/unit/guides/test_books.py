"""The guides are whole in both languages, and name nothing that is not there."""

import re
from pathlib import Path

import pytest

from broker.guides.books import LIBRARY, Book, pictures_of, render, text
from broker.guides.views import places
from broker.saml.entities import Language
from broker.web.language import LANGUAGES
from broker.web.setup import STATIC
from tests.unit.web.pages import ORIGIN, application, federation

PLACES = re.compile(r"\{[a-z_]+\}")
every_book = pytest.mark.parametrize("book", LIBRARY, ids=lambda book: book.name)
each_language = pytest.mark.parametrize("language", LANGUAGES)


def picture(name: str, language: Language) -> Path:
    return STATIC / "guides" / f"{name}-{language}.png"


def shape(source: str) -> list[str]:
    """What both languages have in common: headings, rows, pictures and addresses, in order."""
    marks = (re.match(r"#+ |\||[0-9]+\.|- |> ", line) for line in source.splitlines())
    kinds = [mark[0] for mark in marks if mark]
    links = re.findall(r"\]\(([^)]+)\)", source)
    return [*kinds, *links]


@every_book
def test_both_languages_say_the_same(book: Book) -> None:
    assert shape(text(book.name, "da")) == shape(text(book.name, "en"))


@every_book
@each_language
def test_a_guide_is_filled(book: Book, language: Language) -> None:
    with application().test_request_context(f"/?lang={language}", base_url=ORIGIN):
        values = places(federation())
    found = render(text(book.name, language), values, lambda name: f"/p/{name}", "Table")
    assert not PLACES.search(found.html)
    assert found.html.count("<h1>") == 1
    assert len({chapter.anchor for chapter in found.chapters}) == len(found.chapters) >= 4


@every_book
@each_language
def test_each_picture_is_there(book: Book, language: Language) -> None:
    names = pictures_of(book.name, language)
    assert names
    missing = [name for name in names if not picture(name, language).is_file()]
    assert missing == []


def test_no_picture_is_left_over() -> None:
    named = {
        picture(name, language)
        for book in LIBRARY
        for language in LANGUAGES
        for name in pictures_of(book.name, language)
    }
    assert set((STATIC / "guides").iterdir()) == named


def test_raw_html_stays_text() -> None:
    found = render("# A <script>x</script>\n", {}, str, "Table")
    assert "<script>" not in found.html


def test_the_same_heading_twice_has_two_anchors() -> None:
    found = render("## Gå ud\n\n## Gå ud\n", {}, str, "Table")
    assert [chapter.anchor for chapter in found.chapters] == ["gaa-ud", "gaa-ud-2"]
