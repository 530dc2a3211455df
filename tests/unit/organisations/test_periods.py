"""Changes leave every instant with at most one answer, and never touch what has begun."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broker.db import Connection, reading, writing
from broker.organisations.store import amend, succeed
from broker.organisations.tables import ACCOUNT_PERIOD, GROUP_MEMBER, ORGANISATION_PERIOD
from broker.periods import FOREVER, Period
from tests.drawn import examples
from tests.factories import NOW
from tests.unit.organisations.world import World

DAY = timedelta(days=1)
SAID = {"reason": "test", "by_account": None, "by_label": "the test"}


@dataclass(frozen=True)
class Step:
    """After some days a change is made, that begins at once or later."""

    after: int
    ahead: int
    word: str
    amends: bool
    lasts: int | None


STEPS = st.lists(
    st.builds(
        Step,
        after=st.integers(0, 3),
        ahead=st.integers(0, 4),
        word=st.sampled_from("abc"),
        amends=st.booleans(),
        lasts=st.none() | st.integers(1, 5),
    ),
    max_size=9,
)


def rows(connection: Connection, key: UUID) -> list[tuple[datetime, datetime, str]]:
    found = connection.execute(
        sa.select(ACCOUNT_PERIOD)
        .where(ACCOUNT_PERIOD.c.account_id == key)
        .order_by(ACCOUNT_PERIOD.c.since)
    )
    return [(row.since, row.until, row.display_name) for row in found]


def told(among: list[tuple[datetime, datetime, str]], at: datetime) -> str | None:
    (*words,) = {word for since, until, word in among if since <= at < until}
    assert len(words) <= 1
    return words[0] if words else None


@settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_random_dated_changes_agree_with_a_naive_history(world: World, steps: list[Step]) -> None:
    """A list of days that each hold a word stands beside the rows, and both always agree."""
    home = world.organisation()
    key = world.account(home, "first", since=NOW)
    days: list[str | None] = ["first"] * 60
    now = 0
    for step in steps:
        now += step.after
        begins = now + step.ahead
        at = NOW + begins * DAY
        with writing(world.engine) as connection:
            before = rows(connection, key)
            values = {**SAID, "state": "active", "display_name": step.word}
            if step.amends:
                if days[begins] is None:
                    with pytest.raises(LookupError):
                        amend(connection, ACCOUNT_PERIOD, {"account_id": key}, at, values)
                    continue
                amend(connection, ACCOUNT_PERIOD, {"account_id": key}, at, values)
                days[begins:] = [None if day is None else step.word for day in days[begins:]]
            else:
                until = FOREVER if step.lasts is None else at + step.lasts * DAY
                succeed(connection, ACCOUNT_PERIOD, {"account_id": key}, at, values, until=until)
                ends = len(days) if step.lasts is None else begins + step.lasts
                days[begins:] = [
                    step.word if day < ends else None for day in range(begins, len(days))
                ]
            after = rows(connection, key)
        assert [told(after, NOW + day * DAY) for day in range(len(days))] == days
        assert all(one[1] <= other[0] for one, other in pairwise(after))
        begun = [row for row in before if row[0] < at]
        assert [(since, word) for since, _, word in begun] == [
            (since, word) for since, _, word in after if since < at
        ]
        for since, until, _ in begun:
            assert {one[0]: one[1] for one in after}[since] in (until, at)


def test_without_an_end_there_is_never_a_gap(world: World) -> None:
    home = world.organisation(since=NOW)
    with writing(world.engine) as connection:
        for ahead, name in ((5, "later"), (9, "last"), (2, "sooner"), (2, "again")):
            done = succeed(
                connection,
                ORGANISATION_PERIOD,
                {"organisation_id": home},
                NOW + ahead * DAY,
                {**SAID, "name": name},
            )
    assert done.before is None  # what began at that very instant was replaced
    with reading(world.engine) as connection:
        found = list(
            connection.execute(sa.select(ORGANISATION_PERIOD).order_by(ORGANISATION_PERIOD.c.since))
        )
    assert [(row.since, row.until, row.name) for row in found] == [
        (NOW, NOW + 2 * DAY, "Region Eksempel"),
        (NOW + 2 * DAY, FOREVER, "again"),
    ]


def test_a_change_tells_of_the_plans_it_drops_and_takes_over_the_rest(world: World) -> None:
    home = world.organisation(since=NOW - DAY)
    key = {"organisation_id": home}
    with writing(world.engine) as connection:
        succeed(connection, ORGANISATION_PERIOD, key, NOW + DAY, {**SAID, "state": "closed"})
        done = succeed(connection, ORGANISATION_PERIOD, key, NOW, {**SAID, "state": "suspended"})
        assert done.dropped == (Period(NOW + DAY, FOREVER),)
        assert done.before is not None
        row = connection.execute(
            sa.select(ORGANISATION_PERIOD).where(ORGANISATION_PERIOD.c.id == done.id)
        ).one()
    assert (row.name, row.kind, row.state) == ("Region Eksempel", "region", "suspended")


def test_a_name_put_right_leaves_the_plan_to_leave_in_its_place(world: World) -> None:
    account = world.account(world.organisation())
    key = {"account_id": account}
    with writing(world.engine) as connection:
        succeed(connection, ACCOUNT_PERIOD, key, NOW + DAY, {**SAID, "state": "left"})
        amend(connection, ACCOUNT_PERIOD, key, NOW, {**SAID, "display_name": "Anna Holm-Ø"})
        found = connection.execute(
            sa.select(ACCOUNT_PERIOD)
            .where(ACCOUNT_PERIOD.c.account_id == account)
            .order_by(ACCOUNT_PERIOD.c.since)
        ).all()
    assert [(row.state, row.display_name) for row in found] == [
        ("active", "Anna Holm"),
        ("active", "Anna Holm-Ø"),
        ("left", "Anna Holm-Ø"),
    ]


def test_where_rows_may_be_pointed_at_a_plan_is_revoked_and_stays(world: World) -> None:
    home = world.organisation()
    account = world.account(home)
    group = world.group(home, "Vagt")
    key = {"group_id": group, "account_id": account, "organisation_id": home}
    said = {"by_account": None, "by_label": "the test"}
    with writing(world.engine) as connection:
        succeed(connection, GROUP_MEMBER, key, NOW + 3 * DAY, said)
        succeed(connection, GROUP_MEMBER, key, NOW, said, until=NOW + DAY)
        found = connection.execute(sa.select(GROUP_MEMBER).order_by(GROUP_MEMBER.c.since)).all()
    assert [(row.since, row.until, row.revoked_at) for row in found] == [
        (NOW, NOW + DAY, None),
        (NOW + 3 * DAY, FOREVER, NOW),
    ]
