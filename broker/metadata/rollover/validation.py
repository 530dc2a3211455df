"""What a plan may be, as a list of what speaks against it, each with its code and words.

Nothing here decides what to do about it: a refusal is raised by the service, a warning is
shown and kept in nobody's way.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from broker.metadata.rollover.choosing import is_stuck
from broker.metadata.rollover.model import (
    FIRST,
    LONGEST_CACHE,
    LONGEST_TOKEN,
    Instants,
    Plan,
    Rollovers,
    Rule,
    Slot,
)
from broker.metadata.rollover.rules import rule_problems
from broker.periods import FOREVER
from broker.saml.keys import Certificate

NOTICE = timedelta(days=14)  # what partners need at the least to plan a change
SECOND_THOUGHTS = timedelta(days=7)  # for how long a switch should be easy to take back

KeyOf = Callable[[Slot, str], Certificate | None]
"""The certificate of an epoch whose key lies on this node, or None."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that speaks against a plan, or that whoever makes it should know."""

    code: str
    words: str
    level: Literal["refused", "warning"] = "refused"


@dataclass(frozen=True, slots=True)
class Setting:
    """What a plan is looked at in: every other plan, the keys of this node, and the time."""

    rollovers: Rollovers
    key_of: KeyOf
    now: datetime
    urgent: bool = False  # a key is known to others: no time for notice and overlap
    moved: Instants | None = None  # what the same plan said before, where it is moved
    resumed: bool = False  # it was taken back, so that what has passed may come again


def problems(plan: Plan, setting: Setting) -> list[Problem]:
    """Everything that speaks against a plan, what forbids it first."""
    found = [
        *_order(plan.instants),
        *_past(plan.instants, setting),
        *_lengths(plan, setting),
        *_style(plan),
        *_keys(plan, setting),
        *_certificates(plan, setting),
        *_others(plan, setting),
        *(Problem(code, words) for code, words in rule_problems(plan, _ahead(plan, setting.now))),
        *_warnings(plan, setting),
    ]
    return sorted(found, key=lambda problem: problem.level)


def _order(at: Instants) -> Iterator[Problem]:
    names = [field.name for field in fields(at)]
    for first, second in pairwise(names):
        if getattr(at, second) < getattr(at, first):
            yield Problem("rollover.order", f"{second} comes before {first}")


def _past(at: Instants, setting: Setting) -> Iterator[Problem]:
    """What has happened cannot be planned, and not be planned away."""
    now = setting.now
    if setting.moved is None:
        if not setting.urgent and at.switch <= now:
            yield Problem("rollover.past", "switch is not in the future")
        if at.announce < now:
            yield Problem("rollover.past", "announce is in the past; nothing was published then")
        return
    for field in fields(at):
        was, becomes = getattr(setting.moved, field.name), getattr(at, field.name)
        if was == becomes:
            continue
        may_come_again = setting.resumed and field.name != "announce"
        if was <= now and not may_come_again:
            yield Problem("rollover.happened", f"{field.name} has happened and stays where it is")
        elif becomes < now:
            yield Problem("rollover.past", f"{field.name} is in the past")
    if setting.resumed and at.switch <= now:
        yield Problem("rollover.past", "switch is not in the future")


def _lengths(plan: Plan, setting: Setting) -> Iterator[Problem]:
    at = plan.instants
    if plan.slot.use == "encryption":
        if at.destroy < at.unpublish + LONGEST_CACHE:
            days = LONGEST_CACHE.days
            words = f"partners may encrypt to the old key for {days} days after unpublish"
            yield Problem("rollover.destroy_early", f"destroy is too early: {words}")
        return
    overlaps = plan.style == "overlap" and not setting.urgent
    if overlaps and at.unpublish < at.switch + LONGEST_TOKEN:
        hours = LONGEST_TOKEN // timedelta(hours=1)
        words = f"what the old key signed is shown to others for {hours} hours"
        yield Problem("rollover.overlap_short", f"unpublish is too early: {words}")


def _style(plan: Plan) -> Iterator[Problem]:
    if plan.style == "hard" and plan.instants.early_from != plan.instants.switch:
        words = "a hard cut has no early window: early_from is the switch"
        yield Problem("rollover.hard_early", words)


