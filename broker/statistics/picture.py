"""The report as a picture for an operator: one SVG file, without script and without fonts of ours.

What is drawn is worked out here; how it looks stands in templates/statistics/discovery.svg.
"""

from dataclasses import dataclass

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from broker.resources import resource
from broker.statistics.model import BUCKETS, LONGER
from broker.statistics.report import Line, Report

MOST = 20  # bars; what is chosen less often is in the table

_WIDE = 360  # of the longest bar
_TALL = 120  # of the highest column


@dataclass(frozen=True, slots=True)
class Bar:
    """One service and IdP: how long its bar is, and how much of it is wrong or remembered."""

    label: str
    chosen: int
    long: float
    wrong: float
    remembered: float
    wrong_words: str
    median_words: str


@dataclass(frozen=True, slots=True)
class Column:
    """One bucket of the time that choosing takes."""

    label: str
    count: int
    tall: float


def picture(found: Report, title: str) -> str:
    """The SVG text; anything in it that came from outside is escaped."""
    lines = found.lines[:MOST]
    most = max((line.chosen for line in lines), default=0) or 1
    highest = max((count for _, count in found.whole.took), default=0) or 1
    environment = Environment(
        loader=FileSystemLoader(resource("templates") / "statistics"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("discovery.svg").render(
        title=title,
        whole=found.whole,
        shares=(_percent(found.whole.wrong_share), _percent(found.whole.remembered_share)),
        bars=[_bar(line, most) for line in lines],
        left_out=len(found.lines) - len(lines),
        columns=[
            Column(_bucket(end), count, count / highest * _TALL) for end, count in found.whole.took
        ],
    )


def _bar(line: Line, most: int) -> Bar:
    long = line.chosen / most * _WIDE
    median = f"{line.median} s" if line.median is not None else "–"
    return Bar(
        label=f"{line.service} · {line.idp}",
        chosen=line.chosen,
        long=long,
        wrong=long * line.wrong_share,
        remembered=long * line.remembered_share,
        wrong_words=_percent(line.wrong_share),
        median_words=median if line.median != LONGER else f"> {BUCKETS[-1]} s",
    )


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"


def _bucket(end: int) -> str:
    return f"≤ {end} s" if end != LONGER else f"> {BUCKETS[-1]} s"
