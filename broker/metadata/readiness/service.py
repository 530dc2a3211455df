"""Readiness for whoever asks: the levels of a plan, its board, what somebody answers for."""

from dataclasses import dataclass
from datetime import datetime

from broker.audit.events import ReadinessClaimed, TrialOffered
from broker.audit.store import AuditStore
from broker.db import Connection, Engine, reading, writing
from broker.errors import Refused, Unknown
from broker.metadata import store as registry
from broker.metadata.readiness import store
from broker.metadata.readiness.gathering import (
    failures,
    gather,
    levels,
    partners_of,
    shows_ready,
)
from broker.metadata.readiness.levels import trials, tried_since
from broker.metadata.readiness.model import (
    REHEARSED,
    SIGNS,
    Claim,
    Confirmed,
    Evidence,
    Level,
    Line,
)
from broker.metadata.readiness.risks import days_left, risk
from broker.metadata.report import Occasion
from broker.metadata.rollover.choosing import is_live
from broker.metadata.rollover.model import Plan, Rollovers
from broker.metadata.rollover.store import rollovers


@dataclass(frozen=True, slots=True)
class Readiness:
    """How ready partners are, in one database."""

    engine: Engine
    audit: AuditStore

    def plans(self, code: str, now: datetime, federation: str | None = None) -> tuple[Plan, ...]:
        """The plans of that code that were not cancelled. Raises Unknown that lists the codes."""
        with reading(self.engine) as connection:
            known = rollovers(connection).plans
        alive = [p for p in known if p.cancelled_at is None or now < p.cancelled_at]
        found = [p for p in alive if p.code == code and federation in (None, p.slot.federation)]
        if not found:
            listed = ", ".join(sorted({plan.code for plan in alive})) or "none yet"
            raise Unknown("rollover.no_plan", f"no plan {code!r}; known: {listed}")
        return tuple(found)

    def plans_of(
        self, code: str, partner: str, now: datetime, federation: str | None = None
    ) -> tuple[Plan, ...]:
        """Those of them that a partner has to do with: services know our IdP, IdPs our SP.

        Raises Unknown("rollover.no_plan" | "rollover.no_partner").
        """
        plans = self.plans(code, now, federation)
        with reading(self.engine) as connection:
            known = {plan: {p.code for p in partners_of(connection, plan)} for plan in plans}
        found = tuple(plan for plan in plans if partner in known[plan])
        if not found:
            raise _no_partner(partner, set().union(*known.values()))
        return found

    def levels(self, plan: Plan, now: datetime) -> dict[str, int]:
        """The level of every partner, by its code."""
        with reading(self.engine) as connection:
            return levels(connection, rollovers(connection), plan, now)

    def board(self, plan: Plan, now: datetime) -> tuple[Line, ...]:
        """Every partner of a plan, whom to ring first at the top."""
        with reading(self.engine) as connection:
            known = gather(connection, rollovers(connection), plan, now)
        left, levels_now = days_left(plan, now), known.reached(plan, now)
        lines = []
        for partner in known.partners:
            evidence = known.evidence[partner.code]
            reached = levels_now[partner.code]
            daily = known.daily.get(partner.code, 0.0)
            fetched = [s.last_at for s in evidence.signs if s.kind == "fetched"]
            weight = risk(critical=partner.critical, daily=daily, level=reached.level, left=left)
            failed = failures(evidence.signs, plan, now)
            tried = trials(evidence, plan, now)
            line = Line(
                partner=partner,
                reached=reached,
                daily=daily,
                failures=failed,
                risk=weight,
                last_fetch=max(fetched, default=None),
                trials=sum(s.count for s in tried),
                last_trial=max((s.last_at for s in tried), default=None),
                claims=evidence.claims,
            )
            lines.append(line)
        return tuple(sorted(lines, key=lambda one: (-one.risk, one.partner.code)))

    def confirm(
        self, plan: Plan, partner: str, level: Level, said_by: str, occasion: Occasion
    ) -> Confirmed:
        """Keep what somebody at a partner answers for, and as what it counts; level 0 takes it
        back. That a trial was accepted is not enough of a society-critical partner when one
        person alone says so and no trial was seen.

        Raises Unknown("rollover.no_partner") and Refused("rollover.not_announced" |
        "rollover.claim").
        """
        if level not in (Level.NOTHING, Level.SAID, Level.TRIED):
            raise Refused("rollover.claim", "what is seen or used is not for people to claim")
        if not said_by.strip():
            raise Refused("rollover.claim", "say who at the partner answers for it")
        if occasion.by == SIGNS:  # an account of that name would speak for two
            raise Refused("rollover.claim", f"nobody claims anything by the name of {SIGNS!r}")
        if occasion.at < plan.instants.announce:
            words = f"{plan.code} is announced {plan.instants.announce:%Y-%m-%d %H:%M} UTC"
            raise Refused("rollover.not_announced", f"{words}; nothing is ready before that")
        with writing(self.engine) as connection:
            known = {p.code: p for p in partners_of(connection, plan)}
            if partner not in known:
                raise _no_partner(partner, set(known))
            claim = Claim(level, said_by.strip(), occasion.by, occasion.at, occasion.reason)
            self._keep(connection, plan, partner, claim, occasion)
            alone = False
            if level is Level.TRIED:
                evidence = gather(connection, rollovers(connection), plan, occasion.at).evidence
                alone = _alone(evidence[partner], plan, occasion.at)
                if alone and trials(evidence[partner], plan, occasion.at):
                    self._keep(connection, plan, partner, _seen(occasion), occasion)
                    alone = False
        return Confirmed(known[partner], Level.SAID if alone else level, alone)

    def offer(self, plan: Plan, partner: str, until: datetime, occasion: Occasion) -> None:
        """Write down that somebody made a link with which a browser tries a plan's key."""
        event = TrialOffered(
            federation=plan.slot.federation,
            plan=plan.code,
            slot=f"{plan.slot.side}-{plan.slot.use}",
            partner=partner,
            epoch=plan.after,
            until=until.isoformat(),
            by=occasion.by,
        )
        with writing(self.engine) as connection:
            self.audit.append(connection, event, at=occasion.at, reference=occasion.reference)

    def settle(self, occasion: Occasion) -> tuple[tuple[Plan, str], ...]:
        """Keep as claims what signs have shown of partners that nobody spoke for, or one
        person alone; whom.

        Safe to do again and again. Until it is done such a partner only counts as less ready
        than it is.
        """
        settled = []
        with writing(self.engine) as connection:
            known = rollovers(connection)
            for plan in known.plans:
                if plan.cancelled_at is None and is_live(plan, occasion.at):
                    for partner, claim in self._unsettled(connection, known, plan, occasion):
                        self._keep(connection, plan, partner, claim, occasion)
                        settled.append((plan, partner))
        return tuple(settled)

    def _unsettled(
        self, connection: Connection, known: Rollovers, plan: Plan, occasion: Occasion
    ) -> list[tuple[str, Claim]]:
        """Whom signs show to be ready, and whose trial was seen after one person spoke of it."""
        now = occasion.at
        found, unsettled = gather(connection, known, plan, now), []
        for code, reached in found.reached(plan, now).items():
            evidence = found.evidence[code]
            if shows_ready(reached):
                if not _spoken_for(evidence, plan, now):
                    claim = Claim(Level.TRIED, "", SIGNS, now, occasion.reason)
                    unsettled.append((code, claim))
            elif reached.because == "alone" and trials(evidence, plan, now):
                unsettled.append((code, _seen(occasion)))
        return unsettled

    def _keep(
        self, connection: Connection, plan: Plan, partner: str, claim: Claim, occasion: Occasion
    ) -> None:
        store.add_claim(connection, plan.row, partner, claim)
        registry.bump(connection)
        event = ReadinessClaimed(
            federation=plan.slot.federation,
            plan=plan.code,
            slot=f"{plan.slot.side}-{plan.slot.use}",
            partner=partner,
            level=int(claim.level),
            said_by=claim.said_by,
            by=claim.by,
            reason=claim.reason,
        )
        self.audit.append(connection, event, at=occasion.at, reference=occasion.reference)


def _spoken_for(evidence: Evidence, plan: Plan, now: datetime) -> bool:
    """Whether it counts as ready already, or a person took it back."""
    taken_back = any(claim.level is Level.NOTHING for claim in evidence.claims)
    return taken_back or not _alone(evidence, plan, now)


def _alone(evidence: Evidence, plan: Plan, now: datetime) -> bool:
    """Whether what was claimed is not enough for a trial that was accepted."""
    kept, announced = evidence.claims, plan.instants.announce
    return tried_since(kept, announced, now, critical=evidence.critical) is None


def _seen(occasion: Occasion) -> Claim:
    return Claim(REHEARSED, "", SIGNS, occasion.at, "a login that tried the key was seen")


def _no_partner(partner: str, known: set[str]) -> Unknown:
    listed = ", ".join(sorted(known)) or "none yet"
    return Unknown("rollover.no_partner", f"no partner {partner!r}; known: {listed}")
