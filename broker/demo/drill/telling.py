"""What a drill found: a table for people, the same as data for machines."""

from collections.abc import Iterator
from datetime import UTC

from broker.demo.drill.model import FAULTS, Cell, Line, Report
from broker.demo.drill.traffic import Traffic
from broker.metadata.rollover.model import Phase

WORDS: dict[Phase, str] = {
    Phase.WAITING: "before it is announced",
    Phase.ANNOUNCED: "announced",
    Phase.EARLY: "early switches",
    Phase.SWITCHED: "switched",
    Phase.SETTLED: "settled",
    Phase.UNPUBLISHED: "old key withdrawn",
    Phase.DESTROYED: "old key destroyed",
    Phase.ROLLED_BACK: "taken back",
}
_SIDES = {"idp": "service", "sp": "identity provider"}


def rows(report: Report) -> list[tuple[str, ...]]:
    """A row for each partner: who, how it behaves, its logins, and how they came out."""
    return [
        (
            f"  {line.partner}",
            line.behaviour.words.en,
            str(sum(cell.logins for cell in line.cells)),
            "all worked" if not line.failed else f"{line.failed} failed",
        )
        for line in report.lines
    ]


def failures(line: Line) -> Iterator[str]:
    """A sentence for each phase in which logins of a partner failed."""
    for cell in line.cells:
        if cell.failed:
            why = FAULTS.get(cell.fault or "", "refused by us")
            yield (
                f"{WORDS[cell.phase]}: {cell.failed} of {cell.logins}, {why} ({cell.fault}), "
                f"{_at(cell, first=True)} to {_at(cell, first=False)}"
            )


def summary(report: Report) -> str:
    """Whether anybody was cut off."""
    if not report.cut_off:
        return "Nobody is cut off."
    return f"Cut off for a while or for good: {', '.join(report.cut_off)}."


def traffic_words(found: Traffic) -> str:
    """How the logins came out that were under way while both sides switched."""
    said = f"{found.logins} logins at {found.rate} a second while both sides switch: "
    if not found.failed:
        return said + "all worked."
    if found.excused:
        return said + f"{found.failed} failed, each with a message under way at that instant."
    return said + f"{found.failed} failed, {found.others} of them with nothing under way."


def as_data(report: Report, traffic: Traffic | None) -> dict[str, object]:
    """The report as JSON has it."""
    data: dict[str, object] = {
        "plan": report.plan,
        "federation": report.federation,
        "style": report.style,
        "cut_off": list(report.cut_off),
        "partners": [
            {
                "code": line.partner,
                "kind": _SIDES[line.side],
                "behaviour": line.behaviour.code,
                "loads": line.behaviour.loads,
                "reads": line.behaviour.reads,
                "phases": [_cell(cell) for cell in line.cells],
            }
            for line in report.lines
        ],
    }
    if traffic is not None:
        data["traffic"] = {
            "rate": traffic.rate,
            "logins": traffic.logins,
            "failed": traffic.failed,
            "in_flight": traffic.in_flight,
            "failed_otherwise": traffic.others,
        }
    return data


def _cell(cell: Cell) -> dict[str, object]:
    return {
        "phase": cell.phase.name.lower(),
        "logins": cell.logins,
        "failed": cell.failed,
        "why": cell.fault,
        "first": cell.first.isoformat() if cell.first else None,
        "last": cell.last.isoformat() if cell.last else None,
    }


def _at(cell: Cell, *, first: bool) -> str:
    at = cell.first if first else cell.last
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z" if at else "?"
