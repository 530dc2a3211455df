"""A whole plan, told by a job that looks again and again: each milestone once, to each of them."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from broker.db import Engine, reading, writing
from broker.mail.facts import RolloverFacts
from broker.mail.kinds import KINDS
from broker.mail.letters import make_letters, operators_of, rollover_event
from broker.mail.milestones import rollover_milestones
from broker.mail.model import Recipient
from broker.mail.tables import MAIL
from broker.settings import read_settings

SWITCH = datetime(2027, 4, 24, 4, 0, tzinfo=UTC)
ANNOUNCE, UNPUBLISH = SWITCH - timedelta(days=90), SWITCH + timedelta(days=7)
LETTERS = make_letters(read_settings({}))
CONTACTS = (
    Recipient("mailto:drift@eksempel.dk", "technical"),
    Recipient("kontor@eksempel.dk", "administrative"),
    Recipient("drift@eksempel.dk", "support"),
)


def tell(engine: Engine, now: datetime, partner: str, readiness: int) -> int:
    """What a job does at one instant."""
    facts = KINDS["rollover-done"].example
    assert isinstance(facts, RolloverFacts)
    about = f"oces3/{partner}"
    with writing(engine) as connection:
        return sum(
            LETTERS.put(connection, rollover_event(about, one, facts), CONTACTS, now)
            for one in rollover_milestones(ANNOUNCE, SWITCH, UNPUBLISH, now, readiness=readiness)
        )


@pytest.mark.parametrize(("readiness", "milestones"), [(0, 11), (4, 3)])
def test_a_job_that_looks_every_day_and_twice_tells_each_milestone_once(
    engine: Engine, readiness: int, milestones: int
) -> None:
    days = [ANNOUNCE + timedelta(days=day) for day in range(110)]
    hours = [SWITCH - timedelta(hours=hour) for hour in (2, 1)]
    for now in sorted(days + hours):
        tell(engine, now, "dpsd", readiness)
        assert tell(engine, now, "dpsd", readiness) == 0
    with reading(engine) as connection:
        rows = connection.execute(sa.select(MAIL.c.recipient, MAIL.c.milestone)).all()
    assert len(rows) == len(set(rows)) == milestones * 2, (
        "the two addresses, one of them named twice"
    )


def test_a_partner_that_becomes_ready_is_reminded_no_more(engine: Engine) -> None:
    now = SWITCH - timedelta(days=20)
    assert tell(engine, now, "dpsd", 0) == 2
    assert tell(engine, now + timedelta(days=7), "dpsd", 4) == 0
    assert tell(engine, SWITCH - timedelta(days=7), "dpsd", 4) == 2


def test_the_operator_is_who_the_settings_name() -> None:
    (one,) = operators_of(read_settings({"BROKER_MAIL_OPERATOR": "drift@eksempel.dk"}))
    assert (one.address, one.capacity) == ("drift@eksempel.dk", "operator")
    assert operators_of(read_settings({})) == ()
