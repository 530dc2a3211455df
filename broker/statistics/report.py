"""Sums as what an operator asks for: how often the choice is wrong, and how long it takes."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from broker.statistics.model import (
    BUCKETS,
    LONGER,
    SOURCES,
    UNSEEN,
    WRONGS,
    ChoiceRow,
    Source,
    Wrong,
    WrongRow,
)


@dataclass(frozen=True, slots=True)
class Line:
    """How people got on with one IdP at one service, or with all of them."""

    service: str
    idp: str
    chosen: int
    wrong: int  # led nowhere: changed, cancelled or refused
    searched: int
    changed: int  # chosen after another in the same flow
    sources: tuple[tuple[Source, int], ...]
    wrongs: tuple[tuple[Wrong, int], ...]
    took: tuple[tuple[int, int], ...]  # how many by the upper end of each bucket

    @property
    def wrong_share(self) -> float:
        """Wrong choices among all of them; 0 where nobody chose."""
        return min(self.wrong / self.chosen, 1.0) if self.chosen else 0.0

    @property
    def remembered_share(self) -> float:
        """Choices that the person did not have to make again."""
        return dict(self.sources)["remembered"] / self.chosen if self.chosen else 0.0

    @property
    def median(self) -> int | None:
        """Seconds within which half of those who saw the page had chosen."""
        total, seen = sum(count for _, count in self.took), 0
        for end, count in self.took:
            seen += count
            if total and seen * 2 >= total:
                return end
        return None

    def facts(self) -> dict[str, object]:
        """The same as plain data, with its shares."""
        return {
            "service": self.service,
            "idp": self.idp,
            "chosen": self.chosen,
            "wrong": self.wrong,
            "wrong_share": round(self.wrong_share, 4),
            "remembered_share": round(self.remembered_share, 4),
            "median_seconds": self.median,
            "searched": self.searched,
            "changed": self.changed,
            "sources": dict(self.sources),
            "wrong_kinds": dict(self.wrongs),
            "took": {str(end): count for end, count in self.took},
        }


@dataclass(slots=True)
class _Sums:
    totals: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    wrongs: Counter[str] = field(default_factory=Counter)
    took: Counter[int] = field(default_factory=Counter)

    def line(self, service: str, idp: str) -> Line:
        return Line(
            service=service,
            idp=idp,
            chosen=self.totals["chosen"],
            wrong=self.wrongs.total(),
            searched=self.totals["searched"],
            changed=self.totals["changed"],
            sources=tuple((one, self.sources[one]) for one in SOURCES),
            wrongs=tuple((one, self.wrongs[one]) for one in WRONGS),
            took=tuple((end, self.took[end]) for end in (*BUCKETS, LONGER)),
        )


@dataclass(frozen=True, slots=True)
class Report:
    """A period: each service and IdP, what is most chosen first, and all of it in one line."""

    lines: tuple[Line, ...]
    whole: Line


def report(choices: Iterable[ChoiceRow], wrongs: Iterable[WrongRow]) -> Report:
    """What the sums of a period come to."""
    sums: dict[tuple[str, str], _Sums] = defaultdict(_Sums)
    whole = _Sums()
    for row in choices:
        for one in (sums[row.service, row.idp], whole):
            one.totals["chosen"] += row.chosen
            one.totals["searched"] += row.searched
            one.totals["changed"] += row.changed
            one.sources[row.source] += row.chosen
            if row.took != UNSEEN:
                one.took[row.took] += row.chosen
    for gone in wrongs:
        for one in (sums[gone.service, gone.idp], whole):
            one.wrongs[gone.kind] += gone.times
    lines = [one.line(*key) for key, one in sums.items()]
    lines.sort(key=lambda line: (-line.chosen, line.service, line.idp))
    return Report(tuple(lines), whole.line("", ""))
