"""The first record of a chain that is not as it was written. Pure, and one pass.

What is read need not be the whole chain: blocks that were removed, or that were read another
day, are stepped over by their seals.
"""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from broker.audit.chained import BLOCK, GENESIS, Record, digest
from broker.audit.proof.keys import PublicKeys
from broker.audit.proof.model import Checked, Fault, Flaw, Head, Seal


@dataclass(slots=True)
class Place:
    """Where the next record has to be, and what it has to follow."""

    seq: int = 0
    block: int = 0
    hash: str = GENESIS


class _Found(Exception):
    """Stops at the first fault."""

    def __init__(self, seq: int, flaw: Flaw) -> None:
        super().__init__(seq, flaw)
        self.seq, self.flaw = seq, flaw


class Chain:
    """Follows one chain: first over seals, then record by record, then to its end."""

    def __init__(
        self,
        writer: str,
        keys: PublicKeys,
        seals: Sequence[Seal] = (),
        heads: Sequence[Head] = (),
        start: Place | None = None,
        *,
        alone: bool = False,
    ) -> None:
        """`alone` are records that came without the seals of their blocks."""
        self.writer = writer
        self.place = start or Place()
        self._keys, self._alone = keys, alone
        self._seals = {seal.block: seal for seal in seals}
        self._heads = {head.seq: head.hash for head in heads}
        self._known_good = self.place.seq  # every record before this one is as a head has it
        self._end = max((head.seq for head in heads), default=-1)
        self._begins: Place | None = None  # where the open block begins
        self._records = self._sealed = self._removed = 0

    def check(
        self, records: Callable[[int], Generator[Record]], trusted: Callable[[Seal], bool]
    ) -> Checked:
        """What is found; `records` reads the chain from a number on.

        Blocks whose seal is `trusted` are not read, nor those that were removed.
        """
        fault = None
        try:
            self._step_over(trusted)
            with closing(records(self.place.seq)) as found_here:
                for record in found_here:
                    self._follow(record)
            self._finish()
        except _Found as found:
            fault = Fault(self.writer, found.seq, found.flaw)
        last = self.place.seq - 1
        counts = (self._records, last, self._sealed, self._removed)
        return Checked(self.writer, *counts, fault, self.place.hash)

    def _step_over(self, trusted: Callable[[Seal], bool]) -> None:
        while (seal := self._seals.get(self.place.block)) is not None:
            removed = seal.removed_at is not None
            if not removed and not trusted(seal):
                return
            if removed and not self._keys.holds(seal.removed, seal.removal_said()):
                raise _Found(seal.first, "removed")
            self._check_seal(seal, self.place)
            self._compare(seal.last, seal.hash)
            self._removed += removed
            self.place = Place(seal.last + 1, seal.block + 1, seal.hash)

    def _follow(self, record: Record) -> None:
        place = self.place
        if record.seq != place.seq:
            raise _Found(place.seq, "missing" if record.seq > place.seq else "moved")
        follows, intact = record.prev_hash == place.hash, digest(record) == record.hash
        if not intact or record.writer != self.writer:
            raise _Found(place.seq, "changed" if follows else "moved")
        if not follows and self._records == 0:
            raise _Found(place.seq, "moved")
        if not follows:
            # It is whole and follows another: the one before is not the one that was there.
            raise _Found(place.seq - 1, "changed")
        if self._begins is None:
            self._begins = Place(place.seq, record.block, place.hash)
            if record.block != place.block:
                raise _Found(place.seq, "moved")
        elif record.block != self._begins.block:
            self._close_block(record)
        self._compare(record.seq, record.hash)
        self._records += 1
        self.place = Place(record.seq + 1, record.block, record.hash)

    def _close_block(self, record: Record) -> None:
        """The block before ended here: because it was full, or because it was sealed."""
        begins, place = self._begins, self.place
        if begins is None:
            raise AssertionError("a block ended that never began")
        seal = self._seals.get(begins.block)
        early = record.seq % BLOCK != 0 and not self._alone
        if record.block != begins.block + 1 or (early and seal is None):
            raise _Found(begins.seq if early and seal is None else record.seq, "seal")
        if seal is not None:
            if (seal.last, seal.hash) != (place.seq - 1, place.hash):
                raise _Found(begins.seq, "rewritten" if seal.last == place.seq - 1 else "seal")
            self._check_seal(seal, begins)
        elif any(block > begins.block for block in self._seals):
            raise _Found(begins.seq, "seal")
        self._begins = Place(place.seq, record.block, place.hash)

    def _finish(self) -> None:
        """The last block, and whatever was known of records that come later."""
        begins = self._begins
        if begins is not None and (seal := self._seals.get(begins.block)) is not None:
            if seal.last > self.place.seq - 1:
                raise _Found(self.place.seq, "truncated")
            if (seal.last, seal.hash) != (self.place.seq - 1, self.place.hash):
                raise _Found(begins.seq, "rewritten")
            self._check_seal(seal, begins)
        later = max((seal.last for seal in self._seals.values()), default=-1)
        if max(later, self._end) >= self.place.seq:
            raise _Found(self.place.seq, "truncated")

    def _check_seal(self, seal: Seal, begins: Place) -> None:
        placed = (seal.first, seal.block, seal.prev_hash) == (
            begins.seq,
            begins.block,
            begins.hash,
        )
        if not placed or seal.writer != self.writer or seal.last < seal.first:
            raise _Found(begins.seq, "seal")
        if not self._keys.holds(seal.signed, seal.said()):
            raise _Found(begins.seq, "seal")
        self._sealed += 1

    def _compare(self, seq: int, hashed: str) -> None:
        """With what was exported of this record, where it was once the last."""
        known = self._heads.get(seq)
        if known is None:
            return
        if known != hashed:
            raise _Found(self._known_good, "rewritten")
        self._known_good = seq + 1


def no_seal(_seal: Seal) -> bool:
    """Nothing is taken on trust: every record that is there is read."""
    return False


def by_writer(heads: Iterable[Mapping[str, Head]]) -> dict[str, list[Head]]:
    """What was exported of each chain, over the years."""
    found: dict[str, list[Head]] = {}
    for one in heads:
        for writer, head in one.items():
            found.setdefault(writer, []).append(head)
    return found
