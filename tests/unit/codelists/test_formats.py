"""The published files with their quirks, each read as what it says."""

from datetime import UTC, datetime

import pytest

from broker.codelists.model import CodeFacts, Target, pair
from broker.codelists.timeline import BEGINNING, Span
from broker.errors import Refused
from broker.periods import FOREVER, Period
from tests.unit.codelists.files import A, B, C, D, findings_of, fixed, reading_of

DAILY = (
    "SorId;SorType;EntityName;EntityTypeName;HealthInstitutionSorId;"
    "FromDate;ToDate;FirstFromDate;Extra"
)
NEW_YEAR = datetime(2019, 12, 31, 23, tzinfo=UTC)  # midnight in Denmark


def one(text: str | bytes, code: str = A, wanted: Target | None = None) -> Span[CodeFacts]:
    (span,) = reading_of(text, wanted).told[code]
    return span


def test_sor_csv_is_read_whatever_the_order_of_its_columns() -> None:
    heading = "CVR;Ukendt;SOR-kode;Parent-SOR-kode;Enhedsnavn;Enhedstype;P_Region;Hovedspeciale"
    read = one(f"{heading}\n90000004;x;{A};{B};Klinik Øst;klinik;Fyn;kirurgi\n")
    assert read.facts == CodeFacts("Klinik Øst", B, "klinik", "90000004", None, "Fyn", "kirurgi")
    assert read.period == Period(BEGINNING, FOREVER)


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1"])
def test_separators_line_ends_and_encodings_make_no_difference(
    separator: str, end: str, encoding: str
) -> None:
    rows = (("Enhedsnavn", "SOR-kode", "Parent-SOR-kode"), ("Ærø Ågård", A, ""), ("Ø", B, A))
    text = end.join(separator.join(row) for row in rows)
    told = reading_of(text.encode(encoding)).told
    assert told[A][0].facts.name == "Ærø Ågård"
    assert told[B][0].facts == CodeFacts("Ø", A)


@pytest.mark.parametrize("value", [A, f'="{A}"', f'"=""{A}"""', f' "{A}" '.strip(), f" {A} "])
def test_a_value_may_be_wrapped_against_spreadsheets(value: str) -> None:
    assert one(f"{DAILY}\n{value};IE;Ejer;Region;;;;;\n").facts.name == "Ejer"


def test_the_daily_file_tells_the_hierarchy_by_the_institution() -> None:
    rows = (
        f"{A};IE;Ejer;Region;;2020-01-01;;2020-01-01;",
        f"{B};SI;Hus;Sygehus;{B};01-01-2020;31-12-2024;01-01-2020;",
        f"{C};OE;Afdeling;;{B};2023-05-01;9999-12-31;2020-01-01;",
    )
    told = reading_of("\n".join([DAILY, *rows])).told
    assert [told[code][0].facts.parent for code in (A, B, C)] == [None, None, B]
    assert [told[code][0].facts.kind for code in (A, B, C)] == ["Region", "Sygehus", "OE"]
    assert told[B][0].period == Period(NEW_YEAR, datetime(2024, 12, 31, 23, tzinfo=UTC))
    assert told[C][0].period == Period(NEW_YEAR, FOREVER)  # from the first day that it existed


def test_the_daily_file_may_name_parent_and_owner() -> None:
    heading = f"{DAILY};InstitutionOwnerSorId;ParentSorId"
    rows = (f"{B};SI;Hus;;{B};;;;;{A};", f"{D};OE;Afsnit;;{B};;;;;{A};{C}")
    told = reading_of("\n".join([heading, *rows])).told
    assert [told[code][0].facts.parent for code in (B, D)] == [A, C]


def test_shakcomplete_is_read_by_its_columns_in_latin_1() -> None:
    lines = [
        fixed("sgh", "1399", "20200101", "25000101", "Månehøj Sygehus"),
        fixed("afd", "139901", "20200101", "20241231", "Medicin"),
        fixed("afd", "139901", "20250101", "25000101", "Medicin og Ældre"),
    ]
    read = reading_of("\r\n".join(lines).encode("latin-1"))
    assert read.target == "shak"
    assert [span.facts.name for span in read.told["139901"]] == ["Medicin", "Medicin og Ældre"]
    first, second = read.told["139901"]
    assert first.until == second.since == datetime(2024, 12, 31, 23, tzinfo=UTC)
    assert read.told["1399"][0].facts == CodeFacts("Månehøj Sygehus", kind="sgh")
    assert read.told["1399"][0].period == Period(NEW_YEAR, FOREVER)


