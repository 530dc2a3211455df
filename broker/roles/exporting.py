"""Any list as CSV, XLSX or JSON that is safe to open.

A spreadsheet runs what looks like a formula, and names come from outside: text that begins
like one gets an apostrophe in CSV, which `unguarded` takes off again, and is an explicit
string cell in XLSX, where nothing is ever a formula.
"""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from broker.roles.workbook import workbook
from broker.saml.entities import Localised

Format = Literal["csv", "xlsx", "json"]
Cell = str | int | bool | date | datetime | None

DELIMITER = ";"
# Full-width signs become plain ones in some spreadsheets.
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_GUARDED = ("'", *_RISKY)
_MEDIA: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key in JSON, and what people read above it."""

    key: str
    heading: Localised


@dataclass(frozen=True, slots=True)
class Table:
    """A list to export; every row has a cell for each column."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Exported:
    """A file: its bytes, what they are, and how the name ends."""

    data: bytes
    media_type: str
    ending: Format


def export(tables: Sequence[Table], to: Format, language: str = "da") -> Exported:
    """The tables in one file. CSV holds the first of them only, which is the list itself."""
    if to == "csv":
        data = as_csv(tables[0], language)
    elif to == "xlsx":
        data = as_xlsx(tables, language)
    else:
        data = as_json(tables)
    return Exported(data, _MEDIA[to], to)


def as_csv(table: Table, language: str = "da") -> bytes:
    """UTF-8 with a byte order mark, semicolons, everything in quotes: what Excel opens as it is."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=DELIMITER, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([guarded(column.heading.of(language)) for column in table.columns])
    writer.writerows([guarded(text_of(cell, language)) for cell in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(tables: Sequence[Table], language: str = "da") -> bytes:
    """One sheet for each table, every cell a string, the headings frozen."""
    return workbook(
        [
            (
                table.name,
                [column.heading.of(language) for column in table.columns],
                ([text_of(cell, language) for cell in row] for row in table.rows),
            )
            for table in tables
        ]
    )


def as_json(tables: Sequence[Table]) -> bytes:
    """An object with an array for each table; keys are English and instants have an offset."""
    document = {
        table.name: [
            {column.key: _plain(cell) for column, cell in zip(table.columns, row, strict=True)}
            for row in table.rows
        ]
        for table in tables
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def guarded(text: str) -> str:
    """The text as no spreadsheet takes it for a formula; `unguarded` gives it back."""
    return f"'{text}" if text.startswith(_GUARDED) else text


def unguarded(text: str) -> str:
    """What `guarded` was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_GUARDED) else text


def text_of(cell: Cell, language: str = "da") -> str:
    """A value as people read it; instants keep their offset, so that they can be read back."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return _YES[cell].of(language)
    if isinstance(cell, datetime):
        return cell.isoformat()
    if isinstance(cell, date):
        return f"{cell:%d-%m-%Y}"
    return str(cell)


_YES = {True: Localised("ja", "yes"), False: Localised("nej", "no")}


def _plain(cell: Cell) -> str | int | bool | None:
    return cell.isoformat() if isinstance(cell, date) else cell
