"""A load changes nothing of what was before it, and everything after it is as the file says."""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from broker.codelists.timeline import BEGINNING, Span, covering, joined, latest, merged
from broker.periods import FOREVER, Period
from tests.factories import NOW


def day(number: int) -> datetime:
    return NOW + timedelta(days=number)


def span(
    since: int | None, until: int | None, facts: str = "a", to: str | None = None
) -> Span[str]:
    begins = BEGINNING if since is None else day(since)
    return Span(Period(begins, FOREVER if until is None else day(until)), facts, to)


@st.composite
def timelines(draw: st.DrawFn) -> list[Span[str]]:
    marks = sorted(draw(st.sets(st.integers(-20, 20), max_size=6)))
    said = st.sampled_from(("", "a", "b", "c"))  # "" is a gap
    told = [(pair, draw(said)) for pair in pairwise(marks)]
    spans = [span(*pair, facts) for pair, facts in told if facts]
    if marks and (last := draw(said)):
        spans.append(span(marks[-1], None, last))
    return joined(spans)


def facts_at(spans: list[Span[str]], number: int) -> str | None:
    found = covering(spans, day(number))
    return found.facts if found else None


@given(timelines(), timelines(), st.integers(-21, 21))
def test_before_a_load_is_what_was_kept_and_after_it_what_was_told(
    kept: list[Span[str]], told: list[Span[str]], at: int
) -> None:
    after = merged(kept, told, day(at))
    assert all(one.until <= other.since for one, other in pairwise(after))
    for number in range(-25, 25):
        source = kept if kept and number < at else told
        assert facts_at(after, number) == facts_at(source, number), number


@given(timelines(), st.integers(-21, 21))
def test_the_same_file_again_changes_nothing(kept: list[Span[str]], at: int) -> None:
    assert merged(kept, kept, day(at)) == kept


def test_a_code_without_a_date_begins_with_the_load() -> None:
    assert merged([], [span(None, None)], day(0)) == [span(0, None)]
    assert merged([span(-5, None)], [span(None, None)], day(0)) == [span(-5, None)]
    assert merged([], [span(None, -1)], day(0)) == []


def test_a_code_that_is_not_told_of_any_more_ends_and_keeps_its_successor() -> None:
    assert merged([span(-5, None, to="x")], [], day(0)) == [span(-5, 0, to="x")]
    assert merged([span(-5, -2, to="x")], [], day(0)) == [span(-5, -2, to="x")]


def test_a_successor_can_be_told_of_later() -> None:
    assert merged([span(-5, -2)], [span(-5, -2, to="x")], day(0)) == [span(-5, -2, to="x")]
    kept = [span(-5, 9, to="x")]
    assert merged(kept, [span(-5, 9)], day(0)) == kept


def test_a_code_that_is_opened_again_has_no_successor() -> None:
    after = merged([span(-5, -2, to="x")], [span(None, None)], day(0))
    assert after == [span(-5, -2), span(0, None)]


def test_what_held_last_is_found_after_its_end() -> None:
    spans = [span(0, 1, "a"), span(3, 4, "b")]
    found = [latest(spans, day(number)) for number in (-1, 0, 2, 3, 9)]
    assert [one.facts if one else None for one in found] == [None, "a", "a", "b", "b"]
