"""What every reader gives: headings, rows and cells as text, within limits."""

from dataclasses import dataclass

from broker.audit.masking import MASK, cleaned
from broker.errors import Refused

BYTES = 5 * 1024 * 1024
ROWS = 10_000  # below the headings
COLUMNS = 64
CELL = 1_000  # characters


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell, without spaces around it; `fault` is why it cannot be used."""

    text: str
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row by its number in the file, counted as a spreadsheet does: the headings are 1."""

    n: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as it was read; rows without any text are left out."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...]


def reference(column: int, row: int) -> str:
    """What a spreadsheet calls a cell, such as `C5`; the column counts from 0."""
    letters, left = "", column + 1
    while left:  # no digit is zero: after Z comes AA
        left, place = divmod(left - 1, 26)
        letters = chr(ord("A") + place) + letters
    return f"{letters}{row}"


def text_cell(text: str) -> Cell:
    """A cell of text; too long a one keeps nothing."""
    text = text.strip()
    return Cell("", "import.cell_long") if len(text) > CELL else Cell(text)


def holds_cpr(text: str) -> bool:
    """Whether something in the text may be a CPR number."""
    return MASK in cleaned(text.lower())


def empty(cells: tuple[Cell, ...]) -> bool:
    """Whether a row says nothing."""
    return not any(cell.text or cell.fault for cell in cells)


def sheet_of(rows: list[Row]) -> Sheet:
    """The first row as headings and the others below. Raises Refused where there are none."""
    if not rows:
        raise Refused("import.empty", "no row at all")
    first, *others = rows
    if len(others) > ROWS:
        raise Refused("import.rows", f"{len(others)} rows")
    headings = [cell.text for cell in first.cells]
    while headings and not headings[-1]:
        headings.pop()
    if len(headings) > COLUMNS:
        raise Refused("import.columns", f"{len(headings)} columns")
    return Sheet(tuple(headings), tuple(others))
