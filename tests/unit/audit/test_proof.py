"""The verifier names the first record that was edited, deleted, moved, cut off or written anew."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from broker.audit.chained import Record, digest
from broker.audit.proof import store
from broker.audit.proof.keys import load_key, load_public, make_key
from broker.audit.proof.signing import CLOSED_AFTER, Signing, read_heads
from broker.audit.proof.verifying import sealed_before
from broker.audit.store import AUDIT, AUDIT_SEAL
from broker.db import Connection, reading, writing
from broker.errors import Refused, Unavailable
from tests.tampering import tampering, unwritable
from tests.unit.audit.trails import WRITER, Trail

SEQ = AUDIT.c.seq
Tamper = Callable[[Connection], object]


def edit(connection: Connection) -> None:
    connection.execute(sa.update(AUDIT).where(SEQ == 14).values(fields="{}"))


def assign(connection: Connection) -> None:
    somebody = sa.func.coalesce(AUDIT.c.subject, sa.literal("0" * 32))
    connection.execute(sa.update(AUDIT).where(SEQ == 14).values(reference="R0", subject=somebody))


def delete(connection: Connection) -> None:
    connection.execute(sa.delete(AUDIT).where(SEQ.between(14, 16)))


def swap(connection: Connection) -> None:
    for before, after in ((14, 100), (15, 14), (100, 15)):
        connection.execute(sa.update(AUDIT).where(AUDIT.c.seq == before).values(seq=after))


def close_up(connection: Connection) -> None:
    """Delete one and number the rest anew, so that none is missing."""
    connection.execute(sa.delete(AUDIT).where(SEQ == 14))
    for number in range(15, 35):
        connection.execute(sa.update(AUDIT).where(AUDIT.c.seq == number).values(seq=number - 1))


def rehash(connection: Connection) -> None:
    """Edit one and work its own hash out again."""
    _rewrite(connection, 14, 14)


def rewrite(connection: Connection) -> None:
    """Edit one and work all hashes out again: the chain follows."""
    _rewrite(connection, 14, 34)


def _rewrite(connection: Connection, at: int, to: int) -> None:
    found = list(store.records(connection, WRITER, at, to))
    before = found[0].prev_hash
    for number, old in enumerate(found):
        record: Record = old._replace(prev_hash=before)
        if number == 0:
            record = record._replace(fields='{"service":"another"}')
        before = digest(record)
        values = {"fields": record.fields, "prev_hash": record.prev_hash, "hash": before}
        connection.execute(sa.update(AUDIT).where(AUDIT.c.seq == record.seq).values(values))


@pytest.mark.parametrize(
    ("tamper", "seq", "flaw"),
    [
        (edit, 14, "changed"),
        (delete, 14, "missing"),
        (swap, 14, "moved"),
        (close_up, 14, "moved"),
        (rehash, 14, "changed"),
        (rewrite, 10, "rewritten"),
    ],
)
def test_the_first_bad_record_is_named(trail: Trail, tamper: Tamper, seq: int, flaw: str) -> None:
    trail.add(35)
    assert trail.seal() == 3
    assert trail.fault() is None
    with tampering(trail.engine) as connection:
        tamper(connection)
    found = trail.fault()
    assert found is not None
    assert (found.writer, found.seq, found.flaw) == (WRITER, seq, flaw)


def test_a_tail_that_is_cut_off_shows_against_a_head(trail: Trail) -> None:
    trail.add(15)
    trail.seal()
    heads = trail.heads()
    trail.add(3)  # what came after the head was exported may be more
    assert trail.fault(heads) is None
    with tampering(trail.engine) as connection:
        connection.execute(sa.delete(AUDIT).where(SEQ >= 12))
    assert trail.fault() is None  # from the database alone nobody can know
    found = trail.fault(heads)
    assert found is not None
    assert (found.seq, found.flaw) == (12, "truncated")


def test_a_chain_that_is_gone_altogether_shows_against_a_head(trail: Trail) -> None:
    trail.add(5)
    heads = trail.heads()
    with tampering(trail.engine) as connection:
        connection.execute(sa.delete(AUDIT))
    found = trail.fault(heads)
    assert found is not None
    assert (found.writer, found.seq, found.flaw) == (WRITER, 0, "truncated")


def test_a_tail_written_anew_shows_against_heads_between_which_it_was(trail: Trail) -> None:
    trail.add(13)
    heads = trail.heads()
    trail.add(4)
    heads += trail.heads()
    with tampering(trail.engine) as connection:
        _rewrite(connection, 15, 16)
    assert trail.fault() is None
    found = trail.fault(heads)
    assert found is not None
    assert (found.seq, found.flaw) == (13, "rewritten")


def test_a_cut_below_a_seal_shows_without_any_head(trail: Trail) -> None:
    trail.add(25)
    trail.seal()
    with tampering(trail.engine) as connection:
        connection.execute(sa.delete(AUDIT).where(SEQ >= 18))
    found = trail.fault()
    assert found is not None
    assert (found.seq, found.flaw) == (18, "truncated")


@pytest.mark.parametrize("values", [None, {"signature": "AAAA"}, {"hash": "0" * 64}])
def test_a_seal_that_is_gone_or_false_shows(trail: Trail, values: dict[str, str] | None) -> None:
    trail.add(35)
    trail.seal()
    here = AUDIT_SEAL.c.block == 1
    with tampering(trail.engine) as connection:
        if values is None:
            connection.execute(sa.delete(AUDIT_SEAL).where(here))
        else:
            connection.execute(sa.update(AUDIT_SEAL).where(here).values(values))
    found = trail.fault()
    assert found is not None
    assert found.seq == 10
    assert found.flaw == ("rewritten" if values and "hash" in values else "seal")


def test_a_seal_of_somebody_else_is_none(trail: Trail) -> None:
    trail.add(10)
    other = trail.folder / "other"
    make_key(other, trail.now)
    with reading(trail.engine) as connection:
        (only,) = store.records(connection, WRITER, 9)
    Trail(trail.engine, other, trail.now).seal()
    assert only.seq == 9
    found = trail.fault()
    assert found is not None
    assert (found.seq, found.flaw) == (0, "seal")


def test_what_is_not_true_is_not_sealed(trail: Trail) -> None:
    trail.add(20)
    with tampering(trail.engine) as connection:
        edit(connection)
    with pytest.raises(Unavailable, match=r"audit\.broken: record 14 of w00"):
        trail.seal()


def test_a_block_is_closed_after_a_while_and_the_chain_goes_on(trail: Trail) -> None:
    trail.add(4)
    assert trail.seal() == 0
    trail.now += CLOSED_AFTER
    assert trail.seal() == 1
    trail.add(9)
    assert trail.seal() == 1  # at 10 as always
    with reading(trail.engine) as connection:
        found = [(s.block, s.first, s.last) for s in store.seals(connection, WRITER)]
        blocks = [record.block for record in store.records(connection, WRITER)]
    assert found == [(0, 0, 3), (1, 4, 9)]
    assert blocks == [0] * 4 + [1] * 6 + [2] * 3
    assert trail.fault() is None


def test_a_daily_look_reads_what_is_new_and_trusts_the_seals_of_before(trail: Trail) -> None:
    trail.add(20)
    trail.seal()
    trail.add(5)
    with tampering(trail.engine) as connection:
        edit(connection)
        connection.execute(sa.update(AUDIT).where(SEQ == 22).values(fields="{}"))
    later = sealed_before(trail.now + timedelta(seconds=1))
    found, all_of_it = trail.fault(trusted=later), trail.fault()
    assert found is not None
    assert all_of_it is not None
    assert (found.seq, all_of_it.seq) == (22, 14)


def test_another_key_takes_over_and_what_the_first_one_sealed_still_counts(trail: Trail) -> None:
    trail.add(10)
    trail.seal()
    heads = trail.heads()
    first = trail.key
    assert (trail.folder / "audit-seal.key").stat().st_mode & 0o777 == 0o400
    second = make_key(trail.folder, trail.now, by=first)
    assert load_key(trail.folder).id == second.id != first.id
    trail.add(10)
    trail.seal()
    assert trail.public.roots == (first.id,)
    assert trail.fault(heads + trail.heads()) is None


def test_nobody_else_introduces_a_key(trail: Trail) -> None:
    other = make_key(trail.folder / "other", trail.now)
    make_key(trail.folder, trail.now, by=other)
    with pytest.raises(Unavailable, match="nobody vouches"):
        load_public(trail.folder / "audit-seal.pub")


def test_a_head_that_was_changed_is_no_head(trail: Trail) -> None:
    trail.add(3)
    line = Signing(trail.engine, trail.key, trail.public).export_heads(trail.now)
    assert read_heads(f"{line}\n\n", trail.public)[0].chains[WRITER].seq == 2
    older = line.replace("[2, ", "[1, ")
    assert older != line
    for text in (older, "{}", "[]", "nonsense", '{"at":"2026-03-02T03:00:00+00:00","chains":{}}'):
        with pytest.raises(Refused, match=r"audit\.heads"):
            read_heads(text, trail.public)


@pytest.mark.parametrize(
    "attempt",
    [
        sa.update(AUDIT).values(fields="{}"),
        sa.delete(AUDIT),
        sa.delete(AUDIT_SEAL),
        sa.update(AUDIT_SEAL).values(hash="0" * 64),
        sa.update(AUDIT_SEAL).values(removed_signature="AAAA", hash="0" * 64),
        sa.text("DROP TABLE audit_nothing"),
    ],
    ids=["edit", "delete", "delete seals", "edit seals", "tombstone and edit", "wrong"],
)
def test_the_database_itself_only_lets_records_be_added(
    trail: Trail, attempt: sa.Executable
) -> None:
    trail.add(12)
    trail.seal()
    with pytest.raises(sa.exc.DBAPIError), writing(trail.engine) as connection:
        connection.execute(attempt)
    assert trail.fault() is None


def test_a_trail_that_cannot_be_written_says_so(trail: Trail) -> None:
    with unwritable(trail.engine), pytest.raises(Unavailable, match=r"audit\.unavailable"):
        trail.add(1)
    trail.add(1)
    assert trail.fault() is None
