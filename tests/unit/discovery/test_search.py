"""What somebody writes finds what they mean, the likeliest first."""

import pytest

from broker.discovery.cards import Card, make_card
from broker.discovery.search import MAX_QUERY, rate, read_query, search, suggest
from tests.unit.discovery.many import IDPS

CARDS = [make_card(idp) for idp in IDPS]


def best(text: str) -> str:
    found = search(read_query(text), CARDS, "da")
    return found[0].code if found else ""


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Region Nordjylland", "region-nordjylland"),
        ("nordjylland", "region-nordjylland"),
        ("RN", "region-nordjylland"),
        ("North Denmark", "region-nordjylland"),
        ("nordj", "region-nordjylland"),
        ("AUH", "region-midtjylland"),
        ("auh skejby", "region-midtjylland"),
        ("OUH", "region-syddanmark"),
        ("aalborg", "kommune-aalborg"),
        ("ålborg kommune", "kommune-aalborg"),
        ("kommune ålbo", "kommune-aalborg"),
        ("kobenhavn", "kommune-kobenhavn"),
        ("koebenhavns", "kommune-kobenhavn"),
        ("29190901", "region-nordjylland"),
        ("29 19 09 01", "region-nordjylland"),
        ("mette@rn.example.dk", "region-nordjylland"),
        ("mette@mail.rn.example.dk", "region-nordjylland"),
        ("nem log", "nemlogin"),
        ("mitid erhverv", "nemlogin"),
        ("Vejle", "kommune-vejle"),
    ],
)
def test_what_is_meant_comes_first(written: str, code: str) -> None:
    assert best(written) == code


def test_weights_fall_with_how_well_it_fits() -> None:
    card = make_card(next(idp for idp in IDPS if idp.code == "region-nordjylland"))

    def points(text: str) -> int:
        return rate(read_query(text), card)

    written = ("nordjylland", "RN", "nordjy", "jylland", "aalborg", "farsø")
    assert [points(text) for text in written] == [100, 60, 50, 40, 30, 20]
    assert points("sønderjylland") == 0


@pytest.mark.parametrize("text", ["", "   ", "!!", "x" * 500, "æ" * 500, "%00\x00", "qqqq"])
def test_nonsense_finds_nothing_and_breaks_nothing(text: str) -> None:
    query = read_query(text)
    assert len(query.shown) <= MAX_QUERY
    assert search(query, CARDS, "da") == []
    assert isinstance(suggest(query, CARDS), list)


def test_of_a_mail_address_only_the_domain_is_kept() -> None:
    query = read_query("Mette.Aakjaer@RN.example.dk")
    assert query.shown == "rn.example.dk"
    assert "mette" not in str(query).lower()


def test_another_domain_that_ends_alike_is_not_taken() -> None:
    assert best("mette@evilrn.example.dk") == ""


@pytest.mark.parametrize(
    ("written", "code"), [("nordjyland", "region-nordjylland"), ("velje", "kommune-vejle")]
)
def test_a_slip_of_the_pen_gets_a_suggestion(written: str, code: str) -> None:
    query = read_query(written)
    assert search(query, CARDS, "da") == []
    assert code in [card.code for card in suggest(query, CARDS)]


def test_the_same_points_stand_by_the_alphabet() -> None:
    found: list[Card] = search(read_query("kommune"), CARDS, "da")
    names = [card.idp.name.da for card in found]
    assert names.index("Vejle Kommune") < names.index("Aalborg Kommune")
    assert len(found) > 90


def test_whoever_writes_aa_does_not_mean_a() -> None:
    found = [card.idp.name.da for card in search(read_query("aal"), CARDS, "da")]
    assert found == ["Aalborg Kommune", "Region Nordjylland"]
    assert "Albertslund Kommune" in [c.idp.name.da for c in search(read_query("al"), CARDS, "da")]
