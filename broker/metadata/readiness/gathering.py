"""All that is known of the partners of a plan, read inside somebody's transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from broker.db import Connection
from broker.metadata.readiness import store
from broker.metadata.readiness.levels import DAILY, PROOF, QUIET, level, tried_since, works
from broker.metadata.readiness.model import Evidence, Level, Partner, Reached, Sign
from broker.metadata.rollover.holding import can_hold
from broker.metadata.rollover.model import Plan, Rollovers
from broker.metadata.rollover.store import members
from broker.metadata.speech import Reads
from broker.periods import FOREVER

WEEK = timedelta(days=7)
_READS: Mapping[object, Reads] = {"one": "one", "first": "first"}

ReadySince = Mapping[tuple[int, str], datetime]
"""By a plan's row and a partner's code: since when it has been kept that it is ready."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The partners of a plan with their evidence and traffic, as of an instant."""

    partners: tuple[Partner, ...]
    evidence: Mapping[str, Evidence]
    daily: Mapping[str, float]  # logins a day, over the last week

    def reached(self, plan: Plan, now: datetime) -> dict[str, Reached]:
        """The level of every partner."""
        return {p.code: level(self.evidence[p.code], plan, now) for p in self.partners}


def levels(
    connection: Connection, rollovers: Rollovers, plan: Plan, now: datetime
) -> dict[str, int]:
    """The level of every partner of a plan, by its code, to the hour."""
    found = gather(connection, rollovers, plan, now).reached(plan, now)
    return {code: int(reached.level) for code, reached in found.items()}


def ready_since(connection: Connection, rollovers: Rollovers) -> ReadySince:
    """Since when partners may be switched: by claims alone, which every node reads alike.

    What signs show becomes a claim when it is settled (`Readiness.settle`), in a transaction
    that moves the registry's revision: all nodes learn of it together.
    """
    found: dict[tuple[int, str], datetime] = {}
    known = [m for m in members(connection) if m.critical and m.kind == "sp"]
    critical = {(member.federation, member.code) for member in known}
    for plan in rollovers.plans:
        announced = plan.instants.announce
        for code, claims in store.claims(connection, plan.row).items():
            held = can_hold(plan.slot) and (plan.slot.federation, code) in critical
            since = tried_since(claims, announced, FOREVER, critical=held)
            if since is not None:
                found[plan.row, code] = since
    return found


def gather(connection: Connection, rollovers: Rollovers, plan: Plan, now: datetime) -> Gathered:
    """What is known of every partner that a plan concerns."""
    federation, side = plan.slot.federation, plan.slot.side
    partners = partners_of(connection, plan)
    since = plan.instants.announce.replace(minute=0, second=0, microsecond=0)
    seen = store.summed(connection, federation, side, since, now)
    fetched = store.fetches(connection, federation, side, now - DAILY, now)
    claims = store.claims(connection, plan.row)
    proven = _proven(connection, rollovers, plan, now)
    week = store.summed(connection, federation, side, now - WEEK, now)
    kind = "answered" if side == "idp" else "returned"
    return Gathered(
        partners=partners,
        evidence={
            p.code: Evidence(
                signs=(*seen.get(p.code, ()), *fetched.get(p.code, ())),
                claims=claims.get(p.code, ()),
                reads=p.reads,
                several_proven=p.code in proven,
                fetches_guessed=p.guessed,
                critical=p.critical and can_hold(plan.slot),
            )
            for p in partners
        },
        daily={
            code: sum(s.count for s in signs if s.kind == kind) / WEEK.days
            for code, signs in week.items()
        },
    )


def partners_of(connection: Connection, plan: Plan) -> tuple[Partner, ...]:
    """The partners that a plan concerns, in order of registration."""
    found = []
    for row, document in store.partners(connection, plan.slot.federation, plan.slot.side):
        code, name = str(document.get("code", "")), document.get("name")
        said = name.get("da") if isinstance(name, Mapping) else None
        found.append(
            Partner(
                side=plan.slot.side,
                code=code,
                row=row,
                name=str(said or code),
                owner=str(document.get("owner", "")),
                critical=document.get("sla") == "society-critical",
                reads=_READS.get(document.get("reads"), "several"),
                guessed=_by_agent_alone(document.get("fetches")),
            )
        )
    return tuple(found)


def _by_agent_alone(fetches: object) -> bool:
    """Whether a partner's program is known by nothing but what it calls itself."""
    return isinstance(fetches, Mapping) and "agent" in fetches and not fetches.get("networks")


def _proven(
    connection: Connection, rollovers: Rollovers, plan: Plan, now: datetime
) -> frozenset[str]:
    """Who came through an earlier overlap of this slot by reading both keys and nothing else."""
    earlier = [
        p
        for p in rollovers.of(plan.slot, now)
        if p.style == "overlap" and p.instants.switch + QUIET <= plan.instants.announce
    ]
    if not earlier or plan.slot.use != "signing":
        return frozenset()
    last = earlier[-1]
    kind = PROOF[plan.slot.side, plan.slot.use]
    begun, over = last.instants.switch, min(last.instants.unpublish, now)
    slot = plan.slot
    seen = store.summed(connection, slot.federation, slot.side, begun, over)
    helped = {rule.partner for rule in last.rules}
    return frozenset(
        code
        for code, signs in seen.items()
        if code not in helped
        and not any(s.kind == "endpoint" for s in signs)
        and works(signs, kind, last.after, begun, over)
    )


def shows_ready(reached: Reached) -> bool:
    """Whether what was seen, and nobody's word, makes a partner ready."""
    return reached.level >= Level.TRIED and reached.because != "tried"


def failures(signs: tuple[Sign, ...], plan: Plan, now: datetime) -> int:
    """How often it failed under the new key within the last day, as far as sums tell."""
    return sum(
        s.count
        for s in signs
        if s.kind == "failed" and s.detail == plan.after and s.last_at > now - QUIET
    )
