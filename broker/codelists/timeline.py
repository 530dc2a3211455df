"""What is known of one code over time, and what a file changes of it. Pure.

A timeline is spans in order that don't overlap. What lies before the instant of a load stays
as it was; from then on the file decides. So the same question about the past always has the
same answer, whatever later files say.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Generic, TypeVar

from broker.periods import FOREVER, Period

BEGINNING = datetime(1, 1, 2, tzinfo=UTC)  # where a file says nothing of when something began

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Span(Generic[T]):
    """What holds during one period; the last span also tells what came after."""

    period: Period
    facts: T
    replaced_by: str | None = None

    @property
    def since(self) -> datetime:
        """From when it holds."""
        return self.period.since

    @property
    def until(self) -> datetime:
        """Until when it holds."""
        return self.period.until


def joined(spans: Iterable[Span[T]]) -> list[Span[T]]:
    """The same with fewer spans: those that meet and say the same become one."""
    found: list[Span[T]] = []
    for span in spans:
        if found and found[-1].until == span.since and found[-1].facts == span.facts:
            period = Period(found[-1].since, span.until)
            found[-1] = replace(span, period=period)
        else:
            found.append(span)
    return found


def merged(kept: Sequence[Span[T]], told: Sequence[Span[T]], at: datetime) -> list[Span[T]]:
    """The timeline after a load at an instant: what was kept until then, what the file tells on.

    For a code that is new all of what the file tells counts, its past included; where the
    file does not say when it began, it begins now. `told` is empty where the file knows
    nothing of the code (any more): then it ends now.
    """
    successor = told[-1].replaced_by if told else None
    if not kept:
        begun = [span if span.since > BEGINNING else _from(span, at) for span in told]
        return _succeeded(joined(span for span in begun if span is not None), successor)
    if _says_the_same(kept, told, at):
        return list(kept)
    before = [cut for span in kept if (cut := _to(span, at)) is not None]
    after = [cut for span in told if (cut := _from(span, at)) is not None]
    spans = joined((*before, *after))
    ends = not spans or spans[-1].until < FOREVER
    return _succeeded(spans, successor or (kept[-1].replaced_by if ends else None))


def covering(spans: Sequence[Span[T]], at: datetime) -> Span[T] | None:
    """What holds at an instant."""
    return next((span for span in spans if span.period.covers(at)), None)


def latest(spans: Sequence[Span[T]], at: datetime) -> Span[T] | None:
    """What held last at an instant, whether or not it still does; None before it began."""
    return next((span for span in reversed(spans) if span.since <= at), None)


def _says_the_same(kept: Sequence[Span[T]], told: Sequence[Span[T]], at: datetime) -> bool:
    """The common case, told quickly: one span that holds now and never ends."""
    if len(kept) != 1 or len(told) != 1:
        return False
    (old,), (new,) = kept, told
    began = old.since <= at and new.since <= at
    return began and (old.until, old.facts, old.replaced_by) == (
        new.until,
        new.facts,
        new.replaced_by,
    )


def _from(span: Span[T], at: datetime) -> Span[T] | None:
    if span.since >= at:
        return span
    return replace(span, period=Period(at, span.until)) if span.until > at else None


def _to(span: Span[T], at: datetime) -> Span[T] | None:
    if span.until <= at:
        return span
    return replace(span, period=Period(span.since, at)) if span.since < at else None


def _succeeded(spans: list[Span[T]], successor: str | None) -> list[Span[T]]:
    """Only the last span tells what came after."""
    last = len(spans) - 1
    return [
        replace(span, replaced_by=successor if number == last else None)
        if span.replaced_by != (successor if number == last else None)
        else span
        for number, span in enumerate(spans)
    ]
