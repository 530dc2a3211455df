"""Replay marks, lasting names, sessions and counters on both engines, with real races."""

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from broker.db import Connection, Engine, reading, writing
from broker.errors import Refused
from broker.health.counts import FlowCounts
from broker.health.store import add_minutes
from broker.health.tables import FLOW_COUNT
from broker.identities.model import IdentityKey, NameIdResult
from broker.identities.store import PERSON, PERSON_IDENTITY, IdentityStore
from broker.login.store import SPENT_MESSAGE, LoginStore
from tests.factories import NOW

STORE = LoginStore()
IDENTITIES = IdentityStore(b"k" * 32)
UUID_KEY = IdentityKey("professional-uuid", "90000004|0b9f")
RID_KEY = IdentityKey("rid", "90000004|123")


def spend(connection: Connection, assertion: str, *requests: str, issuer: str = "idp") -> None:
    STORE.spend(
        connection,
        "sundhed",
        [(issuer, assertion), *(("", request) for request in requests)],
        NOW + timedelta(hours=1),
    )


def name(connection: Connection, *keys: IdentityKey, group: str = "g") -> NameIdResult:
    found = IDENTITIES.person(connection, "sundhed", keys, NOW)
    return IDENTITIES.name_id(connection, found, group, NOW)


def in_parallel(work: Callable[[], object], times: int = 4) -> list[object]:
    """What each of some threads came to: its result, or the exception it met."""
    results: list[object] = []
    barrier = threading.Barrier(times)

    def run() -> None:
        barrier.wait()
        try:
            results.append(work())
        except Exception as error:  # noqa: BLE001  # handed to the test
            results.append(error)

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.parametrize(
    ("assertion", "requests"), [("_a", ["_other"]), ("_other", ["_r1"]), ("_other", ["_r2"])]
)
def test_an_assertion_or_a_request_counts_once(
    engine: Engine, assertion: str, requests: list[str]
) -> None:
    with writing(engine) as connection:
        spend(connection, "_a", "_r1", "_r2")
    with writing(engine) as connection:
        with pytest.raises(Refused) as refused:
            spend(connection, assertion, *requests)
        assert refused.value.code == "context.replay"
        assert connection.scalar(sa.select(sa.func.count()).select_from(SPENT_MESSAGE)) == 3


def test_two_idps_may_use_one_assertion_id(engine: Engine) -> None:
    with writing(engine) as connection:
        spend(connection, "_a", "_r1")
        spend(connection, "_a", "_r2", issuer="another")


def test_of_parallel_replays_one_wins(engine: Engine) -> None:
    def work() -> str:
        with writing(engine) as connection:
            spend(connection, "_a", "_r")
        return "won"

    results = in_parallel(work)
    assert sorted(str(getattr(r, "code", r)) for r in results) == ["context.replay"] * 3 + ["won"]


def test_a_name_lasts_and_differs_between_service_groups(engine: Engine) -> None:
    with writing(engine) as connection:
        first = name(connection, UUID_KEY)
        assert name(connection, UUID_KEY) == first
        other = name(connection, UUID_KEY, group="other")
    assert other.person == first.person
    assert other.value != first.value


def test_a_new_key_is_linked_by_a_known_one_so_the_name_survives_oces3(engine: Engine) -> None:
    with writing(engine) as connection:
        old = name(connection, RID_KEY)
    with writing(engine) as connection:
        both = name(connection, UUID_KEY, RID_KEY)
    with writing(engine) as connection:
        new = name(connection, UUID_KEY)
    assert old == both == new


def test_keys_of_two_persons_merge_nobody(engine: Engine) -> None:
    with writing(engine) as connection:
        one, two = name(connection, UUID_KEY), name(connection, RID_KEY)
    with writing(engine) as connection:
        both = name(connection, UUID_KEY, RID_KEY)
    assert (both.person, both.value, both.conflict) == (one.person, one.value, True)
    assert one.person != two.person


def test_first_logins_at_once_give_one_name(engine: Engine) -> None:
    def work() -> uuid.UUID:
        with writing(engine) as connection:
            return name(connection, UUID_KEY, RID_KEY).value

    assert len({str(result) for result in in_parallel(work)}) == 1


def test_no_identifier_is_stored_in_clear(engine: Engine) -> None:
    with writing(engine) as connection:
        name(connection, RID_KEY)
        stored = str([tuple(row) for row in connection.execute(sa.select(PERSON_IDENTITY))])
        assert connection.scalar(sa.select(sa.func.count()).select_from(PERSON)) == 1
    assert "90000004" not in stored


def test_counts_are_handed_over_once_and_added_up_between_nodes(engine: Engine) -> None:
    counts = FlowCounts()
    later = NOW + timedelta(minutes=1)
    for what in ("started", "started", "returned"):
        counts.add(what, "sundhed", "dpsd", "nemlogin", NOW)
    assert counts.take(NOW) == []
    rows = counts.take(later)
    assert counts.take(later) == []
    with writing(engine) as connection:
        add_minutes(connection, rows)
        add_minutes(connection, rows)
    with reading(engine) as connection:
        row = connection.execute(sa.select(FLOW_COUNT)).one()
    assert (row.started, row.returned, row.refused) == (4, 2, 0)


def test_marks_that_ran_out_are_purged(engine: Engine) -> None:
    with writing(engine) as connection:
        spend(connection, "_a", "_r")
        assert STORE.purge(connection, NOW) == 0
        assert STORE.purge(connection, NOW + timedelta(hours=2)) == 2
