"""The board of health: what is not well stands first, and each says what to do."""

from datetime import timedelta
from uuid import uuid4

import pytest

from broker.db import Engine, reading, writing
from broker.jobs.model import Job
from broker.jobs.store import JobStore
from broker.mail.model import Mail
from broker.mail.store import Outbox
from broker.portals.health.board import DRIFT
from broker.portals.health.model import worst
from broker.portals.health.store import database_now, jobs
from tests.factories import NOW
from tests.portals.visiting import House, text


def test_operators_and_auditors_see_it(house: House) -> None:
    for kind in ("operator", "auditor"):
        page = house.enter(kind).open("operator/health")
        assert page.status == 200
        assert "What happens by itself" in text(page)
        assert "The others" in text(page)
    assert house.enter("org_admin").open("operator/health").mark("code") == "permission.mandate"


def test_a_job_that_failed_and_mail_that_waits_stand_first(house: House) -> None:
    demo, now = house.demo, house.clock()
    job = Job("purge", timedelta(days=1), lambda _turn: 0, "delete")
    with writing(demo.services.engine) as connection:
        store = JobStore()
        store.prepare(connection, [job], now)
        claim = store.claim(connection, job, "test", now, unasked=True)
        assert claim is not None
        store.failed(connection, claim, now, "mail.unreachable", now + timedelta(minutes=5))
        mail = Mail("try", uuid4().hex, "", "a@example.dk", "da", "S", "B")
        Outbox().put(connection, mail, now - timedelta(hours=1))
    page = house.enter("operator").open("operator/health")
    said = text(page)
    wrong = said.partition("Needs you")[2].partition("Came back / sent")[0]
    assert "Delete what has run out" in wrong
    assert "mail.unreachable" in wrong
    assert "The oldest has waited too long" in wrong
    assert "it is tried again by itself" in wrong


def test_jobs_and_the_clock_are_read_on_both_databases(engine: Engine) -> None:
    job = Job("mail", timedelta(minutes=1), lambda _turn: 0, "send")
    with writing(engine) as connection:
        JobStore().prepare(connection, [job], NOW)
        claim = JobStore().claim(connection, job, "test", NOW)
        assert claim is not None
        JobStore().succeeded(connection, claim, NOW, 3, NOW + timedelta(minutes=1))
    with reading(engine) as connection:
        (row,) = jobs(connection)
        assert (row.name, row.last_outcome, row.last_count) == ("mail", "ok", 3)
        assert row.due_at == NOW + timedelta(minutes=1)
        first, second = database_now(connection), database_now(connection)
    assert timedelta(0) <= second - first < DRIFT


@pytest.mark.parametrize(
    ("states", "found"),
    [(["good", "bad", "soon"], "bad"), (["off", "good"], "good"), ([], "off")],
)
def test_a_section_is_as_its_worst_line(states: list[str], found: str) -> None:
    assert worst(states) == found  # type: ignore[arg-type]  # words of the board
