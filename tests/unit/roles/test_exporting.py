"""An export is safe to open: no cell of it is a formula, and nothing is lost on the way."""

import csv
import io
import json
import zipfile
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from broker.roles.exporting import Cell, Column, Table, as_csv, export, guarded, unguarded
from broker.saml.entities import Localised

NAME = Column("name", Localised("Navn", "Name"))
COUNT = Column("count", Localised("Antal", "Count"))
FORMULAS = (
    "=1+1",
    "+45 70 10 10 10",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    '=HYPERLINK("https://example.dk";"klik")',
    "=cmd|' /C calc'!A0",
    "=1+1",
    "'=1+1",
)
PRINTABLE = st.text(st.characters(exclude_categories=["Cs"]))


def table(*names: Cell) -> Table:
    return Table("people", (NAME, COUNT), [(name, number) for number, name in enumerate(names)])


def cells_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_csv_opens_as_danish_excel_wants_it() -> None:
    data = as_csv(table("Søren Ågård"))
    assert data.startswith(b"\xef\xbb\xbf")
    assert cells_of(data) == [["Navn", "Antal"], ["Søren Ågård", "0"]]
    assert b"\r\n" in data


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_csv_begins_a_formula(text: str) -> None:
    (_, (cell, _)) = cells_of(as_csv(table(text)))
    assert cell[0] == "'"
    assert unguarded(cell) == text


@pytest.mark.parametrize("text", [*FORMULAS, " led", "a;b", "'t Hooft", "x" * 40_000])
def test_no_cell_of_an_xlsx_is_a_formula(text: str) -> None:
    data = export([table(text)], "xlsx").data
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    assert sheet.freeze_panes == "A2"
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "inlineStr"}
    shown = sheet.cell(2, 1).value
    assert str(shown).replace("\r", "\n") == text[:32_767].replace("\r", "\n")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_an_xlsx_has_every_sheet_and_column_in_its_place() -> None:
    wide = tuple(Column(f"c{n}", Localised(f"Nr. {n}", f"No. {n}")) for n in range(30))
    row: list[Cell] = [None, '<b> & "c"', *range(28)]
    tables = [table("Anna"), Table("a/b: [codes] & 'more'", wide, [row] * 1_500)]
    book = load_workbook(io.BytesIO(export(tables, "xlsx").data))
    assert book.sheetnames == ["people", "a b   codes  &  more "]
    last = [cell.value for cell in book.worksheets[1][1_501]]
    assert last == [None, '<b> & "c"', *map(str, range(28))]
    assert book.worksheets[1]["AD1"].value == "Nr. 29"
    assert book.worksheets[1]["A1"].font.b
    assert not book.worksheets[1]["B2"].font.b


def test_json_has_english_keys_and_plain_values() -> None:
    rows: list[list[Cell]] = [["=1+1", date(2026, 3, 2)], [None, True]]
    made = export([Table("people", (NAME, COUNT), rows)], "json")
    assert made.media_type == "application/json"
    assert json.loads(made.data) == {
        "people": [{"name": "=1+1", "count": "2026-03-02"}, {"name": None, "count": True}]
    }


@pytest.mark.parametrize(
    ("cell", "danish"),
    [
        (True, "ja"),
        (None, ""),
        (date(2026, 3, 2), "02-03-2026"),
        (datetime(2026, 3, 2, 6, tzinfo=UTC), "2026-03-02T06:00:00+00:00"),
    ],
)
def test_values_are_written_as_people_read_them(cell: Cell, danish: str) -> None:
    assert cells_of(as_csv(table(cell)))[1][0] == danish


@given(PRINTABLE)
def test_a_guard_comes_off_again(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