def _keys(plan: Plan, setting: Setting) -> Iterator[Problem]:
    slot, after = plan.slot, plan.after
    if plan.before == after:
        yield Problem("rollover.same_epoch", f"{after} is before and after")
        return
    others = [one for one in setting.rollovers.of(slot, setting.now) if not _same(one, plan)]
    ahead = plan.instants.switch
    had = (
        e for o in others for e in (o.after, *((o.before,) if o.instants.switch < ahead else ()))
    )
    if after in (FIRST, *had):
        yield Problem("rollover.epoch_used", f"{after} has had its time in {slot}, or will have it")
    if setting.rollovers.is_compromised(slot, after, setting.now):
        yield Problem("rollover.compromised", f"{after} of {slot} is known to others")
    new, old = setting.key_of(slot, after), setting.key_of(slot, plan.before)
    if new is None:
        words = f"the key of {after} is not on this node, or waits for its certificate"
        words = f"{words}: broker rollover keys {after}"
        yield Problem("rollover.no_key", words)
    elif old is not None and new.public_key == old.public_key:
        yield Problem("rollover.same_key", f"{after} of {slot} is the key of {plan.before} again")


def _certificates(plan: Plan, setting: Setting) -> Iterator[Problem]:
    """No plan outlives a certificate. One that is over at once never uses the old one."""
    at, old = plan.instants, plan.before_ends
    if old is not None and old < at.unpublish and at.announce < at.unpublish:
        words = f"the certificate of {plan.before} runs out on {old:%Y-%m-%d %H:%M} UTC"
        yield Problem("rollover.before_ends", f"{words}, before unpublish")
    new = setting.key_of(plan.slot, plan.after)
    if new is not None and at.announce < new.not_before:
        words = f"the certificate of {plan.after} is not valid yet when it is announced"
        yield Problem("rollover.after_begins", words)
    if plan.after_ends is not None and plan.after_ends <= at.destroy:
        words = f"the certificate of {plan.after} runs out on {plan.after_ends:%Y-%m-%d %H:%M} UTC"
        yield Problem("rollover.after_ends", f"{words}, before the plan is over")


def _others(plan: Plan, setting: Setting) -> Iterator[Problem]:
    others = [one for one in setting.rollovers.of(plan.slot, setting.now) if not _same(one, plan)]
    begins, ends = plan.instants.announce, plan.instants.unpublish
    for other in others:
        until = FOREVER if is_stuck(other, setting.now) else other.instants.unpublish
        if begins < until and other.instants.announce < ends:
            how = "not over yet" if until == FOREVER else "at work at the same time"
            yield Problem("rollover.overlaps", f"{other.code} of {plan.slot} is {how}")
    key = (plan.instants.switch, plan.row or FAR)
    earlier = [one for one in others if (one.instants.switch, one.row) < key]
    later = [one for one in others if (one.instants.switch, one.row) > key]
    in_force = earlier[-1].after if earlier else FIRST
    if plan.before != in_force:
        words = f"{in_force} counts in {plan.slot} by then, not {plan.before}"
        yield Problem("rollover.not_in_force", words)
    if later and later[0].before != plan.after:
        words = f"{later[0].code} begins from {later[0].before}, not from {plan.after}"
        yield Problem("rollover.followed", words)


def _warnings(plan: Plan, setting: Setting) -> Iterator[Problem]:
    at, now = plan.instants, setting.now
    if setting.urgent:
        return
    notice = at.switch - max(at.announce, now)
    if now < at.switch and notice < NOTICE:
        words = f"partners get {notice.days} days of notice, fewer than {NOTICE.days}"
        yield Problem("rollover.notice", words, "warning")
    if at.rollback_until < at.switch + SECOND_THOUGHTS:
        words = f"it can be taken back for less than {SECOND_THOUGHTS.days} days"
        yield Problem("rollover.rollback_short", words, "warning")
    if plan.style == "hard":
        words = "a hard cut: whoever does not switch at that very instant is cut off"
        yield Problem("rollover.hard", words, "warning")


def _ahead(plan: Plan, now: datetime) -> tuple[Rule, ...]:
    """The rules that still count; what was, was examined when it was said."""
    return tuple(rule for rule in plan.rules if rule.period.until > now)


def _same(one: Plan, other: Plan) -> bool:
    return one.row == other.row if other.row else one is other


FAR = 1 << 62  # a plan without a row yet comes behind those that have one
