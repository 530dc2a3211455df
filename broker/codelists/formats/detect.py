"""Which of the published files a file is, told from its first line."""

from collections.abc import Iterator
from dataclasses import dataclass

from broker.codelists.formats import fixed, separated
from broker.codelists.formats.columns import Heading
from broker.codelists.formats.rows import BadRow, Row, shown
from broker.codelists.lines import Line
from broker.codelists.model import Finding, ListId, Target
from broker.errors import Refused

_MAX_CONTINUED = 10  # lines that one row in quotes may go on over


@dataclass(frozen=True, slots=True)
class BadLine:
    """A row that is left out, and why."""

    number: int
    why: BadRow


@dataclass(frozen=True, slots=True)
class Separated:
    """A file with columns, after its heading."""

    head: Heading
    separator: str

    @property
    def target(self) -> Target:
        """What the file is about."""
        return self.head.format.target

    def rows(self, lines: Iterator[Line | Finding]) -> Iterator[Row | BadLine | Finding]:
        """Every row, or why one is left out. A value in quotes may hold the end of a line."""
        held: list[Line] = []  # read already, and still to be told
        while (line := held.pop(0) if held else next(lines, None)) is not None:
            if isinstance(line, Finding):
                yield line
                continue
            text = line.text
            more: list[Line] = []
            while separated.is_open(text) and len(more) < _MAX_CONTINUED:
                following = held.pop(0) if held else next(lines, None)
                if not isinstance(following, Line):
                    if following is not None:
                        yield following
                    break
                more.append(following)
                text = f"{text} {following.text}"
            if separated.is_open(text):
                # A quote that nobody closed: the row is bad, those behind it are not.
                text, held = line.text, [*more, *held]
            try:
                yield separated.row_of(
                    separated.cells_of(text, self.separator), self.head, line.number
                )
            except BadRow as bad:
                yield BadLine(line.number, bad)


@dataclass(frozen=True, slots=True)
class Fixed:
    """A file of fixed width; its first line is a row already."""

    target: ListId
    first: Line

    def rows(self, lines: Iterator[Line | Finding]) -> Iterator[Row | BadLine | Finding]:
        """Every row, or why one is left out."""
        line: Line | Finding | None = self.first
        while line is not None:
            if isinstance(line, Finding):
                yield line
            else:
                try:
                    yield fixed.row_of(line.text, self.target, line.number)
                except BadRow as bad:
                    yield BadLine(line.number, bad)
            line = next(lines, None)


def detect(lines: Iterator[Line | Finding], wanted: Target | None) -> Separated | Fixed:
    """The format of a file, from its first line, which is taken.

    Raises Refused("codelist.format") where it is none that is known, or another than `wanted`.
    """
    first = next(lines, None)
    if isinstance(first, Line):
        list_id = fixed.list_of(first.text)
        if list_id is not None and wanted in (None, list_id):
            return Fixed(list_id, first)
        if found := separated.heading_of(first.text, wanted):
            return Separated(*found)
        meant = f" of the list {wanted}" if wanted else ""
        raise Refused(
            "codelist.format",
            f"this is no file{meant} that is known; it begins {shown(first.text)}",
        )
    raise Refused("codelist.format", "the first line of the file is no text")
