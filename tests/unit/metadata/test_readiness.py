"""Signs and claims in memory and in the store, the board of a plan, and what is settled."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from broker.db import reading, writing
from broker.errors import BrokerError
from broker.metadata.defaults import LoadOptions
from broker.metadata.readiness import store
from broker.metadata.readiness.gathering import levels, ready_since
from broker.metadata.readiness.model import (
    Kind,
    Level,
)
from broker.metadata.readiness.service import Readiness
from broker.metadata.readiness.signals import MOST, Signals
from broker.metadata.rollover.model import FIRST, Instants, Plan, Slot
from broker.metadata.rollover.store import rollovers
from tests.factories import NOW
from tests.metadata_factory import Idp, Sp
from tests.unit.metadata.installation import OCCASION, Installation
from tests.unit.metadata.phases import (
    DAY,
    IDP_SIGNING,
    INSTANTS,
    NEW,
    Node,
    plan_of,
)
from tests.unit.metadata.test_served import settle

AT = INSTANTS.announce
LATER = AT + 20 * DAY
HOUR = timedelta(hours=1)


def test_sums_are_due_at_once_and_then_once_a_minute() -> None:
    signals = Signals()
    signals.used("sundhed", "one", NOW)
    ((key, found),) = signals.take(NOW)
    assert (key.kind, key.detail, found.count) == ("answered", FIRST, 1)
    for seconds in range(50):
        signals.used("sundhed", "one", NOW + timedelta(seconds=seconds))
    assert signals.take(NOW + timedelta(seconds=59)) == []
    ((_key, found),) = signals.take(NOW + timedelta(seconds=60))
    assert (found.count, found.last_at) == (50, NOW + timedelta(seconds=49))
    assert signals.take(NOW + timedelta(seconds=61)) == []


def test_sums_stay_within_their_bounds_whatever_comes() -> None:
    signals = Signals()
    for number in range(MOST + 100):
        signals.add("sundhed", "idp", f"p{number}", "fetched", "x", NOW)
    assert len(signals.take(NOW)) == MOST


@pytest.fixture
def ready(installation: Installation) -> Readiness:
    """Two services, one critical, and an identity provider."""
    for number, code in enumerate(("one", "two")):
        sp = Sp() if not number else replace(Sp(), entity_id="https://two.example.dk")
        installation.one(sp.xml(), LoadOptions(code=code))
    installation.one(Idp().xml(), LoadOptions(code="idp", cvrs="any"))
    (record,) = [r for r in installation.service.entities() if r.code == "two"]
    more = {"kind": "service", "federations": ["sundhed"], "sla": "society-critical"}
    installation.document({**record.document, **more})
    return Readiness(installation.engine, installation.audit)


Seen = tuple[str, Kind, str, datetime, int]  # partner, kind, detail, when, how often


def see(ready: Readiness, *calls: Seen, slot: Slot = IDP_SIGNING) -> None:
    signals = Signals()
    for partner, kind, detail, at, count in calls:
        for _ in range(count):
            signals.add("sundhed", slot.side, partner, kind, detail, at)
    with writing(ready.engine) as connection:
        store.keep(connection, signals.take(INSTANTS.destroy))


def test_nodes_add_to_one_row_an_hour(ready: Readiness) -> None:
    see(ready, ("one", "answered", NEW, LATER, 3))
    see(ready, ("one", "answered", NEW, LATER + timedelta(minutes=9), 2))
    with reading(ready.engine) as connection:
        found = store.signs(connection, "sundhed", "idp", LATER - DAY, "one")
        (one,) = found["one"]
        assert (one.count, one.first_at, one.last_at) == (
            5,
            LATER,
            LATER + timedelta(minutes=9),
        )
        assert store.signs(connection, "sundhed", "sp", LATER - DAY) == {}
    with writing(ready.engine) as connection:
        assert store.purge(connection, LATER + store.KEPT) == 0
        assert store.purge(connection, LATER + store.KEPT + DAY) == 1


def test_the_board_has_whom_to_ring_first_at_the_top(
    ready: Readiness, installation: Installation
) -> None:
    plan = Node(installation).plan(plan_of())
    assert [line.partner.code for line in ready.board(plan, LATER)] == ["two", "one"]
    see(
        ready,
        ("two", "endpoint", NEW, LATER - DAY, 1),
        ("one", "answered", FIRST, LATER - DAY, 70),
        ("one", "fetched", f"signing/{NEW}", LATER - DAY, 1),
    )
    one, two = ready.board(plan, LATER)
    assert (one.partner.code, one.reached.level, one.daily) == ("one", Level.FETCHED, 10)
    assert one.last_fetch == LATER - DAY
    assert (two.partner.code, two.reached.level, two.risk) == ("two", Level.USED, 0)
    assert two.partner.critical
    assert ready.levels(plan, LATER) == {"one": 1, "two": 4}
    with reading(ready.engine) as connection:
        assert levels(connection, rollovers(connection), plan, LATER - 2 * DAY) == {
            "one": 0,
            "two": 0,
        }


def test_what_somebody_says_is_kept_with_who_said_it_and_moves_the_registry(
    ready: Readiness, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = Node(installation).plan(plan_of())
    monkeypatch.setattr("tests.unit.metadata.installation.OCCASION", replace(OCCASION, at=LATER))
    said = replace(OCCASION, at=LATER)
    before = installation.revision
    ready.confirm(plan, "one", Level.TRIED, "Anna Eksempel", said)
    assert installation.revision == before + 1
    assert ready.levels(plan, LATER)["one"] == 3
    with reading(ready.engine) as connection:
        assert ready_since(connection, rollovers(connection)) == {(plan.row, "one"): LATER}
    ready.confirm(plan, "one", Level.NOTHING, "Anna Eksempel", said)
    assert ready.levels(plan, LATER)["one"] == 0
    with reading(ready.engine) as connection:
        assert ready_since(connection, rollovers(connection)) == {}
    events = [e for e in installation.audit.events if e.NAME == "rollover.readiness_claimed"]
    assert [(e.partner, e.level) for e in events] == [("one", 3), ("one", 0)]  # type: ignore[union-attr]  # by name


@pytest.mark.parametrize(
    ("partner", "at", "claimed", "said_by", "code"),
    [
        ("nobody", LATER, Level.SAID, "Anna", "rollover.no_partner"),
        ("idp", LATER, Level.SAID, "Anna", "rollover.no_partner"),
        ("one", AT - HOUR, Level.SAID, "Anna", "rollover.not_announced"),
        ("one", LATER, Level.USED, "Anna", "rollover.claim"),
        ("one", LATER, Level.FETCHED, "Anna", "rollover.claim"),
        ("one", LATER, Level.SAID, "  ", "rollover.claim"),
    ],
)
def test_a_claim_that_nobody_can_make_is_refused(
    ready: Readiness,
    installation: Installation,
    partner: str,
    at: datetime,
    claimed: Level,
    said_by: str,
    code: str,
) -> None:
    plan = Node(installation).plan(plan_of())
    with pytest.raises(BrokerError) as refused:
        ready.confirm(plan, partner, claimed, said_by, replace(OCCASION, at=at))
    assert refused.value.code == code


def test_what_signs_show_is_settled_once_for_all_nodes(
    ready: Readiness, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = Node(installation).plan(plan_of())
    now = replace(OCCASION, at=LATER)
    monkeypatch.setattr("tests.unit.metadata.installation.OCCASION", now)
    assert ready.settle(now) == ()
    see(ready, ("two", "endpoint", NEW, LATER - DAY, 1))
    with reading(ready.engine) as connection:
        assert ready_since(connection, rollovers(connection)) == {}, "not yet told to all nodes"
    before = installation.revision
    assert [partner for _plan, partner in ready.settle(now)] == ["two"]
    assert installation.revision == before + 1
    assert ready.settle(now) == ()
    with reading(ready.engine) as connection:
        assert ready_since(connection, rollovers(connection)) == {(plan.row, "two"): LATER}


def test_who_came_through_an_earlier_overlap_by_loading_is_ready_by_loading(
    ready: Readiness, installation: Installation
) -> None:
    node = Node(installation)
    node.plan(plan_of())
    shift = 200 * DAY
    at = INSTANTS
    moved = replace(
        at,
        **{name: getattr(at, name) + shift for name in Instants.__slots__},
    )
    second: Plan = node.plan(
        replace(plan_of(), code="y2028", before=NEW, after="y2028", instants=moved)
    )
    see(ready, *(("one", "answered", NEW, at.switch + n * DAY, 3) for n in range(3)))
    now = moved.announce + 10 * DAY
    days = [now - n * DAY for n in range(6)]
    see(ready, *(("one", "fetched", "signing/y2028", day, 1) for day in days))
    see(ready, *(("two", "fetched", "signing/y2028", day, 1) for day in days))
    assert ready.levels(second, now) == {"one": 3, "two": 1}
    reached = {line.partner.code: line.reached.because for line in ready.board(second, now)}
    assert reached == {"one": "loads_daily", "two": "fetched"}


def test_what_a_program_calls_itself_makes_nobody_ready(
    ready: Readiness, installation: Installation
) -> None:
    """Anybody can send a User-Agent: it shows a fetch, and ends no hold."""
    settle(installation, "service", "one", fetches={"agent": "Loader/"})
    settle(
        installation, "service", "two", fetches={"agent": "Loader/", "networks": ["192.0.2.0/24"]}
    )
    node = Node(installation)
    node.plan(plan_of())
    moved = Instants(*(getattr(INSTANTS, name) + 200 * DAY for name in Instants.__slots__))
    later = replace(plan_of(), code="y2028", before=NEW, after="y2028", instants=moved)
    second: Plan = node.plan(later)
    for code in ("one", "two"):
        see(ready, *((code, "answered", NEW, INSTANTS.switch + n * DAY, 3) for n in range(3)))
        days = [moved.announce + n * DAY for n in range(5, 11)]
        see(ready, *((code, "fetched", "signing/y2028", day, 1) for day in days))
    assert ready.levels(second, moved.announce + 10 * DAY) == {"one": 1, "two": 3}
