"""An event of the trail as a sentence: who did what to whom, in the language of the page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from broker.audit.store import Entry
from broker.portals.organisation.mandates import KINDS
from broker.web.language import Text
from broker.web.language import Text as _

# By the name of the event; a dot and one of its fields' values where it has several meanings.
_WORDS: dict[str, Text] = {
    "grant.given": _("%(by)s gave %(account)s the role %(role)s."),
    "grant.changed.extended": _("%(by)s extended the role %(role)s of %(account)s."),
    "grant.changed.shortened": _("%(by)s shortened the role %(role)s of %(account)s."),
    "grant.changed.narrowed": _("%(by)s narrowed the role %(role)s of %(account)s."),
    "grant.ended": _("%(by)s ended the role %(role)s of %(account)s."),
    "entitlement.changed": _("%(by)s changed what the organisation may give of %(role)s."),
    "bundle.changed": _("%(by)s changed a bundle of roles."),
    "request.sent": _("%(by)s asked for the role %(role)s for %(subject)s (%(number)s)."),
    "request.decided.approve": _("%(by)s approved request %(number)s."),
    "request.decided.reject": _("%(by)s rejected request %(number)s."),
    "request.decided.ask": _("%(by)s asked a question about request %(number)s."),
    "request.decided.answer": _("%(by)s answered a question about request %(number)s."),
    "request.decided.forward": _("%(by)s handed request %(number)s to %(to)s."),
    "request.decided.withdraw": _("%(by)s withdrew request %(number)s."),
    "request.finished.done": _("Request %(number)s was carried out."),
    "request.finished.failed": _("Request %(number)s could not be carried out."),
    "review.changed": _("%(by)s planned, opened or closed a review."),
    "review.decided": _("%(by)s decided on a role under review."),
    "import.changed.previewed": _("%(by)s uploaded a file with people and roles."),
    "import.changed.confirmed": _("%(by)s confirmed an import."),
    "import.changed.applied": _(
        "%(by)s applied an import: %(new)s new, %(changed)s changed, %(ended)s ended."
    ),
    "import.changed.undone": _("%(by)s took an import back."),
    "import.changed.discarded": _("%(by)s threw an uploaded file away."),
    "organisation.changed": _("%(by)s changed the organisation's own facts."),
    "organisation.administrators_missing.0": _("Nobody administers the organisation."),
    "organisation.administrators_missing.1": _("One administrator only was left."),
    "mandate.given": _("%(by)s made %(account)s %(mandate)s."),
    "mandate.taken": _("%(by)s withdrew the mandate of %(account)s as %(mandate)s."),
    "substitute.changed.named": _("%(by)s let %(substitute)s stand in for %(principal)s."),
    "substitute.changed.ended": _(
        "%(by)s recalled %(substitute)s, who stood in for %(principal)s."
    ),
    "account.changed.added": _("%(by)s added %(account)s."),
    "account.changed.changed": _("%(by)s changed the name or address of %(account)s."),
    "account.changed.moved": _("%(by)s moved %(account)s to another unit."),
    "account.changed.activated": _("%(account)s logged in for the first time."),
    "account.changed.suspended": _("%(by)s suspended %(account)s."),
    "account.changed.returned": _("%(by)s let %(account)s return."),
    "account.changed.left": _("%(by)s said that %(account)s left."),
    "account.changed.undone": _("%(by)s brought %(account)s back, who had left."),
    "account.merged": _("%(by)s made two accounts of %(new)s one."),
    "identity.changed.linked": _("%(by)s linked a login to %(account)s."),
    "identity.changed.unlinked": _("%(by)s took a login away from %(account)s."),
    "identity.changed.let_go": _("A login of %(account)s finds another account now."),
    "claim.changed.issued": _("%(by)s made a code for %(account)s."),
    "claim.changed.used": _("%(account)s used the code that was made for them."),
    "claim.changed.missed": _("Somebody tried a code for %(account)s in vain."),
    "claim.changed.withdrawn": _("%(by)s withdrew the code for %(account)s."),
    "group.changed": _("%(by)s made or renamed a group."),
    "group.member_changed.added": _("%(by)s put %(account)s into a group."),
    "group.member_changed.removed": _("%(by)s took %(account)s out of a group."),
    "account.choice": _("%(account)s chose for which organisation they act."),
    "trail.read.searched": _("%(by)s searched this log for somebody."),
    "trail.read.exported": _("%(by)s took a copy of this log."),
}
_MEANINGS = ("change", "what", "decision", "state", "left")
_PEOPLE = ("by", "account", "subject", "to", "principal", "substitute", "new")
_OTHER = _("%(event)s")
_GROUP = _("a group")
_SOMEBODY = _("somebody")
_DESK = _("the service desk")
_LOGIN = _("a login")


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the page."""

    at: datetime
    sentence: str
    reason: str
    reference: str


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells events, with the names of people and roles."""

    people: Mapping[UUID, str] = field(repr=False)
    roles: Mapping[str, str]

    def tell(self, entry: Entry) -> Told:
        """An event in words."""
        fields = entry.fields
        keys = [f"{entry.event}.{fields[name]}" for name in _MEANINGS if name in fields]
        words = next((_WORDS[key] for key in (*keys, entry.event) if key in _WORDS), _OTHER)
        said = {name: str(value) for name, value in fields.items() if value is not None}
        people = [name for name in _PEOPLE if not isinstance(fields.get(name), int)]
        said |= {name: self._person(fields.get(name), name) for name in people}
        if fields.get("group") and not fields.get("account"):
            said["account"] = str(_GROUP)
        said["role"] = self.roles.get(str(fields.get("role")), str(fields.get("role") or ""))
        kind = str(fields.get("mandate") or "")
        named = next((str(text).lower() for key, text in KINDS.items() if key == kind), kind)
        said |= {"mandate": named, "event": entry.event}
        sentence = str(words) % said
        ours = fields.get("by") == "login" or fields.get("change") == "previewed"
        reason = "" if ours else str(fields.get("reason") or "")
        case = str(fields.get("case_no") or "")
        told = " · ".join(part for part in (reason, case) if part)
        return Told(entry.at, sentence[:1].upper() + sentence[1:], told, entry.reference)

    def _person(self, value: object, name: str) -> str:
        own = uuid_of(value)
        if own is not None:
            return self.people.get(own, str(_SOMEBODY))
        if value == "login":
            return str(_LOGIN)
        return str(_DESK) if name == "by" and value else str(_SOMEBODY)


def people_in(entries: tuple[Entry, ...]) -> frozenset[UUID]:
    """Everybody whom the events name."""
    found = {uuid_of(entry.fields.get(name)) for entry in entries for name in _PEOPLE}
    return frozenset(one for one in found if one is not None)


def uuid_of(value: object) -> UUID | None:
    """The id, where it is one."""
    try:
        return UUID(str(value))
    except ValueError:
        return None
