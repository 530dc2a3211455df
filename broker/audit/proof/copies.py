"""The trail as JSON Lines: a copy that anybody can verify who has the public keys.

    {"type": "copy", …}    from when, until when, made when
    {"type": "record", …}  each record of each chain in order, with its hashes
    {"type": "seal", …}    the seals of those blocks
    {"type": "end", …}     where each chain begins and ends, signed

A chain in a copy has no gaps: it goes from the first record of the time to the last, and may
hold a few that clocks of several nodes put beside it.
"""

import json
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import chain, groupby
from uuid import UUID

from broker.audit.chained import GENESIS, Record
from broker.audit.proof import store
from broker.audit.proof.checking import Chain, Place, no_seal
from broker.audit.proof.keys import AuditKey, PublicKeys
from broker.audit.proof.model import Checked, Fault, Seal, Signed, said, written
from broker.db import Engine, reading
from broker.errors import Refused

Facts = Mapping[str, object]


def write_copy(
    engine: Engine, key: AuditKey, since: datetime, until: datetime, now: datetime
) -> Iterator[str]:
    """The lines of a copy, as one moment has the trail."""
    yield _line(
        {
            "type": "copy",
            "version": 1,
            "from": written(since),
            "to": written(until),
            "at": written(now),
        }
    )
    ends: dict[str, list[object]] = {}
    with reading(engine) as connection:
        for writer, first, last in store.spans(connection, since, until):
            hashed, begins = "", None
            for record in store.records(connection, writer, first, last):
                begins = begins or record
                hashed = record.hash
                yield _line({"type": "record", **_plain(record)})
            if begins is not None:
                ends[writer] = [first, begins.block, begins.prev_hash, last, hashed]
            for seal in store.seals(connection, writer):
                if seal.removed_at is None and seal.last >= first and seal.last <= last:
                    yield _line({"type": "seal", **_sealed(seal)})
    facts: dict[str, object] = {
        "from": written(since),
        "to": written(until),
        "at": written(now),
        "chains": ends,
    }
    signed = key.sign(said("end", facts))
    yield _line({"type": "end", **facts, "key": signed.key, "signature": signed.signature})


@dataclass(slots=True)
class _Copy:
    """What the whole of a copy says, beside its records."""

    seals: dict[str, list[Seal]] = field(default_factory=dict)
    end: Facts | None = None


def verify_copy(lines: Iterable[str], public: PublicKeys) -> Iterator[Checked]:
    """What is found of each chain of a copy. Raises Refused("audit.copy") where it is none.

    Twice through the lines would be once too often for a pipe, so each chain is followed as it
    comes, from where it says that it begins; the signed end then says whether that is true.
    """
    copy = _Copy()
    seen: dict[str, tuple[Record, Checked]] = {}
    facts = _facts(lines)
    head = next(facts, None)
    if head is None or head.get("type") != "copy":
        raise Refused("audit.copy", "the first line is not that of a copy")
    for writer, group in groupby(facts, key=_whose):
        if writer == "":
            _keep(group, copy)
            continue
        records = map(_record, group)
        first = next(records)
        if writer in seen:
            raise Refused("audit.copy", f"{writer} comes in two pieces")
        start = Place(first.seq, first.block, first.prev_hash)
        follow = Chain(writer, public, start=start, alone=True)
        again = (record for record in chain([first], records))
        seen[writer] = first, follow.check(partial(_same, again), no_seal)
    yield from _ended(copy, seen, public)


