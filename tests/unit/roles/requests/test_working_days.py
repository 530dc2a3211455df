"""Danish working days: the holidays of known years, and what holds for every instant."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.roles.requests.working_days import (
    DENMARK,
    easter,
    end_of_working_days,
    is_working_day,
    working_days_between,
)

INSTANTS = st.timedeltas(timedelta(0), timedelta(days=7000)).map(
    lambda after: datetime(2020, 1, 1, tzinfo=UTC) + after
)


@pytest.mark.parametrize(
    "sunday",
    [date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2027, 3, 28), date(2038, 4, 25)],
)
def test_easter_is_when_it_is(sunday: date) -> None:
    assert easter(sunday.year) == sunday


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),
        date(2026, 4, 2),  # Maundy Thursday
        date(2026, 4, 3),  # Good Friday
        date(2026, 4, 6),  # Easter Monday
        date(2026, 5, 14),  # Ascension Day
        date(2026, 5, 25),  # Whit Monday
        date(2026, 6, 5),
        date(2026, 12, 24),
        date(2026, 12, 25),
        date(2026, 12, 31),
        date(2023, 5, 5),  # the last store bededag
        date(2026, 3, 7),  # a Saturday
    ],
)
def test_nobody_has_to_answer_on_a_day_off(day: date) -> None:
    assert not is_working_day(day)


@pytest.mark.parametrize("day", [date(2026, 3, 2), date(2024, 4, 26), date(2026, 5, 1)])
def test_other_days_are_working_days(day: date) -> None:
    assert is_working_day(day)


@pytest.mark.parametrize(
    ("since", "days", "local"),
    [
        ("2026-03-02T09:00+01:00", 0, "2026-03-03T00:00+01:00"),
        ("2026-03-02T09:00+01:00", 5, "2026-03-10T00:00+01:00"),
        ("2026-03-27T16:00+01:00", 1, "2026-03-31T00:00+02:00"),  # summer time begins between
        ("2026-04-01T16:00+02:00", 2, "2026-04-09T00:00+02:00"),  # over Easter
        ("2026-12-23T12:00+01:00", 3, "2026-12-31T00:00+01:00"),
        ("2026-03-02T23:30+00:00", 1, "2026-03-05T00:00+01:00"),  # already Tuesday in Denmark
    ],
)
def test_an_answer_is_due_when_the_last_day_ends(since: str, days: int, local: str) -> None:
    due = end_of_working_days(datetime.fromisoformat(since), days)
    assert due == datetime.fromisoformat(local)
    assert due.tzinfo is UTC


def test_time_does_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="forward"):
        end_of_working_days(datetime(2026, 3, 2, tzinfo=UTC), -1)


@given(INSTANTS, st.integers(0, 60), st.integers(0, 60))
def test_more_days_are_never_due_earlier_and_all_are_counted(
    since: datetime, first: int, second: int
) -> None:
    earlier, later = sorted((first, second))
    due = end_of_working_days(since, later)
    assert end_of_working_days(since, earlier) <= due
    assert due > since
    assert due.astimezone(DENMARK).hour == 0
    assert working_days_between(since, due - timedelta(seconds=1)) == later
