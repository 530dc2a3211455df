"""From minutes and a clock to a verdict, by replaying the minutes. Pure.

The verdict of before decides between the two thresholds, and it is worked out anew from the
same minutes each time, so that every node says the same and a restart forgets nothing.

Whoever starts logins and never ends them, to make an IdP look ill, changes nothing where the
people who do come back have not become fewer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from broker.health.model import AWAY, LONGER, UNKNOWN, CountRow, Health, State

WINDOW = 10  # minutes that are judged
LAG = 2  # minutes that somebody who signs in may be away
BEFORE = 60  # minutes before the window, for how many come back otherwise
REPLAYED = 60  # minutes over which the verdict is replayed
PATIENCE = 15  # minutes that an IdP stays failing while nobody tries it
FEWEST = 8  # logins begun, below which nothing is said
LOW, HIGH = 0.4, 0.65  # shares that come back: failing below, well again from

SPAN = timedelta(minutes=REPLAYED + BEFORE + WINDOW + LAG)


@dataclass(frozen=True, slots=True)
class _Series:
    """Minutes as running sums, so that any stretch of them is one subtraction."""

    started: list[int]
    returned: list[int]

    def between(self, sums: list[int], since: int, until: int) -> int:
        return sums[max(until, 0)] - sums[max(since, 0)]


def health(rows: Iterable[CountRow], now: datetime) -> Health:
    """How an IdP is doing, by the minutes that are over; rows of several services add up."""
    over = now.replace(second=0, microsecond=0)
    first = over - SPAN
    length = int(SPAN / timedelta(minutes=1))
    started, returned = [0] * length, [0] * length
    recent: list[CountRow] = []
    for row in rows:
        place = int((row.minute - first) / timedelta(minutes=1))
        if 0 <= place < length:
            started[place] += row.started
            returned[place] += row.returned
            if place >= length - WINDOW:
                recent.append(row)
    if not any(started) and not any(returned):
        return UNKNOWN
    series = _Series([0, *accumulate(started)], [0, *accumulate(returned)])
    state, since = _replayed(series, length)
    begun, back = _window(series, length)
    details = _added(recent)
    return Health(
        state=state,
        since=None if since is None else first + timedelta(minutes=since),
        started=begun,
        returned=back,
        median=_median(details),
        failures=tuple((k, n) for k, n in sorted(details.items()) if not k.startswith("within")),
    )


def _replayed(series: _Series, length: int) -> tuple[State, int | None]:
    state: State = "unknown"
    since: int | None = None
    evidence = 0
    for end in range(length - REPLAYED, length + 1):
        found = _judged(series, end, state)
        if found is not None:
            evidence = end
        elif state == "failing" and end - evidence < PATIENCE:
            continue
        became: State = found or "unknown"
        if became != state:
            state, since = became, end
    return state, since


def _judged(series: _Series, end: int, before: State) -> State | None:
    """What the window that ends there says, or None where too few tried."""
    begun, back = _window(series, end)
    if begun < FEWEST:
        return None
    share = back / begun
    if share >= HIGH:
        return "ok"
    if share >= LOW:
        return "ok" if before == "unknown" else before
    usual = series.between(series.returned, end - WINDOW - BEFORE, end - WINDOW)
    usual_here = usual * WINDOW / BEFORE
    if before != "failing" and usual_here >= FEWEST / 2 and back >= usual_here / 2:
        return "ok"  # as many come back as before: what became more is what never does
    return "failing"


def _window(series: _Series, end: int) -> tuple[int, int]:
    """How many began, as far as they have had the time to come back, and how many did."""
    return (
        series.between(series.started, end - WINDOW - LAG, end - LAG),
        series.between(series.returned, end - WINDOW, end),
    )


def _added(rows: Iterable[CountRow]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for row in rows:
        for what, times in row.details:
            sums[what] = sums.get(what, 0) + times
    return sums


def _median(details: Mapping[str, int]) -> int | None:
    counts = [(end, details.get(f"within {end}", 0)) for end in (*AWAY, LONGER)]
    total, seen = sum(count for _, count in counts), 0
    for end, count in counts:
        seen += count
        if total and seen * 2 >= total:
            return end
    return None
