"""Rows of plans, rules and marks, in the caller's transaction."""

from datetime import datetime

import sqlalchemy as sa

from broker.db import Connection
from broker.metadata.rollover.model import Instants, Mark, Plan, Rollovers, Rule, Slot
from broker.metadata.rollover.tables import KEY_MARK, ROLLOVER_PLAN, ROLLOVER_RULE
from broker.metadata.tables import FEDERATION
from broker.periods import Period


def rollovers(connection: Connection) -> Rollovers:
    """Every plan with its rules, and every mark."""
    rules: dict[int, tuple[Rule, ...]] = {}
    for row in connection.execute(_RULES).mappings():
        rules[row["plan"]] = (*rules.get(row["plan"], ()), _rule(row))
    plans = connection.execute(_PLANS).mappings()
    marks = connection.execute(_MARKS)
    return Rollovers(
        tuple(_plan(row, rules.get(row["row"], ())) for row in plans),
        tuple(Mark(Slot(path, side, use), epoch, at) for path, side, use, epoch, at in marks),
    )


def take_turns(connection: Connection, federation: str) -> None:
    """Let whoever changes plans of a federation wait for whoever does so already."""
    connection.execute(_TURN, {"federation": federation})


def add_plan(connection: Connection, plan: Plan, at: datetime) -> int:
    """Keep a new plan; its row."""
    values = {
        "code": plan.code,
        "federation": plan.slot.federation,
        "side": plan.slot.side,
        "use": plan.slot.use,
        "before": plan.before,
        "after": plan.after,
        "style": plan.style,
        **_instants(plan.instants),
        "before_ends": plan.before_ends,
        "after_ends": plan.after_ends,
        "made_at": at,
        "by": plan.by,
        "reason": plan.reason,
    }
    key = connection.execute(sa.insert(ROLLOVER_PLAN).values(values)).inserted_primary_key
    return int(key[0]) if key else 0


def move_plan(connection: Connection, row: int, instants: Instants) -> None:
    """Let a plan happen at other times."""
    found = ROLLOVER_PLAN.c.row == row
    connection.execute(sa.update(ROLLOVER_PLAN).where(found).values(_instants(instants)))


def cancel_plan(connection: Connection, row: int, at: datetime) -> None:
    """Let a plan count no more from an instant on."""
    found = ROLLOVER_PLAN.c.row == row
    connection.execute(sa.update(ROLLOVER_PLAN).where(found).values(cancelled_at=at))


def add_rule(connection: Connection, plan: int, rule: Rule, at: datetime) -> int:
    """Keep a new rule of a plan; its number, by which the newest counts."""
    values = {
        "plan": plan,
        "partner": rule.partner,
        "kind": rule.kind,
        "keep": rule.keep,
        "since": rule.period.since,
        "until": rule.period.until,
        "made_at": at,
        "by": rule.by,
        "reason": rule.reason,
    }
    key = connection.execute(sa.insert(ROLLOVER_RULE).values(values)).inserted_primary_key
    return int(key[0]) if key else 0


def end_rule(connection: Connection, number: int, at: datetime) -> None:
    """Let a rule end at an instant, or never have counted where it had not begun."""
    found = ROLLOVER_RULE.c.number == number
    begun = sa.update(ROLLOVER_RULE).where(found, ROLLOVER_RULE.c.since < at)
    connection.execute(begun.values(until=at))
    ahead = sa.delete(ROLLOVER_RULE).where(found, ROLLOVER_RULE.c.since >= at)
    connection.execute(ahead)


def add_mark(connection: Connection, mark: Mark, by: str, reason: str) -> None:
    """Keep that a key is known to others. There is no way back from that."""
    slot = mark.slot
    values = {"federation": slot.federation, "side": slot.side, "use": slot.use}
    said = {"epoch": mark.epoch, "marked_at": mark.at, "by": by, "reason": reason}
    connection.execute(sa.insert(KEY_MARK).values({**values, **said}))


def _instants(instants: Instants) -> dict[str, datetime]:
    return {
        "announce_at": instants.announce,
        "early_from": instants.early_from,
        "switch_at": instants.switch,
        "rollback_until": instants.rollback_until,
        "unpublish_at": instants.unpublish,
        "destroy_at": instants.destroy,
    }


def _plan(row: sa.RowMapping, rules: tuple[Rule, ...]) -> Plan:
    return Plan(
        code=row["code"],
        slot=Slot(row["federation"], row["side"], row["use"]),
        before=row["before"],
        after=row["after"],
        instants=Instants(
            row["announce_at"],
            row["early_from"],
            row["switch_at"],
            row["rollback_until"],
            row["unpublish_at"],
            row["destroy_at"],
        ),
        style=row["style"],
        before_ends=row["before_ends"],
        after_ends=row["after_ends"],
        cancelled_at=row["cancelled_at"],
        rules=rules,
        row=row["row"],
        by=row["by"],
        reason=row["reason"],
    )


def _rule(row: sa.RowMapping) -> Rule:
    return Rule(
        keep=row["keep"],
        period=Period(row["since"], row["until"]),
        partner=row["partner"],
        kind=row["kind"],
        number=row["number"],
        by=row["by"],
        reason=row["reason"],
    )


_PLANS = sa.select(ROLLOVER_PLAN).order_by(ROLLOVER_PLAN.c.switch_at, ROLLOVER_PLAN.c.row)
_RULES = sa.select(ROLLOVER_RULE).order_by(ROLLOVER_RULE.c.number)
_MARKS = sa.select(
    KEY_MARK.c.federation, KEY_MARK.c.side, KEY_MARK.c.use, KEY_MARK.c.epoch, KEY_MARK.c.marked_at
).order_by(KEY_MARK.c.id)
_TURN = (
    sa.select(FEDERATION.c.path)
    .where(FEDERATION.c.path == sa.bindparam("federation"))
    .with_for_update()
)