def _ended(
    copy: _Copy, seen: Mapping[str, tuple[Record, Checked]], public: PublicKeys
) -> Iterator[Checked]:
    """What was found, against the signed end and the seals."""
    end = copy.end
    if end is None:
        raise Refused("audit.copy", "it has no end: something was cut off")
    signed = Signed(str(end.get("key")), str(end.get("signature")))
    covered = said("end", {name: end.get(name) for name in ("from", "to", "at", "chains")})
    if not public.holds(signed, covered):
        raise Refused("audit.copy", "its end has no signature of ours")
    promised = end["chains"]
    if not isinstance(promised, Mapping):
        raise Refused("audit.copy", "its end is not one of ours")
    for writer in sorted({*promised, *seen}):
        begins, block, before, last, hashed = promised.get(writer, (0, 0, GENESIS, -1, ""))
        if writer not in seen:
            yield Checked(writer, 0, -1, 0, 0, Fault(writer, int(begins), "truncated"))
            continue
        first, checked = seen[writer]
        fault = checked.fault
        if fault is None and (first.seq, first.block, first.prev_hash) != (begins, block, before):
            fault = Fault(writer, int(begins), "missing" if first.seq > begins else "rewritten")
        if fault is None and checked.last < last:
            fault = Fault(writer, checked.last + 1, "truncated")
        if fault is None and checked.hash != hashed:
            fault = Fault(writer, first.seq, "rewritten")
        sealed = 0
        for seal in copy.seals.get(writer, ()):
            good = public.holds(seal.signed, seal.said())
            if fault is None and not good:
                fault = Fault(writer, seal.first, "seal")
            sealed += good
        yield Checked(writer, checked.records, checked.last, sealed, 0, fault, checked.hash)


def _keep(group: Iterable[Facts], copy: _Copy) -> None:
    for facts in group:
        if facts["type"] == "end":
            copy.end = facts
        elif facts["type"] == "seal":
            seal = _seal(facts)
            copy.seals.setdefault(seal.writer, []).append(seal)
        else:
            raise Refused("audit.copy", f"a line of another kind: {facts['type']}")


def _facts(lines: Iterable[str]) -> Iterator[Facts]:
    for number, line in enumerate(lines, 1):
        try:
            found = json.loads(line)
            _ = found["type"]
        except (ValueError, LookupError, TypeError) as error:
            raise Refused("audit.copy", f"line {number} cannot be read") from error
        yield found


def _same(records: Generator[Record], _since: int) -> Generator[Record]:
    return records


def _whose(facts: Facts) -> str:
    return str(facts.get("writer", "")) if facts["type"] == "record" else ""


def _line(facts: Facts) -> str:
    return json.dumps(facts, ensure_ascii=False)


def _plain(record: Record) -> dict[str, object]:
    subject = str(record.subject) if record.subject else None
    return {**record._asdict(), "at": written(record.at), "subject": subject}


def _record(facts: Facts) -> Record:
    try:
        subject = facts["subject"]
        return Record(
            writer=str(facts["writer"]),
            seq=int(str(facts["seq"])),
            block=int(str(facts["block"])),
            at=datetime.fromisoformat(str(facts["at"])),
            reference=str(facts["reference"]),
            event=str(facts["event"]),
            fields=str(facts["fields"]),
            subject=UUID(str(subject)) if subject else None,
            prev_hash=str(facts["prev_hash"]),
            hash=str(facts["hash"]),
        )
    except (ValueError, LookupError) as error:
        raise Refused("audit.copy", "a record that is none") from error


def _sealed(seal: Seal) -> dict[str, object]:
    return {
        "writer": seal.writer,
        "block": seal.block,
        "first": seal.first,
        "last": seal.last,
        "prev_hash": seal.prev_hash,
        "hash": seal.hash,
        "newest": written(seal.newest),
        "at": written(seal.at),
        "key": seal.signed.key,
        "signature": seal.signed.signature,
    }


def _seal(facts: Facts) -> Seal:
    try:
        return Seal(
            writer=str(facts["writer"]),
            block=int(str(facts["block"])),
            first=int(str(facts["first"])),
            last=int(str(facts["last"])),
            prev_hash=str(facts["prev_hash"]),
            hash=str(facts["hash"]),
            newest=datetime.fromisoformat(str(facts["newest"])),
            at=datetime.fromisoformat(str(facts["at"])),
            signed=Signed(str(facts["key"]), str(facts["signature"])),
        )
    except (ValueError, LookupError) as error:
        raise Refused("audit.copy", "a seal that is none") from error
