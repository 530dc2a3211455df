"""Whom to ring first: how much hangs on a partner, how little we know, how little time is left."""

import math
from datetime import datetime, timedelta

from broker.metadata.readiness.model import Level
from broker.metadata.rollover.model import Plan

CRITICAL = 10.0  # a system of patient care weighs as much as ten others
_SOONEST = 0.25  # of a day: what is due within hours, or late, is equally urgent


def days_left(plan: Plan, now: datetime) -> float:
    """Days until the key switches for everybody; less than none afterwards."""
    return (plan.instants.switch - now) / timedelta(days=1)


def risk(*, critical: bool, daily: float, level: Level, left: float) -> float:
    """A number to sort by: nothing for a partner with proof, more the more urgent.

    Traffic counts by its order of magnitude: a service of a million logins is not a thousand
    times as important as one of a thousand.
    """
    doubt = (Level.USED - level) / Level.USED
    weight = (CRITICAL if critical else 1.0) * (1 + math.log10(1 + daily))
    return weight * doubt / max(left, _SOONEST)
