"""What an operator does about changes of our keys: one transaction each, with its audit rows.

Everything is in force with the next request on every node: a decision bumps the registry's
revision, and instants are compared with the clock when a key is needed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeVar

from broker.audit.events import RolloverCancelled, RolloverTakenBack
from broker.audit.store import AuditStore
from broker.db import Engine, reading, writing
from broker.errors import Refused, Unknown
from broker.metadata.report import Occasion
from broker.metadata.rollover import store
from broker.metadata.rollover.choosing import phase
from broker.metadata.rollover.compromising import compromise
from broker.metadata.rollover.deciding import check_giving_up, check_way_back
from broker.metadata.rollover.desk import (
    Changed,
    Desk,
    ReadySource,
    held,
    nobody_ready,
    with_ends,
)
from broker.metadata.rollover.documents import Draft, with_changes
from broker.metadata.rollover.model import SLOTS, Phase, Plan, Rollovers, Rule, Side, Slot, Use
from broker.metadata.rollover.partners import (
    check_rule,
    make_rule,
    need_reason,
    of_partner,
    sides_of,
    tell_override,
)
from broker.metadata.rollover.telling import TakenBack, Tell, tell_nobody
from broker.metadata.rollover.validation import KeyOf, Problem, Setting, problems
from broker.periods import FOREVER, Period

Kind = Literal["early", "late", "waive", "follow"]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class RolloverService:
    """The plans of this installation; `key_of` looks into the keys of this node."""

    engine: Engine
    audit: AuditStore
    key_of: KeyOf
    ready: ReadySource = nobody_ready
    tell: Tell = tell_nobody

    def rollovers(self) -> Rollovers:
        """Every plan with its rules and holds, and every mark."""
        with reading(self.engine) as connection:
            return held(connection, self.ready)

    def slots_of(self, partner: str, federation: str | None = None) -> tuple[Slot, ...]:
        """Our keys that a partner has to do with. Raises Unknown("rollover.no_partner")."""
        with reading(self.engine) as connection:
            sides = sides_of(connection, partner)
        found = tuple(
            Slot(path, side, use)
            for path, of in sorted(sides)
            for side, use in SLOTS
            if side == of and federation in (None, path)
        )
        if not found:
            raise Unknown("rollover.no_partner", f"{partner} is no partner: broker metadata list")
        return found

    def plan(
        self, draft: Draft, federations: tuple[str, ...], occasion: Occasion
    ) -> tuple[Changed, ...]:
        """Plan one change in all its slots and federations, or in none. Raises Refused."""

        def work(desk: Desk) -> tuple[Changed, ...]:
            drafts = [
                plan
                for path in federations
                for plan in draft.plans(path, occasion.by, occasion.reason)
            ]
            desk.take_turns(tuple(drafts))
            known = {(p.code, p.slot) for p in desk.rollovers().plans}
            for plan in drafts:
                if (plan.code, plan.slot) in known:
                    words = f"{plan.code} of {plan.slot} is there: broker rollover move, or rename"
                    raise Refused("rollover.exists", words)
            return tuple(desk.add(plan) for plan in drafts)

        return self._work(occasion, work)

    def examine(
        self, draft: Draft, federations: tuple[str, ...], occasion: Occasion
    ) -> tuple[tuple[Plan, tuple[Problem, ...]], ...]:
        """What would be planned, and all that speaks against each plan; nothing is kept."""
        with reading(self.engine) as connection:
            known = held(connection, self.ready)
        setting = Setting(known, self.key_of, occasion.at)
        found = []
        for path in federations:
            for plan in draft.plans(path, occasion.by, occasion.reason):
                ready = with_ends(plan, self.key_of)
                taken = any((p.code, p.slot) == (plan.code, plan.slot) for p in known.plans)
                there = [Problem("rollover.exists", f"{plan.code} is there")] if taken else []
                found.append((ready, (*there, *problems(ready, setting))))
        return tuple(found)

    def move(
        self,
        code: str,
        changes: Mapping[str, datetime],
        occasion: Occasion,
        federation: str | None = None,
    ) -> tuple[Changed, ...]:
        """Let a plan happen at other times, as far as it has not happened. Raises Refused."""

        def one(desk: Desk, plan: Plan) -> Changed:
            return desk.move(plan, with_changes(plan.instants, changes))

        return self._each(code, federation, occasion, one)

    def cancel(
        self, code: str, occasion: Occasion, federation: str | None = None
    ) -> tuple[Changed, ...]:
        """Give a plan up that has not switched, or was taken back. Raises Refused."""

        def one(desk: Desk, plan: Plan) -> Changed:
            check_giving_up(desk.rollovers(), plan, occasion.at)
            store.cancel_plan(desk.connection, plan.row, occasion.at)
            desk.tell(RolloverCancelled(*desk.names(plan), occasion.by, occasion.reason))
            return Changed(replace(plan, cancelled_at=occasion.at))

        return self._each(code, federation, occasion, one)

    def override(
        self,
        code: str,
        partner: str,
        kind: Kind,
        occasion: Occasion,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        federation: str | None = None,
    ) -> tuple[Changed, ...]:
        """Treat one partner otherwise than the plan, or as the plan again. Raises Refused."""
        need_reason(occasion)

        def one(desk: Desk, plan: Plan) -> Changed:
            if kind == "follow":
                if not desk.end_rules(plan, partner):
                    words = f"nothing is decided about {partner} in {plan.code} of {plan.slot}"
                    raise Refused("rollover.no_rule", words)
                begins, ends = occasion.at, FOREVER
            else:
                rule = make_rule(plan, partner, kind, occasion, since, until)
                begins, ends = rule.period.since, rule.period.until
                check_rule(plan, rule, occasion.at)
                desk.rule(plan, rule)
            tell_override(desk, plan, partner, kind, begins, ends)
            return Changed(plan)

        return self._each(code, federation, occasion, one, partner)

    def rollback(
        self,
        code: str,
        occasion: Occasion,
        *,
        partner: str | None = None,
        federation: str | None = None,
    ) -> tuple[Changed, ...]:
        """Take one partner or everybody back to the old key, at once. Raises Refused.

        Whoever uses the address of the new epoch keeps the new key: it has no other.
        """
        need_reason(occasion)

        def one(desk: Desk, plan: Plan) -> Changed:
            check_way_back(desk.rollovers(), plan, occasion.at)
            since = Period(occasion.at)
            rule = Rule("before", since, partner, "back", 0, occasion.by, occasion.reason)
            if partner is None:
                if phase(plan, occasion.at) < Phase.SWITCHED:
                    words = f"{plan.code} of {plan.slot} has not switched: broker rollover cancel"
                    raise Refused("rollover.not_switched", words)
                told = (*desk.names(plan), occasion.by, occasion.reason)
                desk.tell(RolloverTakenBack(*told))
            else:
                check_rule(plan, rule, occasion.at)
                tell_override(desk, plan, partner, "back", occasion.at, FOREVER)
            desk.rule(plan, rule)
            desk.inform(TakenBack(plan.slot, plan.code, plan.before, partner))
            return Changed(plan)

        return self._each(code, federation, occasion, one, partner)

    def resume(
        self,
        code: str,
        changes: Mapping[str, datetime],
        occasion: Occasion,
        federation: str | None = None,
    ) -> tuple[Changed, ...]:
        """Let a plan that was taken back go on, at new times. Raises Refused."""

        def one(desk: Desk, plan: Plan) -> Changed:
            if phase(plan, occasion.at) is not Phase.ROLLED_BACK:
                raise Refused("rollover.not_back", f"{plan.code} of {plan.slot} is not taken back")
            desk.end_rules(plan, None)
            moved = with_changes(plan.instants, changes)
            return desk.move(plan, moved, resumed=True)

        return self._each(code, federation, occasion, one)

    def compromised(
        self,
        federation: str,
        slots: tuple[tuple[Side, Use], ...],
        epoch: str,
        occasion: Occasion,
        *,
        to: str | None = None,
    ) -> tuple[str, ...]:
        """Let a key that is known to others sign nothing more; what counts instead, by slot.

        Raises Refused where no other key can count.
        """
        need_reason(occasion)
        return self._work(occasion, lambda desk: compromise(desk, federation, slots, epoch, to))

    def _each(
        self,
        code: str,
        federation: str | None,
        occasion: Occasion,
        one: Callable[[Desk, Plan], Changed],
        partner: str | None = None,
    ) -> tuple[Changed, ...]:
        """Do one thing to each plan of a code, or to none of them."""

        def work(desk: Desk) -> tuple[Changed, ...]:
            plans = desk.plans(code, federation, desk.rollovers())
            desk.take_turns(plans)
            plans = desk.plans(code, federation, desk.rollovers())
            if partner is not None:
                plans = of_partner(desk, plans, partner)
            return tuple(one(desk, plan) for plan in plans)

        return self._work(occasion, work)

    def _work(self, occasion: Occasion, work: Callable[[Desk], _T]) -> _T:
        with writing(self.engine) as connection:
            desk = Desk(connection, self.audit, occasion, self.key_of, self.ready, self.tell)
            made = work(desk)
            desk.done()
        return made
