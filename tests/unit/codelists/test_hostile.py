"""Files as somebody who means harm would write them: found, told of, and never in the way."""

import io
from pathlib import Path

import pytest

from broker.codelists.formats.rows import LONGEST_NAME
from broker.codelists.lines import Limits, open_file, text_file
from broker.codelists.numbers import make_sor
from broker.codelists.reading import MAX_FINDINGS
from broker.errors import Refused, Unavailable
from tests.unit.codelists.files import A, B, C, findings_of, fixed, reading_of

HEADING = "Enhedsnavn;SOR-kode;Parent-SOR-kode;CVR;Fra-dato;Til-dato"
GOOD = f"Huset;{B};;;;"

BAD_ROWS = [
    (f"Huset;{A[:-1]}0;;;;", "codelist.code"),
    ("Huset;;;;;", "codelist.code"),
    ("Huset;010190-1234;;;;", "codelist.code"),
    (f";{A};;;;", "codelist.name"),
    (f"{'x' * (LONGEST_NAME + 1)};{A};;;;", "codelist.name"),
    (f"Hu\x1b[31mset;{A};;;;", "codelist.name"),
    (f"Hu\u202eset;{A};;;;", "codelist.name"),
    (f"Huset;{A};1234;;;", "codelist.parent"),
    (f"Huset;{A};;;31-02-2020;", "codelist.date"),
    (f"Huset;{A};;;i går;", "codelist.date"),
    (f"Huset;{A};;;2020-01-02;2019-12-31", "codelist.date"),
    (f"Huset;{A};;;9999-12-31;", "codelist.date"),
    (f"Huset;{A};", "codelist.row"),
    (f"Huset;{A};;;;;;more", "codelist.row"),
    (f'Hu"set";{A};"x"y;;;', "codelist.row"),
    (f"\"=cmd|' /C calc'!A0\";{A};;;;", "codelist.formula"),
    (f"@SUM(A1);{A};;;;", "codelist.formula"),
    (f"+45 12;{A};;;;", "codelist.formula"),
    (f"-2+3;{A};;;;", "codelist.formula"),
    (f'"=""@SUM(A1)""";{A};;;;', "codelist.formula"),
]


@pytest.mark.parametrize(("row", "code"), BAD_ROWS)
def test_a_bad_row_is_told_of_with_its_line_and_stops_nothing(row: str, code: str) -> None:
    text = "\n".join([HEADING, row, GOOD])
    assert findings_of(text) == [(code, 2)]
    assert reading_of(text).told.keys() == {B}


def test_a_row_that_is_left_out_says_whose_it_was_where_it_can() -> None:
    assert reading_of("\n".join([HEADING, f";{A};;;;", GOOD])).left_out == {A}
    assert reading_of("\n".join([HEADING, "Huset;x;;;;", GOOD])).left_out == frozenset()


def test_a_value_beside_the_code_is_left_out_alone() -> None:
    text = "\n".join([HEADING, f"Huset;{A};;123;;", GOOD])
    assert findings_of(text) == [("codelist.value", 2)]
    assert reading_of(text).told[A][0].facts.cvr is None


@pytest.mark.parametrize("tail", [b"\n" + GOOD.encode(), b""])
def test_a_huge_line_is_left_out_without_being_kept(tail: bytes) -> None:
    start = f"{HEADING}\nHytte;{C};;;;\n".encode()
    raw = start + b"x" * 5_000_000 + tail
    assert findings_of(raw) == [("codelist.line_too_long", 3)]
    assert reading_of(raw).told.keys() == ({B, C} if tail else {C})


def test_a_line_with_a_nul_is_left_out() -> None:
    # In the first kilobyte it would say that the file is no text at all.
    rows = [f"Hytte;{C};;;;", *["" for _ in range(1100)], f"Hu\0set;{A};;;;", GOOD]
    assert findings_of("\n".join([HEADING, *rows])) == [("codelist.binary", 1103)]


def test_bytes_that_are_no_text_in_any_encoding_are_told_of() -> None:
    raw = f"{HEADING}\nHu?set;{A};;;;\n{GOOD}".encode().replace(b"?", b"\x81")
    assert findings_of(raw) == [("codelist.name", 2)]


def test_a_code_that_stands_twice_and_otherwise_keeps_its_first_row() -> None:
    text = "\n".join([HEADING, f"Huset;{A};;;;", f"Hytten;{A};;;;", f"Huset;{A};;;;"])
    assert findings_of(text) == [("codelist.twice", 3)]
    assert [span.facts.name for span in reading_of(text).told[A]] == ["Huset"]


def test_where_periods_overlap_the_later_one_counts() -> None:
    rows = [f"Ny;{A};;;2021-01-01;", f"Gammel;{A};;;2020-01-01;2022-12-31"]
    text = "\n".join([HEADING, *rows])
    assert findings_of(text) == [("codelist.overlap", 2)]
    old, new = reading_of(text).told[A]
    assert (old.facts.name, new.facts.name) == ("Gammel", "Ny")
    assert old.until == new.since


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (fixed("afd", "13990", "20200101", "25000101", "Huset"), "codelist.code"),
        (fixed("afd", "139902", "20201301", "25000101", "Huset"), "codelist.date"),
        (fixed("dia", "139902", "20200101", "25000101", "Huset"), "codelist.record"),
        ("afd139902", "codelist.row"),
    ],
)
def test_a_bad_line_of_fixed_width_is_told_of(line: str, code: str) -> None:
    text = "\n".join([fixed("sgh", "1399", "20200101", "25000101", "Huset"), line])
    assert findings_of(text) == [(code, 2)]


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(size=100), "codelist.too_large"),
        (Limits(rows=3), "codelist.too_many_rows"),
    ],
)
def test_a_file_over_a_limit_is_refused(limits: Limits, code: str) -> None:
    text = "\n".join([HEADING, *(f"Huset;{make_sor(n)};;;;" for n in range(1, 5))])
    with pytest.raises(Refused) as caught:
        reading_of(text, limits=limits)
    assert caught.value.code == code
    assert len(reading_of(text, limits=Limits(size=1000, rows=4)).told) == 4


def test_only_some_of_very_many_findings_are_kept_and_all_are_counted() -> None:
    text = "\n".join([HEADING, *("Huset;x;;;;" for _ in range(MAX_FINDINGS + 50)), GOOD])
    findings = reading_of(text).findings
    assert len(findings.all()) == MAX_FINDINGS
    assert (findings.more, findings.refused) == (50, MAX_FINDINGS + 50)


def test_a_file_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"codelist\.missing"):
        open_file(tmp_path / "none.csv")


def test_half_a_letter_at_the_end_makes_a_file_windows_1252() -> None:
    raw = f"{HEADING}\nHuset æ".encode()
    assert text_file(io.BytesIO(raw), Limits()).encoding == "utf-8-sig"
    assert text_file(io.BytesIO(raw[:-1]), Limits()).encoding == "cp1252"
