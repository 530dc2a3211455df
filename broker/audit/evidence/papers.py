"""Evidence as a file: taken out where the database is, opened where the private key is.

A line for each box, and one for what the audit trail says of the login, so that whoever opens it
sees whether the box is the one that was written then.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from broker.audit.evidence.box import id_of, open_box
from broker.audit.evidence.model import Bound, Kept, Message, unpack
from broker.errors import Refused

Told = Sequence[tuple[str, dict[str, object]]]


@dataclass(frozen=True, slots=True)
class Opened:
    """One box, opened: what it belongs to, its messages, and whether the trail names it."""

    bound: Bound
    messages: tuple[Message, ...]
    named: bool  # an event of the trail has its SHA-256


def write_papers(kept: Sequence[Kept], told: Told) -> Iterator[str]:
    """The lines of a file."""
    for event, fields in told:
        yield json.dumps({"type": "event", "event": event, "fields": fields}, ensure_ascii=False)
    for one in kept:
        facts = {
            "type": "evidence",
            "id": one.id,
            "kind": one.bound.kind,
            "reference": one.bound.reference,
            "federation": one.bound.federation,
            "at": one.bound.at.isoformat(),
            "request": one.bound.request,
            "key": one.key,
            "box": base64.b64encode(one.box).decode(),
        }
        yield json.dumps(facts)


def open_papers(lines: Iterable[str], private: X25519PrivateKey) -> Iterator[Opened]:
    """Every box of a file, in its order. Raises Refused("evidence.*") at one that was changed."""
    named: set[str] = set()
    for number, line in enumerate(lines, 1):
        try:
            facts = json.loads(line)
            if facts["type"] == "event":
                named.add(str(facts["fields"].get("evidence", "")))
                continue
            kept = _kept(facts)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise Refused("evidence.file", f"line {number} cannot be read") from error
        if kept.key != id_of(private):
            raise Refused("evidence.key", f"line {number} is for key {kept.key}")
        if kept.bound.kind == "login" and kept.id != hashlib.sha256(kept.box).hexdigest():
            raise Refused("evidence.box", f"line {number} is not what its number says")
        packed = open_box(kept.box, private, kept.bound)
        yield Opened(kept.bound, unpack(packed), kept.id in named)


def _kept(facts: dict[str, str]) -> Kept:
    if facts["kind"] not in ("login", "request"):
        raise ValueError("neither a login nor a request")
    bound = Bound(
        "login" if facts["kind"] == "login" else "request",
        facts["reference"],
        facts["federation"],
        datetime.fromisoformat(facts["at"]),
        facts["request"],
    )
    return Kept(facts["id"], bound, facts["key"], base64.b64decode(facts["box"], validate=True))
