"""Moments as people type them."""

from datetime import UTC, datetime

import pytest

from broker.portals.moments import NoMoment, read_day_and_time, read_moment, written_moment


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("24.04.2027 06.00", (2027, 4, 24, 4, 0)),
        ("24-4-2027 kl. 6:30", (2027, 4, 24, 4, 30)),
        (" 24.04.2027, 06.00 ", (2027, 4, 24, 4, 0)),
        ("1/7 2026 kl. 06.00", (2026, 7, 1, 4, 0)),
        ("2027-12-24T06:00", (2027, 12, 24, 5, 0)),
        ("24.12.2027", (2027, 12, 23, 23, 0)),
        ("31.10.2027 02.30", (2027, 10, 31, 0, 30)),  # the first of the two
    ],
)
def test_a_moment_is_read_as_a_dane_writes_it(typed: str, expected: tuple[int, ...]) -> None:
    found = read_moment(typed)
    assert found == datetime(*expected, tzinfo=UTC)  # type: ignore[misc,arg-type]  # numbers of a date
    assert read_moment(written_moment(found)) == found


@pytest.mark.parametrize(
    "typed",
    [
        "i morgen",
        "31.04.2027",
        "28.03.2027 02.30",
        "24.04.27",
        "24.04.2027 25.00",
        "01.01.0001",  # in UTC it is before the first day that there is
        "٢٤.٠٤.٢٠٢٧",
    ],
)
def test_what_is_no_moment_is_refused(typed: str) -> None:
    with pytest.raises(NoMoment):
        read_moment(typed)


def test_nothing_is_no_moment_and_no_fault() -> None:
    assert read_moment("  ") is None
    assert read_day_and_time("", "07.00") is None


@pytest.mark.parametrize(
    ("day", "time", "expected"),
    [
        ("24-04-2027", "", (2027, 4, 24, 4, 0)),
        ("24. 4. 2027", "7.15", (2027, 4, 24, 5, 15)),
    ],
)
def test_a_day_and_a_time_stand_in_two_fields(
    day: str, time: str, expected: tuple[int, ...]
) -> None:
    assert read_day_and_time(day, time) == datetime(*expected, tzinfo=UTC)  # type: ignore[misc,arg-type]  # numbers of a date


@pytest.mark.parametrize(
    ("day", "time", "words"),
    [("snart", "", "Write the day"), ("24-04-2027", "seks", "Write the time")],
)
def test_the_field_at_fault_is_named(day: str, time: str, words: str) -> None:
    with pytest.raises(NoMoment) as found:
        read_day_and_time(day, time)
    assert words in str(found.value.words)
