"""What is kept of a login: messages to the byte, and what they belong to."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

KEPT = timedelta(days=180)
ABANDONED = timedelta(days=2)  # a request that no login ended within is nobody's evidence

Kind = Literal["login", "request"]
What = Literal["request", "response", "issued"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it came or went.

    A request by HTTP-Redirect is the whole query string, which is what was signed; every other
    message is its XML.
    """

    what: What
    binding: Literal["redirect", "post"]
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Bound:
    """What a box belongs to; it opens with nothing else."""

    kind: Kind
    reference: str
    federation: str
    at: datetime
    request: str | None  # by which a login finds the request that began it

    def written(self) -> bytes:
        """As the cipher takes it."""
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        facts = [self.kind, self.reference, self.federation, at, self.request or ""]
        return b"\n".join((b"broker evidence 1", *(fact.encode() for fact in facts)))


@dataclass(frozen=True, slots=True)
class Kept:
    """A row of the store: sealed, and bound to what it says of itself."""

    id: str
    bound: Bound
    key: str
    box: bytes = field(repr=False)


def request_key(federation: str, service: str, request_id: str) -> str:
    """What a service's request is found by: one row, however often it is sent."""
    said = "\x00".join((federation, service, request_id)).encode()
    return hashlib.sha256(said).hexdigest()


def pack(messages: Sequence[Message]) -> bytes:
    """Messages as one piece: a line that says what follows, and their bytes."""
    head = [[one.what, one.binding, len(one.content)] for one in messages]
    line = json.dumps(head, separators=(",", ":")).encode()
    return b"\n".join((line, b"".join(one.content for one in messages)))


def unpack(packed: bytes) -> tuple[Message, ...]:
    """The messages of one piece. Raises ValueError where it is none."""
    line, _, rest = packed.partition(b"\n")
    found: list[Message] = []
    for what, binding, length in json.loads(line):
        found.append(Message(what, binding, rest[:length]))
        rest = rest[length:]
    if rest:
        raise ValueError("more than it says")
    return tuple(found)
