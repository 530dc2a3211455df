"""How ready a partner is for a plan at an instant: a pure function of what was seen and said.

Only what came after the announcement counts, and only what had come by then: asked about an
earlier instant, it answers as it would have answered then.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from broker.metadata.readiness.model import (
    REHEARSED,
    SIGNS,
    Claim,
    Evidence,
    Kind,
    Level,
    Reached,
    Sign,
    loaded,
)
from broker.metadata.rollover.holding import PEOPLE
from broker.metadata.rollover.model import Plan

ENOUGH = 5  # logins under the new key that show it works
QUIET = timedelta(hours=24)  # without a failure, and since the first of them
DAILY = timedelta(days=7)  # over which a partner that loads daily is recognised
DAYS = 5  # of them on which it fetched
PROOF: dict[tuple[str, str], Kind] = {
    ("idp", "signing"): "answered",
    ("sp", "signing"): "returned",
    ("sp", "encryption"): "opened",
}
"""What shows that a partner works with a key of a slot, by side and use."""


def level(evidence: Evidence, plan: Plan, now: datetime) -> Reached:
    """The highest level that the evidence shows at this instant, and what shows it."""
    seen = [sign for sign in evidence.signs if sign.first_at <= now]
    announced = plan.instants.announce
    of_new = [s for s in seen if s.last_at >= announced and _is_of(plan, s)]
    found = (
        _used(of_new, plan, now),
        _claimed(evidence, announced, now),
        _loads_daily(evidence, seen, of_new, now),
        _fetched(of_new),
        Reached(Level.NOTHING, "nothing"),
    )
    return max((each for each in found if each is not None), key=lambda reached: reached.level)


def works(signs: Iterable[Sign], kind: Kind, epoch: str, since: datetime, now: datetime) -> bool:
    """Whether enough logins went well under an epoch, and none went wrong for a day."""
    known = [s for s in signs if s.detail == epoch and since <= s.last_at and s.first_at <= now]
    good = [s for s in known if s.kind == kind]
    failed = [s for s in known if s.kind == "failed" and s.last_at > now - QUIET]
    if failed or sum(s.count for s in good) < ENOUGH:
        return False
    return min(s.first_at for s in good) <= now - QUIET


def tried_since(
    claims: Iterable[Claim], announced: datetime, now: datetime, *, critical: bool
) -> datetime | None:
    """Since when it has counted that a trial was accepted; by claims alone, or None.

    Of a society-critical partner it counts when a login was seen that tried the key, or when two
    different people say it. What is taken back takes the trials and the words before it along.
    """
    since: datetime | None = None
    people: set[str] = set()
    seen = False
    for claim in claims:
        if not announced <= claim.at <= now:
            continue
        if claim.by == SIGNS and claim.level is REHEARSED:
            seen = True
        elif claim.level < Level.TRIED:
            since, people = None, set()
            seen = seen and claim.level is not Level.NOTHING
        elif claim.by == SIGNS:
            since = since or claim.at
        else:
            people.add(claim.by)
        enough = not critical or seen or len(people) >= PEOPLE
        if since is None and people and enough:
            since = claim.at
    return since


def trials(evidence: Evidence, plan: Plan, now: datetime) -> tuple[Sign, ...]:
    """The logins that tried a plan's key since it was announced, or since one took back what it
    had said of them.
    """
    over = [c.at for c in evidence.claims if c.level is Level.NOTHING and c.at <= now]
    return tuple(
        s
        for s in evidence.signs
        if s.kind == "rehearsed" and s.detail == plan.after and s.first_at <= now
        if s.last_at >= plan.instants.announce and all(s.last_at > at for at in over)
    )


def _is_of(plan: Plan, sign: Sign) -> bool:
    fetched = sign.kind == "fetched"
    return sign.detail == (loaded(plan.slot.use, plan.after) if fetched else plan.after)


def _used(of_new: list[Sign], plan: Plan, now: datetime) -> Reached | None:
    """Its own address proves what it loaded; logins prove that it verifies."""
    came = [s for s in of_new if s.kind == "endpoint"]
    if came:
        return Reached(Level.USED, "endpoint", min(s.first_at for s in came))
    kind = PROOF[plan.slot.side, plan.slot.use]
    if kind == "opened":  # a message that we decrypted with the new key needs no second one
        opened = [s for s in of_new if s.kind == kind]
        return Reached(Level.USED, "opened", min(s.first_at for s in opened)) if opened else None
    if not works(of_new, kind, plan.after, plan.instants.announce, now):
        return None
    return Reached(Level.USED, "logins", min(s.first_at for s in of_new if s.kind == kind))


def _claimed(evidence: Evidence, announced: datetime, now: datetime) -> Reached | None:
    known = [c for c in evidence.claims if announced <= c.at <= now and c.by != SIGNS]
    if not known or known[-1].level is Level.NOTHING:
        return None
    newest = known[-1]
    if newest.level < Level.TRIED:
        return Reached(newest.level, "said", newest.at)
    since = tried_since(evidence.claims, announced, now, critical=evidence.critical)
    if since is None:
        return Reached(Level.SAID, "alone", newest.at)
    return Reached(newest.level, "tried", since)


def _loads_daily(
    evidence: Evidence, seen: list[Sign], of_new: list[Sign], now: datetime
) -> Reached | None:
    """It has fetched most days of a week and once since the announcement, and reads several.

    Anybody can call their program what a partner's is called: that shows a fetch, never this.
    """
    if evidence.reads != "several" or not evidence.several_proven or evidence.fetches_guessed:
        return None
    fetched = [s for s in seen if s.kind == "fetched"]
    days = {s.hour.date() for s in fetched if s.hour > now - DAILY}
    fresh = [s for s in of_new if s.kind == "fetched"]
    if len(days) < DAYS or not fresh:
        return None
    return Reached(Level.TRIED, "loads_daily", min(s.first_at for s in fresh))


def _fetched(of_new: list[Sign]) -> Reached | None:
    fetched = [s for s in of_new if s.kind == "fetched"]
    return Reached(Level.FETCHED, "fetched", min(s.first_at for s in fetched)) if fetched else None
