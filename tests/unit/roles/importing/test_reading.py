"""CSV and XLSX are read alike, whoever wrote them; no formula and no number is guessed at."""

from datetime import date, datetime

import pytest

from broker.errors import Refused
from broker.roles.importing.files import read_file
from broker.roles.importing.spreadsheet import Cell
from tests.unit.roles.importing.books import HEADINGS, ROW, csv_text, xlsx

DANISH = ("", "Søren Æbleø", "dpsd", "sagsbehandler", "")


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_csv_is_read_as_offices_write_it(delimiter: str, encoding: str) -> None:
    data = csv_text(HEADINGS, DANISH, delimiter=delimiter).encode(encoding)
    sheet = read_file(data)
    assert sheet.headings == HEADINGS
    (row,) = sheet.rows
    assert [cell.text for cell in row.cells] == list(DANISH)


def test_xlsx_and_csv_give_the_same_rows() -> None:
    assert (
        read_file(xlsx(HEADINGS, DANISH)).rows[0].cells[:4]
        == (read_file(csv_text(HEADINGS, DANISH).encode()).rows[0].cells[:4])
    )


def test_excel_may_be_told_its_delimiter_in_a_first_line() -> None:
    sheet = read_file(("sep=,\r\n" + csv_text(HEADINGS, ROW, delimiter=",")).encode())
    assert sheet.headings == HEADINGS
    assert len(sheet.rows) == 1


def test_rows_keep_the_number_that_a_spreadsheet_gives_them() -> None:
    for data in (csv_text(HEADINGS, ("",) * 5, ROW).encode(), xlsx(HEADINGS, (None,), ROW)):
        assert [row.n for row in read_file(data).rows] == [3]


def test_a_line_break_in_quotes_does_not_make_a_row() -> None:
    sheet = read_file(b'Konto;Navn\r\n;"Anna\nHolm"\r\n')
    assert [cell.text for cell in sheet.rows[0].cells] == ["", "Anna\nHolm"]


def test_an_apostrophe_that_guarded_a_cell_comes_off() -> None:
    sheet = read_file(b"Konto;Begrundelse\r\n;'=1+1\r\n")
    assert sheet.rows[0].cells[1].text == "=1+1"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", Cell("", "import.formula")),
        ('=HYPERLINK("https://example.dk")', Cell("", "import.formula")),
        ("#REF!", Cell("", "import.cell_error")),
        (42, Cell("42")),
        (42.0, Cell("42")),
        (325421000016003, Cell("325421000016003")),
        (1.5, Cell("1.5")),
        (10**15, Cell("", "import.digits")),
        (float(10**17), Cell("", "import.digits")),
        (True, Cell("ja")),
        (date(2026, 3, 2), Cell("2026-03-02")),
        (datetime(2026, 3, 2, 6, 30), Cell("2026-03-02T06:30:00")),  # noqa: DTZ001  # as Excel has it
        ("x" * 1001, Cell("", "import.cell_long")),
        ("  Anna  ", Cell("Anna")),
    ],
)
def test_a_cell_of_a_workbook_is_text_or_says_why_not(
    value: str | int | float | date, cell: Cell
) -> None:
    assert read_file(xlsx(("Konto",), (value,))).rows[0].cells[0] == cell


def test_ten_thousand_rows_are_read_and_no_more() -> None:
    lines = ["Konto", *("x" for _ in range(10_000))]
    assert len(read_file("\n".join(lines).encode()).rows) == 10_000
    with pytest.raises(Refused, match=r"import\.rows"):
        read_file("\n".join([*lines, "x"]).encode())
