"""XLSX, opened as if it were hostile: the first sheet as text, and nothing evaluated.

openpyxl reads the sheet itself through defusedxml and other parts through an lxml that
resolves no entities; `archive.vet` has refused every DTD before either sees a byte.
"""

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Protocol

from broker.errors import Refused
from broker.roles.exporting import unguarded
from broker.roles.importing.archive import vet
from broker.roles.importing.spreadsheet import (
    COLUMNS,
    ROWS,
    Cell,
    Row,
    Sheet,
    empty,
    sheet_of,
    text_cell,
)

SHEETS = 10
_LAST_ROW = 2 * ROWS  # with the empty ones between; below it nothing is looked for
_EXACT = 10**15  # a spreadsheet keeps fifteen digits of a number
# What openpyxl raises where a file is not what it says.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    LookupError,
    ArithmeticError,
    SyntaxError,
    TypeError,
    ValueError,
    AttributeError,
    OSError,
    EOFError,
)


class _SheetCell(Protocol):
    """A cell as openpyxl has it, empty ones included."""

    @property
    def value(self) -> object: ...
    @property
    def data_type(self) -> str: ...


def read_xlsx(data: bytes) -> Sheet:
    """The rows of the first sheet.

    Raises Refused as `archive.vet` does, and `import.sheets`, `.broken`, `.empty`, `.rows`
    and `.columns`.
    """
    vet(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that do not matter here
            return sheet_of(_rows(data))
    except _BROKEN as error:
        raise Refused("import.broken", type(error).__name__) from error


def _rows(data: bytes) -> list[Row]:
    from openpyxl import load_workbook  # noqa: PLC0415 # large, and few workers ever read a sheet
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415 # as above

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    except InvalidFileException as error:
        raise Refused("import.broken", type(error).__name__) from error
    if len(book.sheetnames) > SHEETS:
        raise Refused("import.sheets", f"{len(book.sheetnames)} sheets")
    if not book.worksheets:
        raise Refused("import.empty", "no sheet of cells")
    sheet = book.worksheets[0]
    rows: list[Row] = []
    # The size that the sheet declares is not believed.
    sheet.reset_dimensions()
    for n, found in enumerate(sheet.iter_rows(max_col=COLUMNS + 1), start=1):
        if n > _LAST_ROW:
            raise Refused("import.rows", f"something below row {_LAST_ROW}")
        cells = _cells(found)
        if not empty(cells):
            rows.append(Row(n, cells))
        if len(rows) > ROWS + 1:
            raise Refused("import.rows", f"more than {ROWS} rows")
    return rows


def _cells(found: Iterable[_SheetCell]) -> tuple[Cell, ...]:
    return tuple(_cell(cell.value, cell.data_type) for cell in found)


def _cell(value: object, kind: str) -> Cell:
    if value is None:
        return Cell("")
    if kind == "f":
        return Cell("", "import.formula")
    if kind == "e":
        return Cell("", "import.cell_error")
    if isinstance(value, bool):
        return Cell("ja" if value else "nej")
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime):
        return Cell(str(value.date()) if value.time() == time() else value.isoformat())
    if isinstance(value, date):
        return Cell(value.isoformat())
    return text_cell(unguarded(str(value)))


def _number(value: float) -> Cell:
    if value != value or abs(value) >= _EXACT:  # not a number
        return Cell("", "import.digits")
    return Cell(str(int(value)) if value == int(value) else str(value))