def test_periods_that_meet_and_say_the_same_become_one() -> None:
    lines = [
        fixed("sgh", "1399", "20200101", "20201231", "Huset"),
        fixed("sgh", "1399", "20210101", "25000101", "Huset"),
    ]
    assert len(reading_of("\n".join(lines)).told["1399"]) == 1


def test_an_sks_file_is_of_the_same_family() -> None:
    read = reading_of(fixed("dia", "DJ189", "19990101", "25000101", "Lungebetændelse"))
    assert read.target == "sks"
    assert read.told["DJ189"][0].facts.kind == "dia"


@pytest.mark.parametrize(
    "heading", ["SHAK-kode;SOR-kode;Fra-dato;Til-dato", "FromDate;ToDate;ShakId;SorId"]
)
def test_the_map_is_read_by_any_of_its_headings(heading: str) -> None:
    row = f"139901;{A};2020-01-01;" if heading.startswith("SHAK") else f"2020-01-01;;139901;{A}"
    read = reading_of(f"{heading}\n{row}")
    assert read.target == "shak-sor"
    assert read.told[pair("139901", A)][0].period == Period(NEW_YEAR, FOREVER)


def test_cvr_and_p_numbers_come_in_files_of_our_own() -> None:
    cvr = one("cvr;name;kind;from;to;replaced_by\n90000098;Huset;privat;;;90000004", "90000098")
    assert (cvr.facts, cvr.replaced_by) == (
        CodeFacts("Huset", None, "privat", "90000098"),
        "90000004",
    )
    unit = one("P-nummer,CVR,Navn\n9000000201,90000004,Huset", "9000000201")
    assert unit.facts == CodeFacts("Huset", None, "", "90000004")


def test_cvr_numbers_that_fail_the_weights_are_counted_once() -> None:
    read = reading_of("cvr;name\n90000005;A\n12345678;B\n90000004;C")
    (finding,) = read.findings.all()
    assert (finding.level, finding.code) == ("info", "codelist.weights")
    assert finding.words.startswith("2 ")


def test_a_value_in_quotes_may_go_on_over_lines() -> None:
    text = f'Enhedsnavn;SOR-kode;Parent-SOR-kode\n"Hus; med\nto navne";{A};\nHytte;{B};'
    told = reading_of(text).told
    assert told[A][0].facts.name == "Hus; med to navne"
    assert told[B][0].facts.name == "Hytte"


def test_a_quote_that_nobody_closes_costs_its_own_row_alone() -> None:
    rows = [f'"Hus;{A};', f"Hytte;{B};", f"Skur;{C};"]
    text = "\n".join(["Enhedsnavn;SOR-kode;Parent-SOR-kode", *rows])
    assert findings_of(text) == [("codelist.row", 2)]
    assert reading_of(text).told.keys() == {B, C}


def test_a_file_of_another_list_than_was_asked_for_is_refused() -> None:
    with pytest.raises(Refused, match="shak") as caught:
        reading_of("cvr;name\n90000004;Huset", "shak")
    assert caught.value.code == "codelist.format"
    assert reading_of("cvr;name\n90000004;Huset", "cvr").target == "cvr"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "codelist.empty"),
        ("cvr;name\n", "codelist.empty"),
        ("cvr;name\nx;y\n", "codelist.empty"),
        ("# A heading of prose\n\nand more\n", "codelist.format"),
        ('{"cvr": "90000004"}', "codelist.format"),
        ("PK\x03\x04\x00\x00zip", "codelist.format"),
        ("\x00\x00", "codelist.format"),
        (f"Enhedsnavn;SOR-kode\nHuset;{A}", "codelist.format"),  # a list without its hierarchy
        ("cvr;name;cvr\n90000004;Huset;90000098", "codelist.heading"),
        ('"cvr;name\n90000004;Huset', "codelist.format"),
    ],
)
def test_a_file_that_is_something_else_is_refused_whole(text: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        reading_of(text)
    assert caught.value.code == code
