"""What was said, tried and decided about one service, in order of time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from broker.metadata.postponing.model import Wish
from broker.metadata.readiness.model import SIGNS, Claim, Level, Line
from broker.metadata.rollover.model import Plan
from broker.portals.switching.words import KINDS, WISHES
from broker.web.language import Text
from broker.web.language import Text as _


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened."""

    at: datetime
    words: Text
    by: str = ""
    why: str = ""


def history(plan: Plan, line: Line | None, partner: str, wishes: tuple[Wish, ...]) -> list[Told]:
    """Everything about one partner in a plan, the newest first."""
    told = [Told(plan.instants.announce, _("The change was announced"))]
    told += [
        Told(rule.period.since, KINDS[rule.kind], rule.by, rule.reason)
        for rule in plan.rules
        if rule.partner == partner
    ]
    told += [
        Told(rule.period.since, _("Everybody was taken back"), rule.by, rule.reason)
        for rule in plan.rules
        if rule.partner is None
    ]
    for wish in wishes:
        told.append(Told(wish.asked_at, _("Asked to switch later"), wish.asked_by, wish.reason))
        if wish.answered_at is not None:
            words = _WISH[wish.state]
            told.append(Told(wish.answered_at, words, wish.answered_by, wish.answer))
    told += _seen(line) if line else ()
    return sorted(told, key=lambda one: one.at, reverse=True)


_WISH = {
    "granted": _("The wish to switch later was granted"),
    "declined": _("The wish to switch later was declined"),
    "taken_back": _("The wish to switch later was taken back"),
    "waiting": WISHES["waiting"],
}


def _seen(line: Line) -> Iterator[Told]:
    if line.last_fetch is not None:
        yield Told(line.last_fetch, _("Fetched the file, most recently"))
    if line.last_trial is not None:
        yield Told(line.last_trial, _("A login with the new certificate was seen, most recently"))
    for claim in line.claims:
        yield Told(claim.at, _claimed(claim), "" if claim.by == SIGNS else claim.by, claim.reason)


def _claimed(claim: Claim) -> Text:
    if claim.by == SIGNS:
        return _("What we have seen shows that it is ready")
    if claim.level is Level.NOTHING:
        return _("Took back that it is ready")
    if claim.level is Level.SAID:
        return _("Confirmed that the file is loaded and activated")
    return _("Confirmed that a trial was accepted")
