"""Workbooks and CSV files for tests, and what an enemy would make of them."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date

from openpyxl import Workbook

HEADINGS = ("Konto", "Navn", "Tjeneste", "Rolle", "Gyldig til")
ROW = ("", "Anna Holm", "dpsd", "sagsbehandler", "31-12-2026")
SHEET = "xl/worksheets/sheet1.xml"

Value = str | int | float | bool | date | None


def xlsx(*rows: Sequence[Value], sheets: int = 1) -> bytes:
    """A workbook with these rows on its first sheet."""
    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows or (HEADINGS, ROW):
        sheet.append(list(row))
    for number in range(1, sheets):
        book.create_sheet(f"ark {number}")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(
    data: bytes,
    *,
    replace: Mapping[str, bytes] | None = None,
    add: Mapping[str, bytes] | None = None,
    drop: Sequence[str] = (),
) -> bytes:
    """The archive with some members replaced, added or left out."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in drop:
                new.writestr(name, (replace or {}).get(name, old.read(name)))
        for name, content in (add or {}).items():
            new.writestr(name, content)
    return out.getvalue()


def sheet_xml(data: bytes) -> bytes:
    """The XML of the first sheet."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(SHEET)


def with_sheet(old: bytes, new: bytes) -> bytes:
    """A plain workbook with something in its sheet's XML replaced."""
    data = xlsx()
    xml = sheet_xml(data)
    if old not in xml:
        raise LookupError(old)
    return repacked(data, replace={SHEET: xml.replace(old, new)})


def csv_text(*rows: Sequence[str], delimiter: str = ";") -> str:
    """Rows as plain CSV."""
    return "\r\n".join(delimiter.join(row) for row in rows or (HEADINGS, ROW))
