"""Plans while they are changed: read, examined and kept inside somebody's transaction."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from broker.audit.events import Event, RolloverMoved, RolloverPlanned, RolloverResumed
from broker.audit.store import AuditStore
from broker.db import Connection
from broker.errors import Refused, Unknown
from broker.metadata import store as registry_store
from broker.metadata.report import Occasion
from broker.metadata.rollover import store
from broker.metadata.rollover.holding import ReadySince, with_holds
from broker.metadata.rollover.model import Instants, Plan, Rollovers, Rule
from broker.metadata.rollover.telling import News, Tell, tell_nobody
from broker.metadata.rollover.validation import KeyOf, Problem, Setting, problems

ReadySource = Callable[[Connection, Rollovers], ReadySince]
"""Reads, for every plan, since when each partner has been ready to follow it."""


def nobody_ready(_connection: Connection, _rollovers: Rollovers) -> ReadySince:
    """Where no evidence is gathered, nobody is ready."""
    return {}


@dataclass(frozen=True, slots=True)
class Changed:
    """A plan as it is now, and what its maker should know."""

    plan: Plan
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """What decisions are carried out with; every one of them is told to the audit trail."""

    connection: Connection
    audit: AuditStore
    occasion: Occasion
    key_of: KeyOf
    ready: ReadySource = nobody_ready
    news: Tell = tell_nobody

    @property
    def now(self) -> datetime:
        """When this happens."""
        return self.occasion.at

    def rollovers(self) -> Rollovers:
        """Everything as it stands inside the transaction."""
        return held(self.connection, self.ready)

    def plans(self, code: str, federation: str | None, rollovers: Rollovers) -> tuple[Plan, ...]:
        """The plans of a code that were not cancelled. Raises Unknown."""
        found = [p for p in rollovers.plans if p.code == code and p.cancelled_at is None]
        found = [p for p in found if federation in (None, p.slot.federation)]
        if not found:
            names = {p.code for p in rollovers.plans if p.cancelled_at is None}
            listed = ", ".join(sorted(names)) or "none yet"
            raise Unknown("rollover.no_plan", f"no plan {code!r}; known: {listed}")
        return tuple(found)

    def take_turns(self, plans: tuple[Plan, ...]) -> None:
        """Let nobody else change plans of the same federations meanwhile."""
        for path in sorted({plan.slot.federation for plan in plans}):
            store.take_turns(self.connection, path)

    def add(self, plan: Plan, *, urgent: bool = False) -> Changed:
        """Keep a new plan. Raises Refused with all that speaks against it."""
        plan = with_ends(plan, self.key_of)
        known = self.rollovers()
        warnings = self._examined(plan, Setting(known, self.key_of, self.now, urgent=urgent))
        row = store.add_plan(self.connection, plan, self.now)
        slot = f"{plan.slot.side}-{plan.slot.use}"
        self.tell(
            RolloverPlanned(
                plan.slot.federation,
                slot,
                plan.code,
                plan.before,
                plan.after,
                plan.style,
                written(plan.instants),
                plan.by,
                plan.reason,
            )
        )
        return Changed(replace(plan, row=row), warnings)

    def move(
        self, plan: Plan, instants: Instants, *, resumed: bool = False, urgent: bool = False
    ) -> Changed:
        """Let a plan happen at other times. Raises Refused with all that speaks against them."""
        moved = with_ends(replace(plan, instants=instants), self.key_of)
        known = self.rollovers()
        others = Rollovers(tuple(p for p in known.plans if p.row != plan.row), known.marks)
        setting = Setting(
            others, self.key_of, self.now, urgent=urgent, moved=plan.instants, resumed=resumed
        )
        warnings = self._examined(moved, setting)
        store.move_plan(self.connection, plan.row, instants)
        said = (*self.names(plan), written(instants), self.occasion.by, self.occasion.reason)
        self.tell(RolloverResumed(*said) if resumed else RolloverMoved(*said))
        return Changed(moved, warnings)

    def rule(self, plan: Plan, rule: Rule) -> Rule:
        """Keep a rule of a plan, which ends those before it about the same partner."""
        if rule.kind != "waive":
            self.end_rules(plan, rule.partner)
        number = store.add_rule(self.connection, plan.row, rule, self.now)
        return replace(rule, number=number)

    def end_rules(self, plan: Plan, partner: str | None) -> int:
        """End what was decided about a partner, or about everybody; how much that was."""
        ended = [
            rule
            for rule in plan.rules
            if rule.partner == partner and rule.kind != "waive" and rule.period.until > self.now
        ]
        for rule in ended:
            store.end_rule(self.connection, rule.number, self.now)
        return len(ended)

    def names(self, plan: Plan) -> tuple[str, str, str]:
        """Federation, slot and code, as events begin."""
        return plan.slot.federation, f"{plan.slot.side}-{plan.slot.use}", plan.code

    def tell(self, event: Event) -> None:
        """Tell the audit trail."""
        self.audit.append(
            self.connection, event, at=self.occasion.at, reference=self.occasion.reference
        )

    def inform(self, news: News) -> None:
        """Tell the partners."""
        self.news(self.connection, news, self.occasion)

    def done(self) -> None:
        """Let every node hear of it with its next request."""
        registry_store.bump(self.connection)

    def _examined(self, plan: Plan, setting: Setting) -> tuple[Problem, ...]:
        found = problems(plan, setting)
        refused = [one for one in found if one.level == "refused"]
        if refused:
            words = "; ".join(one.words for one in refused)
            raise Refused(refused[0].code, f"{plan.code} of {plan.slot}: {words}")
        return tuple(found)


def with_ends(plan: Plan, key_of: KeyOf) -> Plan:
    """The plan with when its certificates run out, as far as this node has them."""
    old, new = key_of(plan.slot, plan.before), key_of(plan.slot, plan.after)
    return replace(
        plan,
        before_ends=old.not_after if old else plan.before_ends,
        after_ends=new.not_after if new else plan.after_ends,
    )


def held(connection: Connection, ready: ReadySource) -> Rollovers:
    """Every plan with its rules and holds, and every mark."""
    found = store.rollovers(connection)
    critical: dict[str, set[str]] = {}
    for member in store.members(connection):
        if member.critical and member.kind == "sp":
            critical.setdefault(member.federation, set()).add(member.code)
    return with_holds(found, critical, ready(connection, found))


def written(at: Instants) -> tuple[str, ...]:
    """The instants of a plan as events have them, in their order."""
    return tuple(moment.isoformat() for moment in in_order(at))


def in_order(at: Instants) -> Iterator[datetime]:
    """The instants of a plan, from announce to destroy."""
    yield from (at.announce, at.early_from, at.switch, at.rollback_until, at.unpublish, at.destroy)
