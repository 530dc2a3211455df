"""What comes with time alone: told at 30, 14 and 3 days, once each, whoever runs it how often."""

from datetime import timedelta

import sqlalchemy as sa

from broker.db import reading
from broker.notices.store import purge
from broker.notices.tables import NOTICE
from tests.factories import NOW
from tests.unit.notices.conftest import Heard
from tests.unit.roles.grants.rights import DAY, deed


def milestones(heard: Heard, kind: str) -> list[str]:
    with reading(heard.engine) as connection:
        query = sa.select(NOTICE.c.milestone).where(NOTICE.c.kind == kind)
        return sorted(
            str(one).partition(" before")[0] for one in connection.execute(query).scalars()
        )


def test_a_role_that_ends_is_told_three_times_beforehand(heard: Heard) -> None:
    end = NOW + 60 * DAY
    heard.give(heard.bo, heard.region, "reader", account=heard.anna, until=end)
    for days, said in (
        (31, []),
        (30, ["30 days"]),
        (29, ["30 days"]),
        (14, ["14 days", "30 days"]),
        (3, ["14 days", "3 days", "30 days"]),
        (1, ["14 days", "3 days", "30 days"]),
    ):
        heard.remind(end - days * DAY)
        assert milestones(heard, "role-ending") == said, days
    heard.gather()
    assert "udløber om" in heard.outbox()["anna"].mail.body


def test_a_role_given_for_a_week_is_not_told_of_at_once(heard: Heard) -> None:
    heard.give(heard.bo, heard.region, "reader", account=heard.anna, until=NOW + 7 * DAY)
    heard.remind(NOW + timedelta(hours=1))
    assert milestones(heard, "role-ending") == []
    heard.remind(NOW + 5 * DAY)
    assert milestones(heard, "role-ending") == ["3 days"]


def test_a_role_that_is_extended_or_ended_before_is_not_told_of(heard: Heard) -> None:
    end = NOW + 60 * DAY
    given = heard.give(heard.bo, heard.region, "reader", account=heard.anna, until=end).grant
    with heard.work() as connection:
        heard.grants.revoke(connection, heard.acting(heard.bo), given.id, deed(NOW + DAY))
    heard.remind(end - 3 * DAY)
    assert milestones(heard, "role-ending") == []


def test_a_request_that_nobody_answered_is_told_once(heard: Heard) -> None:
    request = heard.ask(heard.anna, "reader")
    heard.act("ask", heard.carl, request)
    for days in (1, 60, 61):
        heard.remind(NOW + days * DAY)
    assert milestones(heard, "request-expired") == ["expired"]
    heard.gather()
    assert "udløbet" in heard.outbox()["anna"].mail.body


def test_what_was_told_is_forgotten_after_ninety_days(heard: Heard) -> None:
    heard.give(heard.bo, heard.region, "reader", account=heard.anna)
    heard.gather()
    with heard.work() as connection:
        assert purge(connection, NOW + 89 * DAY) == 0
        assert purge(connection, NOW + 91 * DAY) == 1
