"""A whole file: which format it is, what it says of each code, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import BinaryIO

from broker.codelists import numbers
from broker.codelists.formats.detect import BadLine, detect
from broker.codelists.formats.rows import Row
from broker.codelists.lines import Limits, text_file
from broker.codelists.model import CodeFacts, Finding, Level, Progress, Target
from broker.codelists.timeline import BEGINNING, Span, joined
from broker.errors import Refused
from broker.periods import Period

MAX_FINDINGS = 200  # of each level; of the others only the number is told

_EVERY = 2000  # lines between two words of progress


@dataclass(slots=True)
class Findings:
    """What was found so far: some of each level, and how many more there were."""

    kept: dict[Level, list[Finding]] = field(
        default_factory=lambda: {"refused": [], "odd": [], "info": []}
    )
    more: int = 0
    refused: int = 0

    def add(self, finding: Finding) -> None:
        """Keep one, as long as there is room."""
        of_level = self.kept[finding.level]
        self.refused += finding.level == "refused"
        if len(of_level) < MAX_FINDINGS:
            of_level.append(finding)
        else:
            self.more += 1

    def all(self) -> tuple[Finding, ...]:
        """Those that were kept, the gravest first."""
        return tuple(finding for of_level in self.kept.values() for finding in of_level)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says: a timeline for each code, and the codes whose rows were left out."""

    target: Target
    rows: int
    told: Mapping[str, list[Span[CodeFacts]]]
    left_out: frozenset[str]
    findings: Findings


def read(stream: BinaryIO, wanted: Target | None, limits: Limits, progress: Progress) -> Reading:
    """Read a file line by line. A bad row becomes a finding and does not stop the rest.

    Raises Refused("codelist.format" | "codelist.heading" | "codelist.empty" |
    "codelist.too_large" | "codelist.too_many_rows") where the file as a whole does not hold.
    """
    file = text_file(stream, limits)
    lines = file.lines()
    kind = detect(lines, wanted)
    findings = Findings()
    left_out: set[str] = set()
    by_code: dict[str, list[Row]] = {}
    count = 0
    for count, row in enumerate(kind.rows(lines), 1):
        if count % _EVERY == 0:
            progress("reading", stream.tell(), file.size)
        if isinstance(row, Finding):
            findings.add(row)
        elif isinstance(row, BadLine):
            findings.add(Finding("refused", row.why.code, row.why.words, row.number))
            if row.why.of:
                left_out.add(row.why.of)
        else:
            by_code.setdefault(row.code, []).append(row)
            for words in row.odd:
                findings.add(Finding("odd", "codelist.value", words, row.line))
    progress("reading", file.size, file.size)
    if not by_code:
        raise Refused("codelist.empty", "the file has no row that can be used")
    if kind.target in ("cvr", "pnumber"):
        _weigh(by_code, findings)
    told = {code: _spans(rows, findings) for code, rows in by_code.items() if code not in left_out}
    return Reading(kind.target, count, told, frozenset(left_out), findings)


def _spans(rows: list[Row], findings: Findings) -> list[Span[CodeFacts]]:
    """The rows of one code as a timeline; where two overlap, the one that begins later counts."""
    if len(rows) == 1:
        (row,) = rows
        return [_span(row, row.until)]
    rows = sorted(rows, key=lambda row: (row.since, row.line))
    spans: list[Span[CodeFacts]] = []
    held: list[Row] = []
    for row in rows:
        if held and held[-1].since == row.since:
            if (held[-1].facts, held[-1].until) != (row.facts, row.until):
                words = f"{row.code} stands on line {held[-1].line} already, and otherwise"
                findings.add(Finding("refused", "codelist.twice", words, row.line))
            continue
        if held and held[-1].until > row.since:
            words = f"{row.code} overlaps with line {held[-1].line}, which ends where this begins"
            findings.add(Finding("odd", "codelist.overlap", words, row.line))
        held.append(row)
    for number, row in enumerate(held):
        ends = min(row.until, held[number + 1].since) if number + 1 < len(held) else row.until
        spans.append(_span(row if number == 0 else replace(row, first=None), ends))
    return joined(spans)


def _span(row: Row, until: datetime) -> Span[CodeFacts]:
    since = row.since
    if row.first is not None and row.first < until:
        since = row.first if since == BEGINNING else min(row.first, since)
    return Span(Period(since, until), row.facts, row.replaced_by)


def _weigh(by_code: Mapping[str, list[Row]], findings: Findings) -> None:
    """Tell how many CVR numbers fail the weighted sum; published test numbers often do."""
    failing = {
        row.facts.cvr
        for rows in by_code.values()
        for row in rows
        if row.facts.cvr and not numbers.cvr_checks(row.facts.cvr)
    }
    if failing:
        words = f"{len(failing)} CVR numbers are no multiple of 11 by weight, as real ones are"
        findings.add(Finding("info", "codelist.weights", words))
