"""What hubs cost, as a table with bars that a person can read, and as JSON."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

_WIDE = 28  # characters of the longest bar
_EIGHTHS = " ▏▎▍▌▋▊▉"


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured, and against what: its target is a most, or with `least` a least."""

    group: str  # what stands together, and is drawn to one scale
    name: str
    value: float
    unit: str
    ratio: float | None = None  # against what the group's title says
    target: float | None = None  # of the ratio, or of the value where there is none
    least: bool = False

    @property
    def met(self) -> bool | None:
        """Whether it met its target; None has none."""
        if self.target is None:
            return None
        found = self.value if self.ratio is None else self.ratio
        return found >= self.target if self.least else found <= self.target


def show(figures: Sequence[Figure]) -> None:
    """Print them, group by group."""
    wide = max(len(one.name) for one in figures)
    for group in dict.fromkeys(one.group for one in figures):
        mine = [one for one in figures if one.group == group]
        most = max(one.value for one in mine) or 1.0
        click.secho(f"\n{group}", bold=True)
        for one in mine:
            bar = _bar(one.value / most)
            click.secho(
                f"  {one.name:{wide}}  {bar:{_WIDE}}  {_told(one)}",
                fg="red" if one.met is False else None,
            )


def write(figures: Sequence[Figure]) -> None:
    """Write them to the file that BENCH_JSON names, where it names one."""
    if path := os.environ.get("BENCH_JSON"):
        rows = [{**asdict(one), "met": one.met} for one in figures]
        machine = {"cores": os.cpu_count(), "load": os.getloadavg()[1]}
        text = json.dumps({"machine": machine, "figures": rows}, ensure_ascii=False, indent=1)
        Path(path).write_text(text + "\n", encoding="utf-8")


def _bar(share: float) -> str:
    whole, part = divmod(round(share * _WIDE * 8), 8)
    return ("█" * whole + _EIGHTHS[part]).rstrip()


def _told(one: Figure) -> str:
    text = f"{one.value:>8,.1f} {one.unit:9}"
    if one.ratio is not None:
        text += f" × {one.ratio:.2f}"
    if one.target is not None:
        sign, verdict = ("≥" if one.least else "≤"), ("ok" if one.met else "MISSED")
        text += f"   ({sign} {one.target:g}: {verdict})"
    return text.rstrip()
