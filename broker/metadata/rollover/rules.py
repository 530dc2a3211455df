"""What may be decided about single partners, and about taking a whole plan back."""

from collections.abc import Iterator

from broker.metadata.rollover.model import Plan, Rule
from broker.periods import FOREVER


def rule_problems(plan: Plan, rules: tuple[Rule, ...]) -> Iterator[tuple[str, str]]:
    """What speaks against rules of a plan, as codes and words."""
    for rule in rules:
        yield from _problems(plan, rule)


def _problems(plan: Plan, rule: Rule) -> Iterator[tuple[str, str]]:
    at, since, until = plan.instants, rule.period.since, rule.period.until
    if rule.kind == "waive":
        return
    if rule.partner is None:
        if rule.kind != "back" or rule.keep != "before":
            yield "rollover.rule", "everybody can only be taken back"
        return
    if plan.style == "hard":
        yield "rollover.hard_partner", "a hard cut treats everybody alike; plan one that overlaps"
        return
    if (rule.kind == "early") != (rule.keep == "after"):
        yield "rollover.rule", f"{rule.kind} does not keep what is {rule.keep}"
    if rule.kind == "early" and since < at.early_from:
        yield "rollover.too_early", f"{rule.partner} may switch from early_from on"
    if rule.kind == "late":
        ends = min(until, at.last_call)
        if ends <= at.switch or at.last_call < until < FOREVER:
            words = f"{rule.partner} may stay behind until a day before unpublish"
            yield "rollover.too_late", words
