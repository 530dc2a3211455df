"""The chain shows every record that was edited, deleted or moved; events hold no CPR number."""

import dataclasses
import re
import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from broker.audit.events import EXAMPLES, Event, fields_of
from broker.audit.log import SecurityLog, claim
from broker.audit.proof.verifying import first_fault
from broker.audit.store import AUDIT, AuditStore, writers
from broker.audit.tallies.counting import Tallies
from broker.db import Connection, Engine, reading, writing
from tests.factories import NOW
from tests.tampering import tampering


def fill(engine: Engine, count: int = 6) -> str:
    """A chain of some records; its writer."""
    audit = AuditStore()
    for number in range(count):
        with writing(engine) as connection:
            event = EXAMPLES[number % len(EXAMPLES)]
            audit.append(connection, event, at=NOW, reference=f"R{number}")
    with reading(engine) as connection:
        (writer,) = writers(connection)
        assert first_fault(connection, writer) is None
    return writer


def edit(connection: Connection) -> None:
    connection.execute(sa.update(AUDIT).where(AUDIT.c.seq == 3).values(fields="{}"))


def delete(connection: Connection) -> None:
    connection.execute(sa.delete(AUDIT).where(AUDIT.c.seq == 3))


def swap(connection: Connection) -> None:
    for before, after in ((3, 100), (4, 3), (100, 4)):
        connection.execute(sa.update(AUDIT).where(AUDIT.c.seq == before).values(seq=after))


def redate(connection: Connection) -> None:
    later = NOW.replace(year=2027)
    connection.execute(sa.update(AUDIT).where(AUDIT.c.seq == 3).values(at=later))


@pytest.mark.parametrize("tamper", [edit, delete, swap, redate])
def test_tampering_is_found_at_its_place(
    engine: Engine, tamper: Callable[[Connection], None]
) -> None:
    writer = fill(engine)
    with tampering(engine) as connection:
        tamper(connection)
    with reading(engine) as connection:
        assert first_fault(connection, writer) == 3


def test_a_rolled_back_record_leaves_no_hole(engine: Engine) -> None:
    audit = AuditStore()
    for fails in (False, True, False):
        try:
            with writing(engine) as connection:
                audit.append(connection, EXAMPLES[0], at=NOW, reference="R")
                if fails:
                    raise LookupError
        except LookupError:
            pass
    with reading(engine) as connection:
        (writer,) = writers(connection)
        assert first_fault(connection, writer) is None
        assert connection.scalar(sa.select(sa.func.max(AUDIT.c.seq))) == 1


def test_transactions_at_once_never_share_a_writer(engine: Engine) -> None:
    audit = AuditStore()
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(5):
                with writing(engine) as connection:
                    audit.append(connection, EXAMPLES[0], at=NOW, reference="R")
                    audit.append(connection, EXAMPLES[1], at=NOW, reference="R")
        except BaseException as error:  # noqa: BLE001  # handed to the test
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with reading(engine) as connection:
        names = writers(connection)
        assert 1 <= len(names) <= 4
        assert all(first_fault(connection, name) is None for name in names)
        assert connection.scalar(sa.select(sa.func.count()).select_from(AUDIT)) == 40


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: type(event).__name__)
def test_every_event_states_its_personal_fields(event: Event) -> None:
    fields = {field.name for field in dataclasses.fields(event)}
    assert fields >= event.PERSONAL
    assert not {name for name in fields if "cpr" in name or "name_id" in name}
    assert fields_of(event).keys() == fields


def test_every_event_has_an_example() -> None:
    assert {type(event) for event in EXAMPLES} == set(Event.__args__)


def test_a_claim_is_one_short_line_without_a_cpr_number() -> None:
    shown = claim("x\r\n\u2028\x1b[31m 010190-1234 0101901234 " + "y" * 1000)
    assert len(shown) < 300
    assert shown.isprintable()
    assert not re.search(r"\d{6}-?\d{4}", shown)


def test_the_security_log_carries_code_and_reference(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="broker.security"):
        SecurityLog(Tallies()).record(
            "login.refused", reference="R1", code="context.replay", fields={"hop": "x\ny"}
        )
    (record,) = caplog.records
    assert record.__dict__["code"] == "context.replay"
    assert record.__dict__["reference"] == "R1"
    assert record.__dict__["hop"] == "x·y"
