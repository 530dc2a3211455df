"""A copy is verified far from here, and what the rule removed leaves a chain that holds."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from broker.audit.proof import store
from broker.audit.proof.copies import verify_copy, write_copy
from broker.audit.proof.keys import load_public, make_key
from broker.audit.proof.model import Checked, Fault
from broker.audit.proof.removing import Removing
from broker.audit.store import AUDIT, AUDIT_SEAL, AUDIT_TAG, AuditStore
from broker.db import reading
from broker.errors import Refused
from tests.factories import NOW
from tests.tampering import tampering
from tests.unit.audit.trails import WRITER, Trail

YEAR = timedelta(days=365)


def copied(trail: Trail, since: datetime = NOW, until: datetime = NOW + YEAR) -> list[str]:
    return list(write_copy(trail.engine, trail.key, since, until, trail.now))


def verified(trail: Trail, lines: list[str]) -> Checked:
    (found,) = verify_copy(iter(lines), trail.public)
    return found


def test_a_copy_holds_by_itself(trail: Trail) -> None:
    trail.add(25)
    trail.seal()
    found = verified(trail, copied(trail))
    assert (found.fault, found.records, found.sealed) == (None, 25, 2)
    part = copied(trail, NOW + timedelta(seconds=8), NOW + timedelta(seconds=19))
    found = verified(trail, part)
    assert (found.fault, found.records, found.last, found.sealed) == (None, 11, 17, 1)


def drop(number: int) -> Callable[[list[str]], Iterator[str]]:
    return lambda lines: (line for at, line in enumerate(lines) if at != number)


def swapped(lines: list[str]) -> Iterator[str]:
    return iter([*lines[:5], lines[6], lines[5], *lines[7:]])


def edited(lines: list[str]) -> Iterator[str]:
    return (line.replace('"R4"', '"R5"') for line in lines)


def cut(lines: list[str]) -> Iterator[str]:
    return (one for one in lines if '"record"' not in one or json.loads(one)["seq"] < 20)


def without_records(lines: list[str]) -> Iterator[str]:
    return (one for one in lines if '"record"' not in one)


def forged_seal(lines: list[str]) -> Iterator[str]:
    return (one.replace('"block": 1', '"block": 7') if '"seal"' in one else one for one in lines)


@pytest.mark.parametrize(
    ("tamper", "seq", "flaw"),
    [
        (drop(1), 0, "missing"),
        (drop(5), 4, "missing"),
        (swapped, 4, "missing"),
        (edited, 4, "changed"),
        (cut, 20, "truncated"),
        (without_records, 0, "truncated"),
        (forged_seal, 10, "seal"),
    ],
)
def test_a_copy_that_was_changed_is_found_out_at_its_place(
    trail: Trail, tamper: Callable[[list[str]], Iterator[str]], seq: int, flaw: str
) -> None:
    trail.add(25)
    trail.seal()
    found = verified(trail, list(tamper(copied(trail))))
    assert found.fault is not None
    assert (found.fault.seq, found.fault.flaw) == (seq, flaw)


def test_a_copy_without_its_end_or_of_somebody_else_is_none(trail: Trail) -> None:
    trail.add(3)
    lines = copied(trail)
    make_key(trail.folder / "other", NOW)
    theirs = load_public(trail.folder / "other" / "audit-seal.pub")
    with pytest.raises(Refused, match="cut off"):
        list(verify_copy(lines[:-1], trail.public))
    with pytest.raises(Refused, match="no signature of ours"):
        list(verify_copy(lines, theirs))
    for nonsense in ([], ["x"], ["[]"], ["{}"], lines[1:], [lines[0], '{"type": "record"}']):
        with pytest.raises(Refused, match=r"audit\.copy"):
            list(verify_copy(nonsense, trail.public))


def removing(trail: Trail, days: int = 365) -> Removing:
    return Removing(trail.engine, AuditStore(), timedelta(days=days))


def test_whole_sealed_blocks_go_by_the_rule_and_the_rest_still_follows(trail: Trail) -> None:
    trail.add(25)
    trail.seal()
    heads = trail.heads()
    trail.now += YEAR + timedelta(days=1)
    trail.add(3)
    assert [seal.block for seal in removing(trail).due(trail.now)] == [0, 1]
    assert removing(trail, days=400).due(trail.now) == ()
    assert removing(trail).remove(trail.key, trail.now, "test", "R") == 20
    with reading(trail.engine) as connection:
        left = list(store.records(connection, WRITER))
        oldest = connection.scalar(sa.select(sa.func.min(AUDIT_TAG.c.seq)))
    assert [record.event for record in left[-2:]] == ["trail.shortened"] * 2
    assert left[0].seq == 20
    assert oldest is None or oldest >= 20
    assert trail.fault(heads + trail.heads()) is None
    assert removing(trail).remove(trail.key, trail.now, "test", "R") == 0
    found = verified(trail, copied(trail, until=trail.now + YEAR))
    assert (found.fault, found.records) == (None, 10)


def test_a_tombstone_that_nobody_signed_is_found_out(trail: Trail) -> None:
    trail.add(25)
    trail.seal()
    false = {"removed_at": trail.now, "removed_key": trail.key.id, "removed_signature": "AAAA"}
    with tampering(trail.engine) as connection:
        connection.execute(sa.update(AUDIT_SEAL).where(AUDIT_SEAL.c.block == 0).values(false))
        connection.execute(sa.delete(AUDIT).where(AUDIT.c.block == 0))
    assert trail.fault() == Fault(WRITER, 0, "removed")
