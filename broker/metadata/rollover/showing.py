"""A plan as people read it: how far it is, who is treated otherwise, what signs and why."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from zoneinfo import ZoneInfo

from broker.metadata.rollover.choosing import counts, decrypts, is_live, is_stuck, phase
from broker.metadata.rollover.holding import PEOPLE, waivers
from broker.metadata.rollover.model import (
    Ask,
    Because,
    Counts,
    Phase,
    Plan,
    Rollovers,
    Rule,
    Slot,
)
from broker.periods import FOREVER

DENMARK = ZoneInfo("Europe/Copenhagen")

PHASES: dict[Phase, str] = {
    Phase.WAITING: "waits; known to us alone",
    Phase.ANNOUNCED: "announced: the new key is published and signs for nobody yet",
    Phase.EARLY: "early: partners may switch before the others",
    Phase.SWITCHED: "switched, and may be taken back",
    Phase.SETTLED: "settled: the old key is still published",
    Phase.UNPUBLISHED: "over: the old key is no longer published",
    Phase.DESTROYED: "over: the old key is not used for anything",
    Phase.ROLLED_BACK: "taken back: the old key counts until somebody decides",
}
REASONS: dict[Because, str] = {
    "only": "there is no plan",
    "compromised": "the other key is known to others",
    "dry_run": "this browser tries the new key",
    "endpoint": "its address belongs to this key",
    "partner": "so it was decided for this partner",
    "held": "it is society-critical and not ready",
    "rolled_back": "the plan was taken back",
    "plan": "the plan says so",
}
_KINDS = {
    "early": "switches early",
    "late": "switches late",
    "back": "was taken back to the old key",
    "waive": "may switch unready, says {by}",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """One plan at an instant."""

    plan: Plan
    at: datetime
    phase: Phase
    signs: Counts  # for whoever nothing else is decided about
    opens: tuple[str, ...]  # where partners encrypt to it
    notes: tuple[str, ...]


def pictures(
    rollovers: Rollovers, at: datetime, code: str | None = None, federation: str | None = None
) -> tuple[Picture, ...]:
    """Every plan that was not cancelled by then, or those of a code."""
    found = [
        plan
        for plan in rollovers.plans
        if code in (None, plan.code)
        and federation in (None, plan.slot.federation)
        and (plan.cancelled_at is None or at < plan.cancelled_at)
    ]
    found.sort(key=lambda plan: (plan.instants.switch, plan.code, plan.slot))
    return tuple(_picture(rollovers, plan, at) for plan in found)


def _picture(rollovers: Rollovers, plan: Plan, at: datetime) -> Picture:
    slot = plan.slot
    opens = decrypts(rollovers, slot, at) if slot.use == "encryption" else ()
    notes = (*_notes(rollovers, plan, at), *_treated(plan, at))
    return Picture(plan, at, phase(plan, at), counts(rollovers, slot, Ask(), at), opens, notes)


def _notes(rollovers: Rollovers, plan: Plan, at: datetime) -> Iterator[str]:
    for epoch in (plan.before, plan.after):
        if rollovers.is_compromised(plan.slot, epoch, at):
            yield f"the key of {epoch} is known to others and signs nothing"
    if phase(plan, at) is Phase.ROLLED_BACK and plan.before_ends is not None:
        yield f"the old certificate runs out {both(plan.before_ends)}: then the new key counts"
    if is_stuck(plan, at):
        yield "no later plan begins before this one has gone on"


def _treated(plan: Plan, at: datetime) -> Iterator[str]:
    for rule in plan.rules:
        if rule.period.until > at:
            yield _rule_words(rule)
    if not (is_live(plan, at) or at < plan.instants.switch):
        return
    for hold in plan.holds:
        if hold.period.until <= at:
            continue
        said = len({rule.by for rule in waivers(plan, hold.partner)})
        words = f"{hold.partner} is society-critical and not ready: it keeps the old key"
        if hold.period.until < FOREVER:
            yield f"{words} until {both(hold.period.until)}"
        else:
            yield f"{words} from the switch on, unless {PEOPLE} people waive that ({said} did)"


def _rule_words(rule: Rule) -> str:
    who = rule.partner or "everybody"
    words = _KINDS[rule.kind].format(by=rule.by)
    until = "" if rule.period.ends is None else f" until {both(rule.period.ends)}"
    why = f": {rule.reason}" if rule.reason else ""
    return f"{who} {words}, from {both(rule.period.since)}{until}{why}"


def for_partner(
    rollovers: Rollovers, slots: tuple[Slot, ...], partner: str, at: datetime
) -> tuple[tuple[Slot, Counts], ...]:
    """What counts for one partner in each slot, when it uses our common address."""
    return tuple((slot, counts(rollovers, slot, Ask(partner=partner), at)) for slot in slots)


def both(at: datetime) -> str:
    """An instant in Denmark and in UTC."""
    here = at.astimezone(DENMARK)
    utc = at.astimezone(ZoneInfo("UTC"))
    day = "" if here.date() == utc.date() else f"{utc:%Y-%m-%d} "
    return f"{here:%a %Y-%m-%d %H:%M} in Denmark ({day}{utc:%H:%M} UTC)"


def as_data(picture: Picture) -> dict[str, object]:
    """The same for machines."""
    plan = picture.plan
    return {
        "code": plan.code,
        "federation": plan.slot.federation,
        "slot": f"{plan.slot.side}-{plan.slot.use}",
        "before": plan.before,
        "after": plan.after,
        "style": plan.style,
        "phase": picture.phase.name.lower(),
        "instants": {
            field.name: getattr(plan.instants, field.name).isoformat()
            for field in fields(plan.instants)
        },
        "before_ends": plan.before_ends.isoformat() if plan.before_ends else None,
        "after_ends": plan.after_ends.isoformat() if plan.after_ends else None,
        "counts": {"epoch": picture.signs.epoch, "because": picture.signs.because},
        "decrypts": list(picture.opens),
        "rules": [_rule_data(rule) for rule in plan.rules],
        "held": [
            {
                "partner": hold.partner,
                "since": hold.period.since.isoformat(),
                "until": hold.period.ends.isoformat() if hold.period.ends else None,
                "waived_by": [rule.by for rule in waivers(plan, hold.partner)],
            }
            for hold in plan.holds
        ],
        "notes": list(picture.notes),
    }


def _rule_data(rule: Rule) -> dict[str, object]:
    return {
        "partner": rule.partner,
        "kind": rule.kind,
        "keep": rule.keep,
        "since": rule.period.since.isoformat(),
        "until": rule.period.ends.isoformat() if rule.period.ends else None,
        "by": rule.by,
        "reason": rule.reason,
    }
