"""How ready a partner is: from signs and claims to a level, at any instant."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from broker.metadata.readiness.levels import level, trials, tried_since
from broker.metadata.readiness.model import (
    REHEARSED,
    Claim,
    Evidence,
    Kind,
    Level,
    Reached,
    Sign,
)
from broker.metadata.readiness.risks import risk
from broker.metadata.rollover.model import FIRST
from tests.unit.metadata.phases import (
    DAY,
    INSTANTS,
    NEW,
    SP_ENCRYPTION,
    SP_SIGNING,
    plan_of,
)

AT = INSTANTS.announce
LATER = AT + 20 * DAY
HOUR = timedelta(hours=1)


def sign(
    kind: Kind, detail: str, at: datetime, count: int = 1, until: datetime | None = None
) -> Sign:
    hour = at.replace(minute=0, second=0, microsecond=0)
    return Sign(kind, detail, hour, count, at, until or at)


def daily(detail: str, days: int, until: datetime) -> tuple[Sign, ...]:
    return tuple(sign("fetched", detail, until - n * DAY) for n in range(days))


FETCHED = sign("fetched", f"signing/{NEW}", AT + DAY)
SAID = Claim(Level.SAID, "Anna", "operator", AT + DAY)
TRIED = Claim(Level.TRIED, "Anna", "operator", AT + 2 * DAY)
WITHDRAWN = Claim(Level.NOTHING, "Anna", "operator", AT + 3 * DAY)
BO = Claim(Level.TRIED, "Anna", "bo", AT + 4 * DAY)
SEEN = Claim(REHEARSED, "", "signs", AT + 5 * DAY)
TRIAL = sign("rehearsed", NEW, AT + 2 * DAY)
OF_SIGNS = Claim(Level.TRIED, "", "signs", AT + 2 * DAY)
WORKS = sign("answered", NEW, LATER - 2 * DAY, 5, LATER - HOUR)
WEEK = daily(f"signing/{NEW}", 6, LATER)


@pytest.mark.parametrize(
    ("evidence", "expected", "because"),
    [
        (Evidence(), 0, "nothing"),
        (Evidence((sign("fetched", f"signing/{FIRST}", LATER),)), 0, "nothing"),
        (Evidence((sign("fetched", f"encryption/{NEW}", LATER),)), 0, "nothing"),
        (Evidence((sign("fetched", f"signing/{NEW}", AT - HOUR),)), 0, "nothing"),
        (Evidence((FETCHED,)), 1, "fetched"),
        (Evidence((FETCHED,), (SAID,)), 2, "said"),
        (Evidence((), (SAID,)), 2, "said"),
        (Evidence((), (replace(SAID, at=AT - HOUR),)), 0, "nothing"),
        (Evidence((), (SAID, TRIED)), 3, "tried"),
        (Evidence((FETCHED,), (SAID, TRIED, WITHDRAWN)), 1, "fetched"),
        (Evidence((), (OF_SIGNS,)), 0, "nothing"),
        (Evidence((sign("endpoint", NEW, AT + DAY),)), 4, "endpoint"),
        (Evidence((sign("endpoint", FIRST, AT + DAY),)), 0, "nothing"),
        (Evidence((WORKS,)), 4, "logins"),
        (Evidence((replace(WORKS, count=4),)), 0, "nothing"),
        (Evidence((replace(WORKS, first_at=LATER - 23 * HOUR),)), 0, "nothing"),
        (Evidence((replace(WORKS, detail=FIRST),)), 0, "nothing"),
        (Evidence((WORKS, sign("failed", NEW, LATER - HOUR))), 0, "nothing"),
        (Evidence((WORKS, sign("failed", NEW, LATER - 25 * HOUR))), 4, "logins"),
        (Evidence((WORKS, sign("failed", FIRST, LATER - HOUR))), 4, "logins"),
        (Evidence((sign("returned", NEW, LATER - 2 * DAY, 9, LATER),)), 0, "nothing"),
        (Evidence(WEEK, several_proven=True), 3, "loads_daily"),
        (Evidence(WEEK), 1, "fetched"),
        (Evidence(WEEK, several_proven=True, fetches_guessed=True), 1, "fetched"),
        (Evidence(WEEK, reads="first", several_proven=True), 1, "fetched"),
        (Evidence(WEEK[:4], several_proven=True), 1, "fetched"),
        (Evidence(WEEK, (SAID,), several_proven=True), 3, "loads_daily"),
        (Evidence((), (TRIED,), critical=True), 2, "alone"),
        (Evidence((), (TRIED, BO), critical=True), 3, "tried"),
        (Evidence((), (TRIED, SEEN), critical=True), 3, "tried"),
        (Evidence((WORKS,), (TRIED,), critical=True), 4, "logins"),
        (Evidence((), (SEEN,), critical=True), 0, "nothing"),
        (Evidence((TRIAL,), (), critical=True), 0, "nothing"),
    ],
)
def test_a_level_is_what_the_evidence_shows(
    evidence: Evidence, expected: int, because: str
) -> None:
    found = level(evidence, plan_of(), LATER)
    assert (found.level, found.because) == (expected, because)
    assert (found.at is None) is (expected == 0)


def test_each_slot_has_its_own_proof() -> None:
    returned = sign("returned", NEW, LATER - 2 * DAY, 9, LATER)
    assert level(Evidence((returned,)), plan_of(SP_SIGNING), LATER).because == "logins"
    opened = sign("opened", NEW, LATER)
    assert level(Evidence((opened,)), plan_of(SP_ENCRYPTION), LATER).because == "opened"
    assert level(Evidence((opened,)), plan_of(SP_SIGNING), LATER) == Reached(
        Level.NOTHING, "nothing"
    )


def test_an_earlier_instant_is_answered_as_it_would_have_been_then() -> None:
    evidence = Evidence((FETCHED, sign("endpoint", NEW, AT + 5 * DAY)), (SAID,))
    told = [int(level(evidence, plan_of(), AT + n * DAY).level) for n in (0, 1, 4, 5)]
    assert told == [0, 2, 2, 4]


@pytest.mark.parametrize(
    ("claims", "since"),
    [
        ((TRIED,), None),
        ((TRIED, replace(TRIED, said_by="Karen", at=AT + 3 * DAY)), None),  # one operator
        ((TRIED, BO), BO.at),
        ((TRIED, SEEN), SEEN.at),
        ((replace(SEEN, at=AT + DAY), TRIED), TRIED.at),
        ((replace(SEEN, at=AT - HOUR), TRIED), None),
        ((replace(TRIED, at=AT - HOUR), BO), None),
        ((TRIED, WITHDRAWN, BO), None),
        ((replace(SEEN, at=AT + DAY), TRIED, WITHDRAWN, BO), None),
        ((TRIED, replace(SAID, at=AT + 3 * DAY), BO), None),
        ((OF_SIGNS,), OF_SIGNS.at),
        ((SAID, SEEN), None),
    ],
)
def test_one_word_is_not_enough_of_a_critical_partner(
    claims: tuple[Claim, ...], since: datetime | None
) -> None:
    assert tried_since(claims, AT, LATER, critical=True) == since
    if since is not None:
        assert tried_since(claims, AT, since - HOUR, critical=True) is None, "not before it"


def test_one_word_is_enough_of_anybody_else() -> None:
    assert tried_since((TRIED,), AT, LATER, critical=False) == TRIED.at
    assert tried_since((TRIED, WITHDRAWN), AT, LATER, critical=False) is None


def test_a_trial_is_of_this_key_since_the_announcement_and_not_taken_back() -> None:
    def seen(trial: Sign, *claims: Claim) -> bool:
        return bool(trials(Evidence((trial,), claims), plan_of(), LATER))

    assert seen(TRIAL)
    assert seen(TRIAL, TRIED)
    assert not seen(replace(TRIAL, detail=FIRST))
    assert not seen(sign("rehearsed", NEW, AT - HOUR))
    assert not seen(sign("rehearsed", NEW, LATER + HOUR))
    assert not seen(sign("answered", NEW, AT + DAY))
    assert not seen(TRIAL, WITHDRAWN)
    assert seen(sign("rehearsed", NEW, AT + 4 * DAY), WITHDRAWN)


def test_risk_grows_with_what_hangs_on_it_and_the_time_that_is_left() -> None:
    def of(critical: object, daily: float, at: Level, left: float) -> float:
        return risk(critical=bool(critical), daily=daily, level=at, left=left)

    base = of(False, 100, Level.NOTHING, 10)
    assert of(True, 100, Level.NOTHING, 10) > base
    assert of(False, 1000, Level.NOTHING, 10) > base
    assert of(False, 100, Level.NOTHING, 5) > base
    assert of(False, 100, Level.SAID, 10) < base
    assert of(True, 1e6, Level.USED, 0) == 0
    assert of(True, 0, Level.NOTHING, -3) == of(True, 0, Level.NOTHING, 0)
