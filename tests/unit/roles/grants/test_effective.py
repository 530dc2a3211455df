"""Effective grants at an instant equal a naive model of the same history, on both databases."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broker.db import Connection, Engine, writing
from broker.metadata.tables import FEDERATION
from broker.roles import tables as cat
from broker.roles.grants.store import effective
from tests.drawn import examples
from tests.unit.roles.grants.history import DAYS, Given, History, Stretch, day, write


def gapless(*states: str) -> st.SearchStrategy[tuple[Stretch, ...]]:
    """Periods that follow one another from the first day on, each with a state."""

    def follow(changes: list[tuple[int, str]], first: str) -> tuple[Stretch, ...]:
        days = sorted({at for at, _ in changes})
        named = [first, *(dict(changes)[at] for at in days)]
        bounds = [0, *days, None]
        return tuple(
            Stretch(since or 0, until, state)
            for since, until, state in zip(bounds, bounds[1:], named, strict=False)
        )

    change = st.tuples(st.integers(1, DAYS), st.sampled_from(states))
    return st.builds(follow, st.lists(change, max_size=3), st.sampled_from(states))


def apart() -> st.SearchStrategy[tuple[Stretch, ...]]:
    """Periods that never overlap, with gaps, some taken back early or before they began."""

    def pair(days: set[int], *, open_end: bool, revoked: int | None) -> tuple[Stretch, ...]:
        order = sorted(days)
        bounds: list[tuple[int, int | None]] = list(zip(order[::2], order[1::2], strict=False))
        if open_end and len(order) % 2:
            bounds.append((order[-1], None))
        return tuple(
            Stretch(since, until, revoked=revoked if number == 0 else None)
            for number, (since, until) in enumerate(bounds)
        )

    return st.builds(
        pair,
        st.sets(st.integers(0, DAYS), max_size=5),
        open_end=st.booleans(),
        revoked=st.none() | st.integers(0, DAYS),
    )


def grants() -> st.SearchStrategy[tuple[Given, ...]]:
    length = st.none() | st.integers(1, DAYS)
    one = st.builds(
        lambda holder, role, since, days, revoked, group, scopes: Given(
            holder,
            role,
            Stretch(since, None if days is None else since + days, revoked=revoked),
            group,
            scopes,
        ),
        st.sampled_from(["ana", "bo"]),
        st.sampled_from(["national", "local"]),
        st.integers(0, DAYS),
        length,
        st.none() | st.integers(0, DAYS),
        st.booleans(),
        st.integers(0, 2),
    )
    return st.lists(one, min_size=1, max_size=6).map(tuple)


def seldom(
    changing: st.SearchStrategy[tuple[Stretch, ...]],
) -> st.SearchStrategy[tuple[Stretch, ...]]:
    """Mostly what holds all the time: were everything to change, hardly any grant would count."""
    always = st.just((Stretch(0, None),))
    return st.one_of(always, always, always, changing)


def of_both(
    values: st.SearchStrategy[tuple[Stretch, ...]], *keys: str
) -> st.SearchStrategy[dict[str, tuple[Stretch, ...]]]:
    return st.fixed_dictionaries(dict.fromkeys(keys, values))


HISTORIES = st.builds(
    History,
    organisation=seldom(gapless("active", "suspended", "closed")),
    accounts=of_both(seldom(gapless("active", "left", "pending")), "ana", "bo"),
    members=of_both(seldom(apart()), "ana", "bo"),
    roles=of_both(seldom(gapless("active", "deprecated", "retired")), "national", "local"),
    service=gapless("production", "production", "closing", "closed", "draft"),
    entitled=of_both(seldom(apart()), "national", "local"),
    grants=grants(),
)


@pytest.fixture
def open_once(engine: Engine) -> Iterator[Connection]:
    """One connection for all examples; each is taken back before the next."""
    with writing(engine) as connection:
        connection.execute(sa.insert(FEDERATION).values(path="model", position=0, document={}))
        connection.execute(
            sa.insert(cat.DELIMITATION_TYPE).values(id="sor", urn="urn:x:sor", document={})
        )
        yield connection


@given(HISTORIES, st.lists(st.integers(-1, 2 * DAYS + 2), min_size=1, max_size=4))
@settings(
    max_examples=examples(120),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_effective_grants_equal_the_naive_model(
    open_once: Connection, history: History, days: list[int]
) -> None:
    before = open_once.begin_nested()
    try:
        accounts = write(open_once, history)
        for number in days:
            for at in (day(number), day(number) - timedelta(microseconds=1)):
                for who, account in accounts.items():
                    found = effective.of_account(open_once, account, at)
                    assert {grant.id for grant in found} == history.effective(who, at)
                    for grant in found:
                        assert grant.period.covers(at)
                        assert len(grant.scopes) == next(
                            g.scopes for g in history.grants if g.id == grant.id
                        )
    finally:
        before.rollback()
