"""All that the owner's page shows of one service and the change that concerns it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from broker.metadata.model import Federation, Service
from broker.metadata.postponing.model import Wish
from broker.metadata.readiness.model import Line
from broker.metadata.rollover.choosing import counts, is_live, latest, phase
from broker.metadata.rollover.model import Ask, Counts, Phase, Plan, Rollovers, Rule, Slot
from broker.periods import FOREVER
from broker.portals.person import Person
from broker.portals.switching.board import Switchboard
from broker.portals.switching.history import Told, history

Way = Literal["nothing", "both", "own_day", "moment"]
"""What a service must do: nothing, load the file with both certificates, load the file of the
new certificate on a day of its own, or load at the very moment of the switch.
"""
_RECENT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Standing:
    """One service in one change."""

    service: Service
    plan: Plan
    phase: Phase
    counts: Counts
    line: Line | None
    rule: Rule | None
    held: bool
    wish: Wish | None
    way: Way
    told: list[Told]
    may_early: bool
    may_back: bool
    may_follow: bool
    may_late: bool

    @property
    def level(self) -> int:
        """How ready it is; nothing where it is not on the board."""
        return int(self.line.reached.level) if self.line else 0

    @property
    def on_new(self) -> bool:
        """Whether the new certificate counts for it now."""
        return self.counts.epoch == self.plan.after


def signing_slot(federation: Federation) -> Slot:
    """Where the key counts that signs for services."""
    return Slot(federation.path, "idp", "signing")


def plan_for(rollovers: Rollovers, federation: Federation, now: datetime) -> Plan | None:
    """The change that services of a federation should know of now, if any."""
    plan = latest(rollovers, signing_slot(federation), now)
    if plan is None or phase(plan, now) is Phase.WAITING:
        return None
    if not is_live(plan, now) and plan.instants.unpublish < now - _RECENT:
        return None
    return plan


def standing(board: Switchboard, person: Person, service: Service) -> Standing | None:
    """Where a service stands in the change that concerns it; None where there is none."""
    rollovers, now = board.known, person.now
    plan = plan_for(rollovers, person.federation, now)
    if plan is None:
        return None
    lines = board.readiness.board(plan, now)
    line = next((one for one in lines if one.partner.code == service.code), None)
    wishes = board.postponing.wishes(person.federation.path, plan.code, service.code)
    reached, rule = phase(plan, now), plan.rule_for(service.code, now)
    live, overlap = is_live(plan, now), plan.style == "overlap"
    before = reached < Phase.SWITCHED
    chosen = counts(rollovers, plan.slot, Ask(service.code), now)
    coming = _coming(plan, service.code, now)
    early = rule is not None and rule.kind == "early"
    return Standing(
        service=service,
        plan=plan,
        phase=reached,
        counts=chosen,
        line=line,
        rule=rule or coming,
        held=plan.holds_back(service.code, now) or any(
            hold.partner == service.code and hold.period.until > now for hold in plan.holds
        ),
        wish=next((one for one in wishes if one.state == "waiting"), None),
        way=_way(plan, service, line),
        told=history(plan, line, service.code, wishes),
        may_early=live and overlap and chosen.epoch == plan.before and coming is None
        and reached in (Phase.EARLY, Phase.ANNOUNCED, Phase.SWITCHED)
        and (rule is None or rule.kind != "late"),
        may_back=live and overlap and chosen.epoch == plan.after
        and (early or now < plan.instants.rollback_until),
        may_follow=live and ((rule is not None and not early) or coming is not None),
        may_late=live and overlap and before and (rule or coming) is None,
    )  # fmt: skip


def _coming(plan: Plan, partner: str, now: datetime) -> Rule | None:
    """What was decided about a partner for a time that is to come."""
    ahead = [
        rule
        for rule in plan.rules
        if rule.partner == partner and rule.kind != "waive" and now < rule.period.since < FOREVER
        and rule.period.until > rule.period.since
    ]  # fmt: skip
    return max(ahead, key=lambda rule: rule.number, default=None)


def _way(plan: Plan, service: Service, line: Line | None) -> Way:
    if plan.style == "hard":
        return "moment"
    if line is not None and line.reached.because == "loads_daily":
        return "nothing"
    return "both" if service.reads == "several" else "own_day"
