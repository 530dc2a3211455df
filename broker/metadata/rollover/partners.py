"""What is decided about one partner: which plans it has to do with, and what may be said."""

from datetime import datetime
from typing import Literal

from broker.audit.events import PartnerOverridden
from broker.db import Connection
from broker.errors import Refused, Unknown
from broker.metadata.report import Occasion
from broker.metadata.rollover import store
from broker.metadata.rollover.choosing import is_live, phase
from broker.metadata.rollover.desk import Desk
from broker.metadata.rollover.holding import waivers
from broker.metadata.rollover.model import Phase, Plan, Rule
from broker.metadata.rollover.rules import rule_problems
from broker.periods import FOREVER, Period

Kind = Literal["early", "late", "waive"]


def need_reason(occasion: Occasion) -> None:
    """Refuse a decision about others without its reason."""
    if not occasion.reason.strip():
        raise Refused("rollover.reason", "say why: --reason")


def sides_of(connection: Connection, partner: str) -> set[tuple[str, str]]:
    """The federations of a partner, each with the side of ours that it knows."""
    return {
        (member.federation, "idp" if member.kind == "sp" else "sp")
        for member in store.members(connection)
        if member.code == partner
    }


def of_partner(desk: Desk, plans: tuple[Plan, ...], partner: str) -> tuple[Plan, ...]:
    """The plans that a partner has to do with: services know our IdP, identity providers our SP.

    Raises Unknown.
    """
    sides = sides_of(desk.connection, partner)
    found = tuple(p for p in plans if (p.slot.federation, p.slot.side) in sides)
    if not found:
        words = f"{partner} is no partner of {plans[0].code}: broker metadata list"
        raise Unknown("rollover.no_partner", words)
    return found


def make_rule(
    plan: Plan,
    partner: str,
    kind: Kind,
    occasion: Occasion,
    since: datetime | None,
    until: datetime | None,
) -> Rule:
    """The rule that was asked for. Raises Refused where it would end before it begins."""
    default = max(occasion.at, plan.instants.early_from) if kind == "early" else occasion.at
    begins = since or default
    if begins < occasion.at:
        raise Refused("rollover.past", "it begins in the past")
    try:
        period = Period(begins, until or FOREVER)
    except ValueError as error:
        raise Refused("rollover.period", "it ends before it begins") from error
    keep: Literal["before", "after"] = "before" if kind == "late" else "after"
    return Rule(keep, period, partner, kind, 0, occasion.by, occasion.reason)


def check_rule(plan: Plan, rule: Rule, now: datetime) -> None:
    """Refuse what may not be decided about a partner. Raises Refused."""
    name = f"{plan.code} of {plan.slot}"
    if not is_live(plan, now) and phase(plan, now) is not Phase.WAITING:
        raise Refused("rollover.over", f"{name} is over")
    for code, words in rule_problems(plan, (rule,)):
        raise Refused(code, f"{name}: {words}")
    if rule.keep == "before" and plan.instants.last_call <= now:
        words = "the old key is about to be withdrawn: broker rollover move --unpublish"
        raise Refused("rollover.too_late", f"{name}: {words}")
    held = any(h.partner == rule.partner and h.period.until == FOREVER for h in plan.holds)
    if rule.kind == "waive":
        if not held:
            raise Refused("rollover.not_held", f"{rule.partner} is not held in {name}")
        if any(one.by == rule.by for one in waivers(plan, str(rule.partner))):
            words = f"{rule.by} has said so already: somebody else must say it too"
            raise Refused("rollover.same_person", words)
    elif rule.kind == "early" and held and rule.period.since >= plan.instants.switch:
        words = f"{rule.partner} is society-critical and not ready: two people must waive that"
        raise Refused("rollover.needs_two", words)


def tell_override(
    desk: Desk, plan: Plan, partner: str, kind: str, since: datetime, until: datetime
) -> None:
    """Tell the audit trail what was decided about a partner."""
    desk.tell(
        PartnerOverridden(
            *desk.names(plan),
            partner,
            kind,
            since.isoformat(),
            until.isoformat() if until < FOREVER else None,
            desk.occasion.by,
            desk.occasion.reason,
        )
    )
