"""Every kind of code by its shape and check digit; no code here is anybody's CPR number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.codelists import numbers
from broker.codelists.model import ListId

SOR = ("11000016002", "21000016006", "31000016008", "1231000016008", "999991000016008")

NO_SOR = (
    "191901000016999",  # made up, with a check digit that is not
    "1231000016009",
    "1231000016000",
    "123100001600",
    "1000016008",  # ten digits
    "01231000016008",
    "1231000016008 ",
    "1231000016008\n",
    "١٢٣١٠٠٠٠١٦٠٠٨",
    "1" * 19,
    "",
)


@pytest.mark.parametrize("text", SOR)
def test_a_sor_id_passes(text: str) -> None:
    assert numbers.is_sor(text)
    assert numbers.fault("sor", text) is None


@pytest.mark.parametrize("text", NO_SOR)
def test_anything_else_is_no_sor_id(text: str) -> None:
    assert not numbers.is_sor(text)
    assert numbers.fault("sor", text)


def test_a_wrong_check_digit_is_told_apart_from_a_wrong_shape() -> None:
    assert "check digit" in str(numbers.fault("sor", "1231000016009"))
    assert "digits" in str(numbers.fault("sor", "1300"))


items = st.integers(min_value=1, max_value=99_999_999)


@given(items)
def test_a_made_sor_id_is_one(item: int) -> None:
    made = numbers.make_sor(item)
    assert numbers.is_sor(made)
    assert made.startswith(f"{item}1000016")


@given(items, st.data())
def test_one_wrong_digit_is_always_found(item: int, data: st.DataObject) -> None:
    made = numbers.make_sor(item)
    place = data.draw(st.integers(0, len(made) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != made[place]]))
    assert not numbers.is_sor(made[:place] + other + made[place + 1 :])


@given(items, st.data())
def test_two_neighbours_that_changed_places_are_always_found(
    item: int, data: st.DataObject
) -> None:
    made = numbers.make_sor(item)
    places = [place for place in range(len(made) - 1) if made[place] != made[place + 1]]
    place = data.draw(st.sampled_from(places))
    swapped = made[:place] + made[place + 1] + made[place] + made[place + 2 :]
    assert not numbers.is_sor(swapped)


@pytest.mark.parametrize(
    ("code", "parents"),
    [("1399", ()), ("139901", ("1399",)), ("1399011", ("139901", "1399")), ("1399A", None)],
)
def test_the_beginning_of_a_shak_code_is_what_it_hangs_below(
    code: str, parents: tuple[str, ...] | None
) -> None:
    assert numbers.is_shak(code) == (parents is not None)
    if parents is not None:
        assert numbers.shak_parents(code) == parents


def test_an_sks_code_hangs_below_everything_that_it_begins_with() -> None:
    assert numbers.sks_parents("DJ18") == ("DJ1", "DJ", "D")
    assert numbers.sks_parents("D") == ()


def test_a_shak_code_has_a_form_among_the_sks_codes() -> None:
    assert numbers.shak_of_sks("A139901") == "139901"
    assert numbers.shak_of_sks("AB12") is None
    assert numbers.shak_of_sks("139901") is None


@pytest.mark.parametrize(
    ("list_id", "good", "bad"),
    [
        ("shak", ("1399", "1399A1", "139901B"), ("139", "13990", "1399-01", "A399", "13990111")),
        ("sks", ("D", "DJ189", "UXRC00"), ("", "1D", "dj18", "DJ 18", "D" * 21)),
        ("cvr", ("90000004", "12345678"), ("9000000", "900000040", "9000000A", "90000004\n")),
        ("pnumber", ("9000000201",), ("900000020", "90000002011", "٩٠٠٠٠٠٠٠٢١")),
    ],
)
def test_other_codes_are_told_by_their_shape(
    list_id: ListId, good: tuple[str, ...], bad: tuple[str, ...]
) -> None:
    assert not [code for code in good if numbers.fault(list_id, code)]
    assert not [code for code in bad if numbers.fault(list_id, code) is None]


def test_the_weights_of_a_cvr_number_count_only_when_asked() -> None:
    assert numbers.is_cvr("12345678")
    assert not numbers.is_cvr("12345678", strict=True)
    assert numbers.is_cvr("90000004", strict=True)
    assert not numbers.cvr_checks("not eight")
    assert numbers.is_se("12345678")
    assert not numbers.is_se("1234567")
