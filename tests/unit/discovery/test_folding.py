"""Letters folded, and the order of the Danish alphabet."""

import pytest

from broker.discovery.cards import monogram
from broker.discovery.folding import alphabetical, core, fold

SAME = [
    ("Aalborg", "ålborg"),
    ("Aabenraa", "Åbenrå"),
    ("Sjælland", "sjaelland"),
    ("Sjælland", "sjalland"),
    ("København", "koebenhavn"),
    ("København", "kobenhavn"),
    ("Ærø", "aeroe"),
    ("Allé", "ALLE"),
    ("Å", "A\u030a"),
    ("Rigshospitalet", " rigshospitalet "),
    ("H.C. Andersen", "h c andersen"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_however_it_is_spelt_it_is_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_what_differs_stays_different() -> None:
    assert len({fold(name) for name in ("Odense", "Vejle", "Vejen", "Ærø", "Ans")}) == 5


def test_what_everybody_says_tells_nobody_apart() -> None:
    assert core(fold("Region Nordjylland")) == "nordjylland"
    assert core(fold("Aarhus Kommune")) == fold("Aarhus")
    assert core("region") == "region"


def test_names_stand_as_in_a_danish_dictionary() -> None:
    wanted = ["Albertslund", "Odense", "Zealand", "Ærø", "Ølstykke", "Aabenraa", "Aalborg", "Århus"]
    assert sorted({*wanted}, key=alphabetical) == wanted


def test_accents_and_digits_have_their_place() -> None:
    wanted = ["1. sal", "2. sal", "Alle", "Allé 2", "Böttger", "Zoo"]
    assert sorted({*wanted}, key=alphabetical) == wanted
    assert alphabetical("Ö")[0] == alphabetical("Ø")[0]


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Region Nordjylland", "NO"),
        ("NemLog-in", "NE"),
        ("Aleris Hospital Aarhus", "AA"),
        ("Østerbro Apotek", "ØS"),
        ("§", "?"),
    ],
)
def test_a_monogram_is_of_the_words_that_tell_it_apart(name: str, letters: str) -> None:
    assert monogram(name) == letters
