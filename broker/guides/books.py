"""The guides for each kind of person: Markdown in both languages, as a page with its contents.

A text may name what differs between installations in braces, such as `{portal}`; `values` of
`render()` gives it. `![words](picture:NAME)` is a picture of one of our own pages, which
`make screenshots ARGS=--guides` makes: `static/guides/NAME-da.png`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from broker.saml.entities import Language
from broker.web.language import Text
from broker.web.language import Text as _

if TYPE_CHECKING:
    from markdown_it.token import Token

BOOKS = Path(__file__).parent / "books"
PICTURE = "picture:"
_PLACE = re.compile(r"\{([a-z_]+)\}")
_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})


@dataclass(frozen=True, slots=True)
class Book:
    """One guide."""

    name: str  # in its address, and of its files
    title: Text
    about: Text  # one sentence


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading of the second level, and where it stands."""

    anchor: str
    title: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A guide as the page shows it."""

    html: str  # of our own text: raw HTML in it is escaped
    chapters: tuple[Chapter, ...]


LIBRARY: tuple[Book, ...] = (
    Book(
        "employee", _("For employees"), _("Log in, see what you have access to, and ask for more.")
    ),
    Book(
        "organisation",
        _("For administrators of an organisation"),
        _("Give roles, decide requests, and know who has access."),
    ),
    Book(
        "service",
        _("For service owners"),
        _("Register a service, try it, take it into production, and keep its certificates."),
    ),
    Book(
        "vendor",
        _("For vendors of systems"),
        _("Get access to the test environment of an interface, and know when old ones end."),
    ),
    Book(
        "operator",
        _("For the operator"),
        _("Take in organisations and logins, open them for services, and solve cases."),
    ),
)


def book(name: str) -> Book | None:
    """The guide of that name, or None."""
    return next((one for one in LIBRARY if one.name == name), None)


@cache
def text(name: str, language: Language) -> str:
    """The Markdown of a guide."""
    return (BOOKS / language / f"{name}.md").read_text(encoding="utf-8")


def pictures_of(name: str, language: Language) -> tuple[str, ...]:
    """What the pictures of a guide are called, in order."""
    return tuple(re.findall(r"\]\(picture:([a-z0-9-]+)\)", text(name, language)))


def render(
    source: str, values: Mapping[str, str], picture: Callable[[str], str], wide: str
) -> Rendered:
    """A guide's Markdown as HTML.

    `picture` gives the address of a picture by its name; `wide` is what a screen reader calls
    a table that scrolls sideways. Raises KeyError for a place in braces that `values` lacks.
    """
    from markdown_it import MarkdownIt  # noqa: PLC0415  # markdown-it: 0.8 MB that no login needs

    filled = _PLACE.sub(lambda found: values[found[1]], source)
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(filled)
    _show(tokens, picture)
    chapters = tuple(_chapters(tokens))
    html = str(parser.renderer.render(_framed(tokens, wide), parser.options, {}))
    return Rendered(html, chapters)


def _show(tokens: "Sequence[Token]", picture: Callable[[str], str]) -> None:
    """Give each picture its address."""
    for token in tokens:
        for child in token.children or ():
            source = str(child.attrs.get("src", ""))
            if child.type == "image" and source.startswith(PICTURE):
                where = picture(source.removeprefix(PICTURE))
                child.attrs |= {"src": where, "loading": "lazy", "class": "guide-picture"}


def _chapters(tokens: "Sequence[Token]") -> list[Chapter]:
    """Give each heading of the second and third level an anchor; those of the second."""
    found, taken = [], set[str]()
    for heading, inline in pairwise(tokens):
        if heading.type != "heading_open" or heading.tag not in ("h2", "h3"):
            continue
        anchor = _slug(inline.content)
        while anchor in taken:
            anchor += "-2"
        taken.add(anchor)
        heading.attrs["id"] = anchor
        if heading.tag == "h2":
            found.append(Chapter(anchor, inline.content))
    return found


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower().translate(_LETTERS)).strip("-")


def _framed(tokens: "Sequence[Token]", wide: str) -> "list[Token]":
    """Put each table into a frame of its own, so that a narrow page scrolls the table alone."""
    framed: list[Token] = []
    for token in tokens:
        if token.type == "table_open":
            attributes = {"class": "scrolled", "tabindex": "0", "role": "region"}
            made = type(token)
            frame = made("frame_open", "div", 1, attrs={**attributes, "aria-label": wide})
            framed += [frame, token]
        elif token.type == "table_close":
            framed += [token, type(token)("frame_close", "div", -1)]
        else:
            framed.append(token)
    return framed
