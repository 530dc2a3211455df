"""Blocks sealed, and heads exported: what a database alone cannot make, and not take back."""

import json
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from broker.audit.chained import BLOCK
from broker.audit.proof import store
from broker.audit.proof.checking import Chain, Place, no_seal
from broker.audit.proof.keys import AuditKey, PublicKeys
from broker.audit.proof.model import (
    Head,
    Heads,
    Seal,
    Signed,
    chains_of,
    heads_said,
    written,
)
from broker.audit.store import hold_writer
from broker.db import Connection, Engine, reading, writing
from broker.errors import Refused, Unavailable

CLOSED_AFTER = timedelta(days=30)  # a block is sealed by then, however few records it has

_LOGGER = logging.getLogger("broker.security")


@dataclass(frozen=True, slots=True)
class Signing:
    """Seals what is complete, with the key that lies where jobs run."""

    engine: Engine
    key: AuditKey
    public: PublicKeys

    def seal(self, now: datetime, goes_on: Callable[[], bool] = lambda: True) -> int:
        """Seal every block that is full, and those that have stood open for too long.

        How many. Raises Unavailable("audit.broken") at a record that is not as it was written:
        what is not true is not signed.
        """
        with reading(self.engine) as connection:
            names = store.writers(connection)
        sealed = 0
        for writer in names:
            if not goes_on():
                break
            with writing(self.engine) as connection:
                hold_writer(connection, writer)
                for block in store.unsealed(connection, writer):
                    if _complete(block, now):
                        store.add_seal(connection, self._seal(connection, block, now))
                        sealed += 1
        return sealed

    def _seal(self, connection: Connection, block: store.Open, now: datetime) -> Seal:
        known = store.seals(connection, block.writer)
        before = known[-1] if known else None
        start = Place(before.last + 1, before.block + 1, before.hash) if before else Place()
        found = list(store.records(connection, block.writer, start.seq, block.last))
        chain = Chain(block.writer, self.public, start=start)
        checked = chain.check(lambda _: (record for record in found), no_seal)
        if checked.fault is not None or start.block != block.block:
            raise Unavailable("audit.broken", str(checked.fault or f"block {block.block}"))
        seal = Seal(
            writer=block.writer,
            block=block.block,
            first=start.seq,
            last=block.last,
            prev_hash=start.hash,
            hash=found[-1].hash,
            newest=max(record.at for record in found),
            at=now,
            signed=Signed("", ""),
        )
        return replace(seal, signed=self.key.sign(seal.said()))

    def export_heads(self, now: datetime, file: Path | None = None) -> str:
        """One signed line with the last record of every chain; to the security log and a file."""
        with reading(self.engine) as connection:
            heads = Heads(now, store.heads(connection))
        signed = self.key.sign(heads_said(heads))
        facts = {"at": written(now), "chains": chains_of(heads)}
        line = json.dumps({**facts, "key": signed.key, "signature": signed.signature})
        if file is not None:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(descriptor, "a", encoding="utf-8") as kept:
                kept.write(line + "\n")
                kept.flush()
                os.fsync(descriptor)
        _LOGGER.info("audit.heads", extra={"code": "ok", "reference": "", "heads": line})
        return line


def read_heads(text: str, public: PublicKeys) -> list[Heads]:
    """Heads that were exported, a line each. Raises Refused("audit.heads") where one is forged."""
    found: list[Heads] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            facts = json.loads(line)
            at = datetime.fromisoformat(facts["at"])
            chains = {
                str(name): Head(int(seq), str(hashed))
                for name, (seq, hashed) in facts["chains"].items()
            }
            heads, signed = Heads(at, chains), Signed(facts["key"], facts["signature"])
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise Refused("audit.heads", f"line {number} is no head") from error
        if not public.holds(signed, heads_said(heads)):
            raise Refused("audit.heads", f"line {number} has no signature of ours")
        found.append(heads)
    return found


def _complete(block: store.Open, now: datetime) -> bool:
    """Whether nothing is added to a block any more, or nothing shall be."""
    full = (block.last + 1) % BLOCK == 0
    return block.followed or full or block.oldest <= now - CLOSED_AFTER
