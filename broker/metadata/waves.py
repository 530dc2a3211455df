"""One IdP at many services in one decision: planned, opened, tested, paused, resumed, closed.

What is decided stands in the services' documents, as what a file says does; each function here
takes such an entry and gives the one that shall count. The dates are evaluated at each login.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from broker.saml.entities import Localised

Entry = dict[str, object]
Edit = Callable[[Entry], Entry]
What = Literal["plan", "approve", "open", "trial", "pause", "resume", "close"]


@dataclass(frozen=True, slots=True)
class Signed:
    """Who asked, who said yes, and in which case; None leaves what is there."""

    requested_by: str | None = None
    approved_by_owner: str | None = None
    approved_by_operator: str | None = None
    case_no: str | None = None

    def on(self, entry: Entry) -> Entry:
        """The entry with these names on it."""
        named = {
            "requested_by": self.requested_by,
            "approved_by_owner": self.approved_by_owner,
            "approved_by_operator": self.approved_by_operator,
            "case_no": self.case_no,
        }
        return {**entry, **{key: name for key, name in named.items() if name is not None}}


@dataclass(frozen=True, slots=True)
class Wave:
    """One IdP, and the services meant: those named, or all but some."""

    federation: str
    idp: str
    services: tuple[str, ...] = ()  # none named: all of them
    but: tuple[str, ...] = ()
    signed: Signed = field(default_factory=Signed)

    def meant(self, known: Iterable[str], relevant: Collection[str], what: What) -> list[str]:
        """The services of it: all there are, or all where the IdP is relevant already.

        Only a plan, a test and an opening bring an IdP to a service where it was not.
        """
        if self.services:
            return [code for code in self.services if code not in self.but]
        begins = what in ("plan", "open", "trial")
        return [code for code in known if code not in self.but and (begins or code in relevant)]


def plan(
    opens: datetime,
    closes: datetime | None = None,
    visible_from: datetime | None = None,
    reason: Localised | None = None,
) -> Edit:
    """Open from an instant on; until then people see the date, or from `visible_from` on."""

    def edit(entry: Entry) -> Entry:
        kept = _without(entry, "closes", "visible_from", "reason", *_NAMES)
        dates = {"opens": opens, "closes": closes, "visible_from": visible_from}
        kept.update({key: at for key, at in dates.items() if at is not None})
        return {**kept, **_said(reason)}

    return edit


def approve() -> Edit:
    """Nothing but the names of those who approve."""
    return dict


def activate(opens: datetime | None, closes: datetime | None) -> Edit:
    """Open to everybody between two instants; what held it up is over."""

    def edit(entry: Entry) -> Entry:
        kept = _without(entry, "opens", "closes", "visible_from", "reason", "pause", "test")
        dates = {"opens": opens, "closes": closes}
        return {**kept, **{key: at for key, at in dates.items() if at is not None}}

    return edit


def let_try(add: Collection[str], remove: Collection[str], since: datetime | None) -> Edit:
    """Let some in before it opens, by the ids of persons or accounts. R23."""

    def edit(entry: Entry) -> Entry:
        before = entry.get("test")
        known = before.get("users") if isinstance(before, Mapping) else ()
        listed = list(known) if isinstance(known, list | tuple) else []
        users = sorted(({*map(str, listed)} | set(add)) - set(remove))
        begun = since or (before.get("from") if isinstance(before, Mapping) else None)
        return {**entry, "test": {"users": users, **({"from": begun} if begun else {})}}

    return edit


def pause(since: datetime, until: datetime | None, reason: Localised) -> Edit:
    """Send nobody there, and tell people why."""
    told: Entry = {"since": since, "reason": _words(reason)}
    if until is not None:
        told["until"] = until
    return lambda entry: {**entry, "pause": told}


def resume() -> Edit:
    """What was held up goes on as it was planned."""
    return lambda entry: _without(entry, "pause")


def close(at: datetime, reason: Localised | None = None) -> Edit:
    """Over from an instant on, also for whoever is at the IdP then."""

    def edit(entry: Entry) -> Entry:
        kept = _without(entry, "reason", "closes")
        opens = kept.get("opens")
        begun = datetime.fromisoformat(opens) if isinstance(opens, str) else opens
        if isinstance(begun, datetime) and begun >= at:
            kept = _without(kept, "opens", "visible_from")
        return {**kept, "closes": at, **_said(reason)}

    return edit


_NAMES = ("requested_by", "approved_by_owner", "approved_by_operator")


def _without(entry: Entry, *keys: str) -> Entry:
    return {key: value for key, value in entry.items() if key not in keys}


def _said(reason: Localised | None) -> Entry:
    return {} if reason is None else {"reason": _words(reason)}


def _words(reason: Localised) -> dict[str, object]:
    return {"da": reason.da, "en": reason.en}
