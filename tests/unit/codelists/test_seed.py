"""The synthetic lists: loaded at once, of the shape that the demo needs, and of nobody real."""

from datetime import UTC, datetime

from broker.audit.store import AuditStore
from broker.codelists import numbers, store
from broker.codelists.model import LIST_IDS
from broker.codelists.seed import FILES, seed
from broker.db import Engine, reading
from broker.resources import resource
from tests.factories import NOW
from tests.unit.codelists.files import OCCASION, reading_of

WARD = "1231000016008"
NORTH = "11000016002"
DEMO = (WARD, NORTH, "21000016006", "31000016008", "999991000016008")
REAL_REGIONS = {"29190623", "29190658", "29190909", "29190925", "29190941"}


def test_all_lists_are_loaded_at_once_and_only_once(engine: Engine) -> None:
    done = seed(engine, AuditStore(), OCCASION)
    assert [preview.target for preview in done] == [target for target, _ in FILES]
    assert not [finding for each in done for finding in each.findings if finding.level != "info"]
    assert seed(engine, AuditStore(), OCCASION) == ()
    with reading(engine) as connection:
        assert {one.list_id for one in store.lists(connection, NOW)} == set(LIST_IDS)


def test_the_units_of_the_demo_are_there_and_hang_together(engine: Engine) -> None:
    seed(engine, AuditStore(), OCCASION)
    with reading(engine) as connection:
        assert store.values(connection, "sor", DEMO, NOW).keys() == set(DEMO)
        assert store.values(
            connection, "cvr", ("90000004", "90000098", "29190901", "29190604"), NOW
        )
        assert [one.code for one in store.path(connection, "sor", WARD, NOW)] == [
            NORTH,
            "21000016006",
            "31000016008",
            WARD,
        ]
        (ward,) = store.values(connection, "sor", (WARD,), NOW).values()
        assert ward.shak is not None
        assert store.mapped(connection, ward.shak, NOW) == (WARD,)
        top = store.children(connection, "sor", None, NOW)
        assert len([one for one in top if one.name.startswith("Region ")]) == 5


def test_some_unit_is_closed_some_has_a_successor_and_one_moved(engine: Engine) -> None:
    seed(engine, AuditStore(), OCCASION)
    told = reading_of((resource("metadata") / "codelists" / "sor.csv").read_bytes()).told
    assert len(told) >= 55
    with reading(engine) as connection:
        closed = [code for code in told if store.value(connection, "sor", code, NOW) is None]
        successors = [store.successor(connection, "sor", code, NOW) for code in closed]
        assert len(closed) == 2
        assert len([code for code in successors if code]) == 1
        (moved,) = (code for code, spans in told.items() if len(spans) > 1)
        before, after = (
            [one.code for one in store.path(connection, "sor", moved, at)]
            for at in (datetime(2025, 1, 1, tzinfo=UTC), NOW)
        )
        assert before[:2] == after[:2]
        assert before[2] != after[2]


def test_the_numbers_are_nobodys() -> None:
    folder = resource("metadata") / "codelists"
    cvrs = reading_of((folder / "cvr.csv").read_bytes()).told
    assert not REAL_REGIONS & cvrs.keys()
    for code in cvrs:
        assert code.startswith("9") or not numbers.cvr_checks(code), code
    used = {
        span.facts.cvr
        for name in ("sor.csv", "pnumbers.csv")
        for spans in reading_of((folder / name).read_bytes()).told.values()
        for span in spans
    }
    assert used <= cvrs.keys()
