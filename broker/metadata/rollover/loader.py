"""Plans that come as documents, with everything else that `broker metadata load` takes."""

from collections.abc import Mapping
from dataclasses import dataclass

from broker.audit.store import AuditStore
from broker.errors import Refused
from broker.metadata.companion import Part
from broker.metadata.report import Outcome, State
from broker.metadata.rollover.desk import Desk, ReadySource, nobody_ready
from broker.metadata.rollover.documents import read_draft
from broker.metadata.rollover.model import Plan
from broker.metadata.rollover.validation import KeyOf
from broker.saml.entities import Finding


@dataclass(frozen=True, slots=True)
class RolloverLoader:
    """Keeps documents of the kind `rollover`; one that is there already is never changed."""

    audit: AuditStore
    key_of: KeyOf
    ready: ReadySource = nobody_ready

    @property
    def keys(self) -> Mapping[str, frozenset[str]]:
        """Nothing in documents of other kinds."""
        return {}

    @property
    def kinds(self) -> frozenset[str]:
        """Plans, for each federation they name."""
        return frozenset({"rollover"})

    @property
    def common(self) -> frozenset[str]:
        """Nothing is for the whole installation."""
        return frozenset()

    def load(self, part: Part) -> list[Outcome]:
        """Plan in one federation what a document says. Raises Refused."""
        if not part.document.get("federations"):
            raise Refused("metadata.document", f"{part.source}: federations is missing")
        desk = Desk(part.connection, self.audit, part.occasion, self.key_of, self.ready)
        draft = read_draft(part.document, part.source, desk.now)
        plans = draft.plans(part.federation, part.occasion.by, part.occasion.reason)
        desk.take_turns(plans)
        known = {plan.slot: plan for plan in desk.rollovers().plans if plan.code == draft.code}
        findings: list[Finding] = []
        added = False
        for plan in plans:
            there = known.get(plan.slot)
            if there is None:
                changed = desk.add(plan)
                where = str(plan.slot)
                findings += [Finding("odd", w.code, where, w.words) for w in changed.warnings]
                added = True
                continue
            # What is left out follows from when the plan was made.
            same = read_draft(part.document, part.source, there.instants.announce)
            if _facts(there) != _facts(same.plans(part.federation, "", "")[0], there):
                words = f"{plan.code} of {plan.slot} is there and differs: broker rollover move"
                raise Refused("rollover.exists", words)
        state: State = "added" if added else "unchanged"
        return [Outcome("rollover", part.federation, draft.code, None, state, tuple(findings))]


def _facts(plan: Plan, of: Plan | None = None) -> tuple[object, ...]:
    """What makes two plans the same, for the slot of another where one is given."""
    slot = plan.slot if of is None else of.slot
    return (plan.code, slot, plan.before, plan.after, plan.style, plan.instants)
