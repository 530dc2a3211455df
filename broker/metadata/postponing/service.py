"""Ask to be switched later; take that back; say yes or no to it."""

from dataclasses import dataclass, replace
from datetime import datetime

from broker.audit.events import LateAnswered, LateAsked
from broker.audit.store import AuditStore
from broker.db import Connection, Engine, reading, writing
from broker.errors import Refused, Unknown
from broker.metadata.postponing import store
from broker.metadata.postponing.model import State, Wish
from broker.metadata.report import Occasion
from broker.metadata.rollover.choosing import phase
from broker.metadata.rollover.model import Phase, Plan


@dataclass(frozen=True, slots=True)
class Postponing:
    """Wishes of services in one database."""

    engine: Engine
    audit: AuditStore

    def wishes(
        self,
        federation: str,
        plan: str | None = None,
        partner: str | None = None,
        *,
        waiting: bool = False,
    ) -> tuple[Wish, ...]:
        """What was asked, the oldest first."""
        with reading(self.engine) as connection:
            return store.wishes(connection, federation, plan, partner, waiting=waiting)

    def ask(self, plan: Plan, partner: str, until: datetime, occasion: Occasion) -> Wish:
        """Ask for one service, in the place of what it asked before.

        Raises Refused("rollover.too_late" | "rollover.period" | "rollover.reason").
        """
        if not occasion.reason.strip():
            raise Refused("rollover.reason", "say why it must be later")
        if phase(plan, occasion.at) >= Phase.SWITCHED:
            raise Refused("rollover.switched", f"{plan.code} has switched")
        if until <= plan.instants.switch:
            raise Refused("rollover.period", "that is not after the switch")
        if until > plan.instants.last_call:
            raise Refused("rollover.too_late", "the old key is withdrawn by then")
        wish = Wish(
            number=0,
            federation=plan.slot.federation,
            plan=plan.code,
            partner=partner,
            until=until,
            reason=occasion.reason,
            asked_at=occasion.at,
            asked_by=occasion.by,
        )
        with writing(self.engine) as connection:
            for old in store.wishes(connection, wish.federation, wish.plan, partner, waiting=True):
                self._answer(connection, old, "taken_back", occasion)
            kept = store.add(connection, wish)
            event = LateAsked(
                federation=wish.federation,
                plan=wish.plan,
                partner=partner,
                until=until.isoformat(),
                by=occasion.by,
                reason=occasion.reason,
            )
            self.audit.append(connection, event, at=occasion.at, reference=occasion.reference)
        return kept

    def answer(self, federation: str, number: int, state: State, occasion: Occasion) -> Wish:
        """Say yes or no, or take it back. Raises Unknown("rollover.no_wish")."""
        with writing(self.engine) as connection:
            found = store.wishes(connection, federation, waiting=True)
            wish = next((one for one in found if one.number == number), None)
            if wish is None or not self._answer(connection, wish, state, occasion):
                raise Unknown("rollover.no_wish", f"no wish {number} waits")
        return replace(
            wish,
            state=state,
            answered_at=occasion.at,
            answered_by=occasion.by,
            answer=occasion.reason,
        )

    def _answer(self, connection: Connection, wish: Wish, state: State, occasion: Occasion) -> bool:
        changed = store.answer(
            connection, wish.number, state, occasion.at, occasion.by, occasion.reason
        )
        if changed:
            event = LateAnswered(
                federation=wish.federation,
                plan=wish.plan,
                partner=wish.partner,
                state=state,
                by=occasion.by,
                reason=occasion.reason,
            )
            self.audit.append(connection, event, at=occasion.at, reference=occasion.reference)
        return changed
