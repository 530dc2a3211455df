"""A table of changes of keys, and at each whom it breaks.

For every instant of a change: what we sign after it, could partners verify with the document
they had before it; and what they encrypted with that, can we still read as long as they may
keep it. An overlapping change breaks nobody. A hard cut does, and the table says whom.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

import pytest

from broker.metadata.rollover.choosing import counts, decrypts
from broker.metadata.rollover.holding import with_holds
from broker.metadata.rollover.model import (
    LAST_CALL,
    LONGEST_CACHE,
    LONGEST_TOKEN,
    Ask,
    Mark,
    Plan,
    Rollovers,
    Rule,
)
from broker.metadata.rollover.publishing import Shown, both_shown, now_shown, own_shown
from broker.periods import FOREVER, Period
from tests.unit.metadata.rollover.making import (
    ENCRYPTION,
    MOMENT,
    OUTWARD,
    SIGNING,
    USUAL,
    day,
    days,
    plan,
)

READERS = ("today", "both", "own", "own, one certificate")
"""What partners load: the document of today, that of both keys, and their own."""


@dataclass(frozen=True)
class Rotation:
    """One story, by the days on which things happen, and who cannot log in when."""

    story: str
    plans: tuple[Plan, ...]
    marks: tuple[Mark, ...] = ()
    critical: frozenset[str] = frozenset()
    broken: tuple[tuple[float, str], ...] = ()

    @property
    def rollovers(self) -> Rollovers:
        return with_holds(Rollovers(self.plans, self.marks), {"sundhed": self.critical}, {})


def rule(keep: str, since: float, until: float | None, partner: str | None = None) -> Rule:
    period = Period(day(since), FOREVER if until is None else day(until))
    kind = "back" if partner is None else "early" if keep == "after" else "late"
    return Rule(keep, period, partner, kind, 1)  # type: ignore[arg-type]  # rows of tables are plain text


def waived(by: str, at: float) -> Rule:
    return Rule("after", Period(day(at)), "dpsd", "waive", int(at), by)


ALONE = ("today", "own", "own, one certificate")  # who has one key at a time in a hard cut
NEXT = replace(
    plan(instants=days(60, 60, 80, 90, 100, 130)), code="winter", before="second", after="third"
)
HARD = plan(style="hard", instants=days(10, 40, 40, 50, 60, 90))
HURRIED = days(10, 20, 30, 30, 30, 30)
TABLE = (
    Rotation("one change", (plan(),)),
    Rotation("announced and switched early in one", (plan(instants=days(10, 10, 40, 50, 60, 90)),)),
    Rotation("half a day of overlap", (plan(instants=days(10, 10, 40, 40, 40.5, 90)),)),
    Rotation("one after the other", (plan(), replace(NEXT, row=2))),
    Rotation("one partner early", (plan(rules=(rule("after", 20, None, "dpsd"),)),)),
    Rotation("one partner late", (plan(rules=(rule("before", 12, None, "dpsd"),)),)),
    Rotation("one partner late for some days", (plan(rules=(rule("before", 12, 45, "dpsd"),)),)),
    Rotation("taken back", (plan(rules=(rule("before", 45, None),), before_ends=day(200)),)),
    Rotation(
        "taken back, and switched again",
        (plan(rules=(rule("before", 45, 52),), instants=days(10, 20, 70, 80, 90, 120)),),
    ),
    Rotation(
        "a critical partner that is never ready",
        (plan(before_ends=day(200)),),
        critical=frozenset({"dpsd"}),
    ),
    Rotation("given up before the switch", (plan(cancelled_at=day(15)),)),
    Rotation(
        "a critical partner that is ready after the plan's time",
        (plan(rules=(waived("anna", 61), waived("bo", 65))),),
        critical=frozenset({"dpsd"}),
    ),
    Rotation(
        # Identity providers refuse addresses they do not know, so we have none of an epoch there:
        # who reads one certificate needs a time of its own.
        "on our SP side",
        (plan(OUTWARD),),
        broken=((40, "own, one certificate"),),
    ),
    Rotation(
        "a hard cut",
        (HARD,),
        broken=tuple((40, reader) for reader in ALONE),
    ),
    Rotation(
        "a hard cut, taken back",
        (replace(HARD, rules=(rule("before", 45, None),), before_ends=day(200)),),
        broken=(
            *((40, reader) for reader in ALONE),
            *((45, reader) for reader in ALONE),
            *((199, reader) for reader in ALONE),
        ),
    ),
    Rotation(
        "the old key known to others on day 30",
        (plan(instants=HURRIED),),
        marks=(Mark(SIGNING, "first", day(30)),),
        broken=((30, "own, one certificate"),),
    ),
)


def instants_of(rollovers: Rollovers) -> list[datetime]:
    """Every instant at which anything may change."""
    found = {mark.at for mark in rollovers.marks}
    for one in rollovers.plans:
        found |= {getattr(one.instants, field.name) for field in fields(one.instants)}
        found |= {at for at in (one.cancelled_at, one.before_ends) if at is not None}
        found |= {one.instants.last_call} if one.instants.last_call > day(0) else set()
        found |= {one.before_ends - LAST_CALL} if one.before_ends else set()
        for period in (*(r.period for r in one.rules), *(h.period for h in one.holds)):
            ends = () if period.ends is None else (period.ends, period.ends + LAST_CALL)
            found |= {period.since, *ends}
    return sorted(found)


def loaded(rollovers: Rollovers, made: Plan, reader: str, at: datetime) -> Shown | None:
    """What a partner of that kind has in its hands."""
    if reader == "today":
        return now_shown(rollovers, made.slot, at)
    if reader == "both":
        return both_shown(rollovers, made.slot, at)
    several = reader == "own"
    return own_shown(rollovers, made.slot, "dpsd", "several" if several else "one", at)


def whom_it_breaks(rotation: Rotation) -> Iterator[tuple[float, str]]:
    """Who cannot verify, right after an instant, with what they loaded right before it."""
    rollovers, made = rotation.rollovers, rotation.plans[0]
    treated = any(r.partner for r in made.rules) or rotation.critical
    for at in instants_of(rollovers):
        for reader in READERS:
            shown = loaded(rollovers, made, reader, at - MOMENT)
            if shown is None or (treated and reader == "today"):
                continue  # who is treated otherwise has both keys, or a document of its own
            ask = Ask("dpsd" if reader != "today" else None, shown.endpoint)
            signed = counts(rollovers, made.slot, ask, at).epoch
            if signed not in shown.epochs:
                yield (at - day(0)) / timedelta(days=1), reader


@pytest.mark.parametrize("rotation", TABLE, ids=lambda rotation: rotation.story)
def test_what_we_sign_afterwards_partners_could_verify_before(rotation: Rotation) -> None:
    assert tuple(whom_it_breaks(rotation)) == rotation.broken


OVERLAPPING = [r for r in TABLE if r.plans[0].style == "overlap" and not r.marks]


@pytest.mark.parametrize("rotation", OVERLAPPING, ids=lambda rotation: rotation.story)
def test_what_the_old_key_signed_is_verified_as_long_as_it_is_shown(rotation: Rotation) -> None:
    rollovers, slot = rotation.rollovers, rotation.plans[0].slot
    ends = {at for one in rotation.plans for at in (one.before_ends, one.cancelled_at)}
    for at in instants_of(rollovers):
        if at in ends:
            continue  # nobody can be shown what has run out; giving up is before any switch
        signed = counts(rollovers, slot, Ask(), at - MOMENT).epoch
        for later in (at, at + LONGEST_TOKEN - 2 * MOMENT):
            assert signed in now_shown(rollovers, slot, later).epochs, (at, later)


DECRYPTING = (
    plan(ENCRYPTION),
    plan(ENCRYPTION, rules=(rule("before", 45, None),), before_ends=day(95)),
    plan(ENCRYPTION, rules=(rule("before", 45, 52),), instants=days(10, 20, 70, 80, 90, 120)),
    plan(ENCRYPTION, rules=(rule("before", 12, None, "dpsd"),)),
    plan(ENCRYPTION, style="hard", instants=days(10, 40, 40, 50, 60, 90)),
    plan(ENCRYPTION, cancelled_at=day(45), rules=(rule("before", 42, None),)),
    plan(ENCRYPTION, instants=days(10, 20, 30, 30, 30, 60)),
)


@pytest.mark.parametrize("made", DECRYPTING, ids=range(len(DECRYPTING)))
def test_what_they_encrypted_before_we_can_still_read_after(made: Plan) -> None:
    rollovers = Rollovers((made,))
    for at in instants_of(rollovers):
        for reader in ("today", "own", "own, one certificate"):
            shown = loaded(rollovers, made, reader, at - MOMENT)
            assert shown is not None
            assert len(shown.epochs) == 1  # one encryption key in a document
            for later in (at, at + LONGEST_CACHE / 2, at + LONGEST_CACHE - 2 * MOMENT):
                assert shown.epochs[0] in decrypts(rollovers, ENCRYPTION, later), (at, later)


def test_the_table_has_what_it_is_for() -> None:
    assert len({rotation.story for rotation in TABLE}) == len(TABLE) > 10
    assert sum(bool(rotation.broken) for rotation in TABLE) == 4
    assert plan().instants == USUAL
