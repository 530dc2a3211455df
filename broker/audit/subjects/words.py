"""An event as whoever it is about is told of it: what, when, and at which system. Pure.

Who it was about is themselves; which employee did it is not said, only that somebody did.
"""

from dataclasses import dataclass
from datetime import datetime

from broker.audit.events import EXAMPLES
from broker.audit.store import Entry

_SENTENCES = {
    type(event).NAME: (type(event).__doc__ or "")
    .strip()
    .partition(". ")[0]
    .partition("\n")[0]
    .rstrip(".")
    for event in EXAMPLES
}
_SYSTEMS = ("federation", "service", "idp", "organisation")
_MORE = ("change", "decision", "role", "assurance", "code", "what")


@dataclass(frozen=True, slots=True)
class Line:
    """One record, as it is told."""

    at: datetime
    event: str
    what: str
    system: str
    more: str
    reference: str


def told(entry: Entry) -> Line:
    """A record without the names of others in it."""
    fields = entry.fields
    system = " ".join(f"{name} {fields[name]}" for name in _SYSTEMS if fields.get(name))
    more = " ".join(f"{name} {fields[name]}" for name in _MORE if fields.get(name))
    what = _SENTENCES.get(entry.event, entry.event)
    return Line(entry.at, entry.event, what, system, more, entry.reference)
