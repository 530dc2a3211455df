"""CSV as Danish offices write it: semicolon, comma or tab; UTF-8 or Windows-1252."""

import csv
import io

from broker.errors import Refused
from broker.roles.exporting import unguarded
from broker.roles.importing.spreadsheet import ROWS, Row, Sheet, empty, sheet_of, text_cell

DELIMITERS = (";", ",", "\t")
_BOM_16 = (b"\xff\xfe", b"\xfe\xff")
_SEPARATOR = "sep="  # a first line by which Excel is told its delimiter


def read_csv(data: bytes) -> Sheet:
    """The rows of a CSV file.

    Raises Refused("import.encoding" | "import.csv" | "import.empty" | "import.rows" |
    "import.columns").
    """
    text = _decoded(data)
    told, text = _told(text)
    delimiter = told or _guessed(text)
    rows: list[Row] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for n, fields in enumerate(reader, start=1):
            cells = tuple(text_cell(unguarded(field)) for field in fields)
            if not empty(cells):
                rows.append(Row(n, cells))
            if len(rows) > ROWS + 1:
                raise Refused("import.rows", f"more than {ROWS} rows")
    except csv.Error as error:
        raise Refused("import.csv", f"line {reader.line_num} cannot be read") from error
    return sheet_of(rows)


def _decoded(data: bytes) -> str:
    if data.startswith(_BOM_16) or b"\x00" in data:
        raise Refused("import.encoding", "neither UTF-8 nor Windows-1252")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise Refused("import.encoding", "neither UTF-8 nor Windows-1252") from error


def _told(text: str) -> tuple[str | None, str]:
    """The delimiter that the first line names, where it does, and the text below it."""
    first, _, rest = text.partition("\n")
    named = first.strip("\r")
    if named.lower().startswith(_SEPARATOR) and named[len(_SEPARATOR) :] in DELIMITERS:
        return named[len(_SEPARATOR) :], rest
    return None, text


def _guessed(text: str) -> str:
    """The delimiter that divides the headings into most columns."""
    lines = (line for line in text.splitlines() if line.strip())
    headings = next(lines, "")
    return max(DELIMITERS, key=lambda one: len(next(csv.reader([headings], delimiter=one), [])))
