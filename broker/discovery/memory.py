"""What a browser remembers of choices: one sealed cookie, of services and logins, of nobody.

`last used` is kept at each choice and only reorders the page; `remembered` was ticked, counts for
one service and passes the page by. Both are forgotten after 90 days. A cookie that cannot be
opened is none.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from broker.sealing import SealingKeys

COOKIE = "__Host-choices"
LIFE = timedelta(days=90)
MAX_KEPT = 16
MAX_BYTES = 2048
ASKED_FOR = timedelta(minutes=5)  # how long a start link waits for its service to ask
_BOUND = COOKIE.encode()


@dataclass(frozen=True, slots=True)
class Kept:
    """One service's entry: rows of the registry, and instants."""

    service: int
    idp: int
    at: datetime
    remembered: bool = False
    once: bool = False  # asked for by a start link, for the next login alone

    def counts(self, now: datetime) -> bool:
        """Whether it is not too old."""
        return timedelta(0) <= now - self.at < (ASKED_FOR if self.once else LIFE)


Memory = tuple[Kept, ...]


def of_service(memory: Memory, service: int, now: datetime) -> Kept | None:
    """What was used last for the service."""
    return next((k for k in memory if k.service == service and not k.once and k.counts(now)), None)


def asked_once(memory: Memory, service: int, now: datetime) -> Kept | None:
    """What a start link asked for a moment ago."""
    return next((k for k in memory if k.service == service and k.once and k.counts(now)), None)


def with_choice(memory: Memory, kept: Kept) -> Memory:
    """The memory with one more choice, the newest first; the oldest goes when there are many."""
    others = (k for k in memory if k.service != kept.service or k.once != kept.once)
    return (kept, *others)[:MAX_KEPT]


def without(memory: Memory, services: Iterable[int]) -> Memory:
    """The memory without these services."""
    gone = set(services)
    return tuple(k for k in memory if k.service not in gone)


def not_once(memory: Memory, service: int) -> Memory:
    """The memory after a start link has been followed."""
    return tuple(k for k in memory if k.service != service or not k.once)


def seal(keys: SealingKeys, memory: Memory) -> str:
    """The cookie's value; whatever would make it too large is left out, the oldest first."""
    kept = list(memory[:MAX_KEPT])
    while True:
        rows = [[k.service, k.idp, int(k.at.timestamp()), k.remembered + 2 * k.once] for k in kept]
        plain = json.dumps(rows, separators=(",", ":")).encode()
        value = base64.urlsafe_b64encode(keys.seal(plain, _BOUND)).decode().rstrip("=")
        if len(value) + len(COOKIE) <= MAX_BYTES:
            return value
        kept.pop()


def read(keys: SealingKeys, value: str | None, now: datetime) -> Memory:
    """What the cookie says and still counts; nothing where it is none of ours."""
    if not value or len(value) > MAX_BYTES:
        return ()
    try:
        raw = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
        plain = keys.open(raw, _BOUND)
        rows = json.loads(plain) if plain is not None else []
        found = [_kept(row, now) for row in rows]
    except (binascii.Error, ValueError, TypeError, LookupError, OverflowError):
        return ()
    return tuple(kept for kept in found if kept.counts(now))[:MAX_KEPT]


def _kept(row: Sequence[int], now: datetime) -> Kept:
    service, idp, at, flags = row
    when = datetime.fromtimestamp(at, now.tzinfo)
    return Kept(service, idp, when, bool(flags & 1), bool(flags & 2))
