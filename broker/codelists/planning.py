"""What a file would change of a list: a timeline for each code, and what that means. Pure."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from broker.codelists import numbers, tree
from broker.codelists.model import MAP, Change, CodeFacts, Finding, Preview, Target, What
from broker.codelists.reading import Reading
from broker.codelists.timeline import Span, covering, joined, latest, merged
from broker.periods import FOREVER

SAMPLES = 5  # of each kind of change
MOST_CLOSED = 5  # a file that closes more than one in so many needs to be confirmed

Timeline = list[Span[CodeFacts]]
Timelines = Mapping[str, Timeline]

_CHAIN = {"shak": numbers.shak_parents, "sks": numbers.sks_parents}


@dataclass(frozen=True, slots=True)
class Edit:
    """A code whose timeline changes; `moved` where it hangs elsewhere than it did."""

    code: str
    before: Timeline
    after: Timeline
    moved: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a load would write, and what it would mean."""

    edits: tuple[Edit, ...]
    preview: Preview


def plan(reading: Reading, kept: Timelines, source: str, at: datetime, *, complete: bool) -> Plan:
    """What a file changes of what is kept, from an instant on.

    A file that is `complete` ends every code that it does not name, except those whose row was
    left out: of these nothing new is known.
    """
    told = dict(reading.told)
    if reading.target != MAP:
        _hang(reading, told, kept)
    after: dict[str, Timeline] = {}
    for code in chain(kept, (code for code in told if code not in kept)):
        before = kept.get(code, [])
        stays = code in reading.left_out or (code not in told and not complete)
        after[code] = before if stays else merged(before, told.get(code, []), at)
    if reading.target != MAP:
        _cut(reading, told, kept, after, at)
    edits = [
        Edit(code, kept.get(code, []), new, places(new) != places(kept.get(code, [])))
        for code, new in after.items()
        if new != kept.get(code, [])
    ]
    return Plan(tuple(edits), _preview(reading, kept, after, edits, source, at))


def places(timeline: Timeline) -> list[tuple[datetime, str | None]]:
    """From when on a code hangs below what; it stays there when it is closed."""
    found: list[tuple[datetime, str | None]] = []
    for span in timeline:
        if not found or found[-1][1] != span.facts.parent:
            found.append((span.since, span.facts.parent))
    return found


def _hang(reading: Reading, told: dict[str, Timeline], kept: Timelines) -> None:
    """Find each code's parent among the codes that are known; one that is not there is told of."""
    known = told.keys() | kept.keys()
    chained = _CHAIN.get(reading.target)
    for code, timeline in told.items():
        if chained is not None:
            parent = next((each for each in chained(code) if each in known), None)
            if reading.target == "shak" and parent is None and len(code) > 4:
                words = f"{code} hangs at the top: neither its department nor hospital is known"
                reading.findings.add(Finding("odd", "codelist.orphan", words))
            told[code] = _below(timeline, {None: parent})
            continue
        lost = {span.facts.parent for span in timeline} - known - {None}
        if lost or any(span.facts.parent == code for span in timeline):
            words = f"{code} hangs at the top: {', '.join(sorted(map(str, lost)))} is not known"
            reading.findings.add(Finding("odd", "codelist.orphan", words))
            told[code] = _below(timeline, dict.fromkeys((*lost, code)))


def _below(timeline: Timeline, instead: Mapping[str | None, str | None]) -> Timeline:
    return joined(
        replace(span, facts=replace(span.facts, parent=instead[span.facts.parent]))
        if span.facts.parent in instead and instead[span.facts.parent] != span.facts.parent
        else span
        for span in timeline
    )


def _cut(
    reading: Reading,
    told: dict[str, Timeline],
    kept: Timelines,
    after: dict[str, Timeline],
    at: datetime,
) -> None:
    """Hang at the top what would hang in a circle or too deep, now or when all has come true."""
    movable: Set[str] = told.keys()
    for instant in (at, FOREVER):
        parents = {
            code: last.facts.parent
            for code, timeline in after.items()
            if (last := latest(timeline, instant)) is not None
        }
        found = tree.cuts(parents, movable)
        for code in sorted(found.cycles | found.deep):
            cycle = code in found.cycles
            words = "hangs below itself" if cycle else f"is more than {tree.MAX_DEPTH} levels deep"
            where = "codelist.cycle" if cycle else "codelist.too_deep"
            told_of = Finding("odd", where, f"{code} {words}, and is put at the top")
            reading.findings.add(told_of)
            told[code] = _below(told[code], dict.fromkeys(span.facts.parent for span in told[code]))
            after[code] = merged(kept.get(code, []), told[code], at)


def _preview(
    reading: Reading,
    kept: Timelines,
    after: Timelines,
    edits: list[Edit],
    source: str,
    at: datetime,
) -> Preview:
    changes: dict[What, list[Edit]] = {"new": [], "changed": [], "closed": []}
    for edit in edits:
        changes[_what(edit, at)].append(edit)
    samples = chain.from_iterable(_samples(what, some, at) for what, some in changes.items())
    was_open = sum(covering(timeline, at) is not None for timeline in kept.values())
    closed = len(changes["closed"])
    confirm = None
    if closed * MOST_CLOSED > was_open:
        confirm = f"{closed} of {was_open} codes would be closed"
    return Preview(
        target=reading.target,
        source=source,
        at=at,
        rows=reading.rows,
        new=len(changes["new"]),
        changed=len(changes["changed"]),
        closed=closed,
        unchanged=len(after) - len(edits),
        open_before=was_open,
        samples=tuple(samples),
        findings=reading.findings.all(),
        more_findings=reading.findings.more,
        refused=reading.findings.refused,
        confirm=confirm,
    )


def _what(edit: Edit, at: datetime) -> What:
    if not edit.before:
        return "new"
    was, is_open = covering(edit.before, at) is not None, covering(edit.after, at) is not None
    return "closed" if was and not is_open else "changed"


def _samples(what: What, edits: list[Edit], at: datetime) -> Iterator[Change]:
    for edit in edits[:SAMPLES]:
        before, after = (
            latest(edit.before, at),
            latest(edit.after, at) or next(iter(edit.after), None),
        )
        yield Change(
            what,
            edit.code,
            before.facts if before else None,
            after.facts if after and what != "closed" else None,
        )


def target_words(target: Target) -> str:
    """What a file is about, for a sentence."""
    return "the map from SHAK to SOR" if target == MAP else f"the list {target}"
