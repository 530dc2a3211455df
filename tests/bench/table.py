"""The table that the bench prints: a line for each thing measured, with its target if any."""

from collections.abc import Sequence
from dataclasses import dataclass

import click

from tests.bench.timing import percentile

_HEAD = ("where", "what", "p50", "p99", "max", "target", "")


@dataclass(frozen=True, slots=True)
class Line:
    """Something measured: cells as they are shown, and whether it met its target."""

    where: str
    what: str
    p50: str
    p99: str = ""
    most: str = ""
    target: str = ""
    met: bool | None = None  # None has no target

    @property
    def cells(self) -> tuple[str, ...]:
        """The line as it is printed."""
        verdict = "" if self.met is None else "ok" if self.met else "OVER"
        return self.where, self.what, self.p50, self.p99, self.most, self.target, verdict


def times(where: str, what: str, seconds: Sequence[float], target: float | None = None) -> Line:
    """A line of times, in milliseconds; `target` is what the p99 may be, in seconds."""
    p50, p99 = percentile(seconds, 0.5), percentile(seconds, 0.99)
    middle, most, worst = (f"{value * 1000:.2f} ms" for value in (p50, p99, max(seconds)))
    if target is None:
        return Line(where, what, middle, most, worst)
    return Line(where, what, middle, most, worst, f"p99 ≤ {target * 1000:.0f} ms", p99 <= target)


def most_of(where: str, what: str, seconds: Sequence[float], target: float) -> Line:
    """A line of times of which 95 in a hundred may take so long, in seconds."""
    p50, p99, p95 = (percentile(seconds, share) for share in (0.5, 0.99, 0.95))
    middle, most, worst = (f"{value * 1000:.2f} ms" for value in (p50, p99, max(seconds)))
    told = f"p95 {p95 * 1000:.1f} ≤ {target * 1000:.0f} ms"
    return Line(where, what, middle, most, worst, told, p95 <= target)


def ratio(
    what: str, big: Sequence[float], small: Sequence[float], target: float | None = None
) -> Line:
    """How much longer it takes in the full country than in a small one."""
    grows = [percentile(big, s) / max(percentile(small, s), 1e-9) for s in (0.5, 0.99)]
    middle, most = (f"× {value:.2f}" for value in grows)
    if target is None:
        return Line("100 % : 1 %", what, middle, most)
    return Line("100 % : 1 %", what, middle, most, "", f"p50 ≤ × {target:.1f}", grows[0] <= target)


def show(lines: Sequence[Line]) -> None:
    """Print the table."""
    rows = [_HEAD, *(line.cells for line in lines)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(_HEAD))]
    for number, row in enumerate(rows):
        cells = [
            cell.ljust(width) if place in (0, 1, 5) else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        over = row[-1] == "OVER"
        click.secho("  ".join(cells).rstrip(), bold=number == 0, fg="red" if over else None)
