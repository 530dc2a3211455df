"""Facts about how ready partners are for a key of ours. Frozen; no clock and no database."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Literal

from broker.metadata.rollover.model import Side, Use
from broker.metadata.speech import Reads

Kind = Literal[
    "fetched", "endpoint", "answered", "returned", "opened", "rehearsed", "failed", "verified"
]
"""What was seen of a partner. The detail of each is an epoch of ours, unless it says otherwise.

    fetched    it loaded a document in which a key stands; the detail is its use and epoch
    endpoint   a verified request of its came to the epoch's own address
    answered   a login at the service was answered with the epoch's key
    returned   a good answer came back to a request that the epoch's key signed
    opened     it encrypted to the epoch's key
    rehearsed  a login at the service was answered with the epoch's key in a browser that tries it
    failed     its login went in a circle, or came back as a failure, under the epoch's key
    verified   a message of its verified; the detail is the fingerprint of its own certificate
"""


def loaded(use: Use, epoch: str) -> str:
    """The detail of `fetched`: two slots of a side may have epochs of one name."""
    return f"{use}/{epoch}"


class Level(IntEnum):
    """How ready a partner is, from no sign to proof."""

    NOTHING = 0
    FETCHED = 1  # the document of the time after; fetched is not loaded
    SAID = 2  # somebody answers for it
    TRIED = 3  # a dry run was accepted, or it loads daily and has shown that it reads several
    USED = 4  # it works under the new key


@dataclass(frozen=True, slots=True)
class Sign:
    """What was seen of one partner within one hour, summed."""

    kind: Kind
    detail: str
    hour: datetime
    count: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody answers for. The newest counts; one of level 0 takes it back."""

    level: Level
    said_by: str  # who at the partner
    by: str  # who wrote it down
    at: datetime
    reason: str = ""


SIGNS = "signs"
"""Who wrote a claim that no person made: what was seen of the partner, kept as of an instant."""

REHEARSED = Level.FETCHED
"""The level of a claim by SIGNS that a login was tried: nobody is ready by it, but it lets one
person's word count who says that the trial was accepted.
"""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known of one partner and one plan."""

    signs: tuple[Sign, ...] = ()
    claims: tuple[Claim, ...] = ()
    reads: Reads = "several"
    several_proven: bool = False  # it came through an earlier overlap without doing anything
    fetches_guessed: bool = False  # that it fetched may rest on what a program calls itself
    critical: bool = False  # it would be held, so that one person's word is not enough


Because = Literal[
    "nothing", "fetched", "said", "alone", "tried", "loads_daily", "endpoint", "logins", "opened"
]


@dataclass(frozen=True, slots=True)
class Reached:
    """A level, what shows it, and since when."""

    level: Level
    because: Because
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Partner:
    """Whom a plan concerns: a service on our IdP side, an identity provider on our SP side."""

    side: Side
    code: str
    row: int
    name: str
    owner: str
    critical: bool
    reads: Reads
    guessed: bool = False  # known at everybody's addresses by a User-Agent alone


@dataclass(frozen=True, slots=True)
class Line:
    """One partner on the board of a plan."""

    partner: Partner
    reached: Reached
    daily: float  # logins a day, over the last week
    failures: int  # under the new key, in the last day
    risk: float
    last_fetch: datetime | None
    trials: int  # logins in browsers that tried the new key, since the announcement
    last_trial: datetime | None
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What became of something that somebody answered for."""

    partner: Partner
    level: Level  # as what it counts
    alone: bool  # it counts for less than was said: nothing was seen, and nobody else says so
