"""What is signed of the trail, and what is found when it is verified."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from broker.audit.chained import canonical

Kind = Literal["seal", "removed", "heads", "end", "key"]


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature, and which key made it."""

    key: str
    signature: str  # base64


@dataclass(frozen=True, slots=True)
class Seal:
    """A block as it was when it was signed, and that it was removed since, where it was."""

    writer: str
    block: int
    first: int
    last: int
    prev_hash: str  # of the record before it
    hash: str  # of its last record
    newest: datetime  # of its records
    at: datetime
    signed: Signed
    removed_at: datetime | None = None
    removed: Signed | None = None

    def said(self) -> bytes:
        """What the signature covers."""
        return seal_said(
            self.writer,
            self.block,
            (self.first, self.last),
            (self.prev_hash, self.hash),
            self.newest,
            self.at,
        )

    def removal_said(self) -> bytes:
        """What the tombstone's signature covers."""
        at = written(self.removed_at) if self.removed_at else ""
        return said("removed", {"writer": self.writer, "block": self.block, "at": at} | _of(self))


@dataclass(frozen=True, slots=True)
class Head:
    """The last record of a chain at some instant."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Heads:
    """The last record of every chain, exported so that it cannot be taken back."""

    at: datetime
    chains: Mapping[str, Head]


Flaw = Literal["changed", "missing", "moved", "truncated", "rewritten", "seal", "removed"]

WORDS: dict[Flaw, str] = {
    "changed": "is not as it was written",
    "missing": "is not there, though later ones are",
    "moved": "is not where it was written",
    "truncated": "is not there, nor is anything after it",
    "rewritten": "or one after it was written anew: the chain follows, and not as it was signed",
    "seal": "begins a block whose seal is gone or false",
    "removed": "begins a block that was removed without a tombstone of ours",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """The first record of a chain that is not as it was written."""

    writer: str
    seq: int
    flaw: Flaw

    def __str__(self) -> str:
        return f"record {self.seq} of {self.writer} {WORDS[self.flaw]}"


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found of one chain."""

    writer: str
    records: int
    last: int  # the last record's number; -1 where there never was one
    sealed: int
    removed: int
    fault: Fault | None = None
    hash: str = ""  # of the last record


def said(kind: Kind, what: Mapping[str, object]) -> bytes:
    """What a signature covers: what it is for, so that none stands for another, and the facts."""
    return f"broker audit {kind} 1\n{canonical(what)}".encode()


def seal_said(
    writer: str,
    block: int,
    place: tuple[int, int],
    hashes: tuple[str, str],
    newest: datetime,
    at: datetime,
) -> bytes:
    """What the signature of a seal covers."""
    what = {
        "writer": writer,
        "block": block,
        "first": place[0],
        "last": place[1],
        "prev_hash": hashes[0],
        "hash": hashes[1],
        "newest": written(newest),
        "at": written(at),
    }
    return said("seal", what)


def heads_said(heads: Heads) -> bytes:
    """What the signature of heads covers."""
    return said("heads", {"at": written(heads.at), "chains": chains_of(heads)})


def chains_of(heads: Heads) -> dict[str, object]:
    """Heads as they stand in a file."""
    return {writer: [head.seq, head.hash] for writer, head in sorted(heads.chains.items())}


def written(at: datetime) -> str:
    """An instant, spelled in one way."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _of(seal: Seal) -> dict[str, object]:
    return {"first": seal.first, "last": seal.last, "hash": seal.hash}
