"""What would change, as a list for a person: metadata, roles, attributes, logins. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from broker.errors import Refused
from broker.metadata.differences import differences
from broker.registrations.model import Content
from broker.saml.entities import EntityFacts, Localised
from broker.saml.entity_descriptor import read_entity
from broker.web.language import TIME_ZONE, Text
from broker.web.language import Text as _


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is not as it was; empty where it was not there, or is gone."""

    label: Text | Localised | str
    before: str
    after: str
    detail: str = ""  # which role, attribute or login it is about


_LABELS: tuple[tuple[str, Text], ...] = (
    ("name", _("Name")),
    ("owner", _("Owner")),
    ("contact", _("Mail address")),
    ("sla", _("SLA class")),
    ("start_url", _("Start address")),
    ("minimum", _("Lowest level of assurance")),
    ("require_signed_requests", _("Requests must be signed")),
    ("require_role", _("Nobody without a role")),
    ("plaintext", _("Without encryption")),
    ("profile", _("Profile")),
    ("role_source", _("Where roles come from")),
    ("delimitation", _("Roles are delimited by")),
    ("role_form", _("How roles are told")),
    ("page", _("On the login page")),
)


def compare(before: Content | None, after: Content) -> tuple[Line, ...]:
    """Everything that differs; None is a service that is not there yet."""
    then = before or Content({})
    return (
        *_metadata(then, after),
        *_values(then, after),
        *_tables(_("Role"), _roles(then), _roles(after)),
        *_tables(_("Attribute"), _attributes(then), _attributes(after)),
        *_tables(_("Login"), _logins(then), _logins(after)),
    )


def _metadata(before: Content, after: Content) -> Iterator[Line]:
    if before.xml == after.xml:
        return
    for one in differences(_facts(before), _facts(after)):
        yield Line(one.label, one.before, one.after)


def _facts(content: Content) -> EntityFacts | None:
    try:
        return read_entity(content.xml) if content.xml is not None else None
    except Refused:
        return None


def _values(before: Content, after: Content) -> Iterator[Line]:
    for key, label in _LABELS:
        then, now = _said(before.document.get(key)), _said(after.document.get(key))
        if then != now:
            yield Line(label, then, now)


def _tables(label: Text, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Line]:
    for name in sorted({*before, *after}):
        then, now = before.get(name, ""), after.get(name, "")
        if then != now:
            yield Line(label, then, now, name)


def _roles(content: Content) -> dict[str, str]:
    return {
        str(one.get("urn", "")): _said({k: v for k, v in one.items() if k not in _QUIET})
        for one in content.listed("role")
    }


_QUIET = ("urn", "state", "example")


def _attributes(content: Content) -> dict[str, str]:
    return {str(one.get("source", "")): _said(one.get("motive")) or "–" for one in content.release}


def _logins(content: Content) -> dict[str, str]:
    return {
        str(one.get("code", "")): _instant(one.get("opens")) or "–"
        for one in content.listed("wanted")
    }


def _instant(value: object) -> str:
    """An instant of a document as Danes write it, in Denmark's time."""
    if not isinstance(value, str):
        return ""
    local = datetime.fromisoformat(value).astimezone(ZoneInfo(TIME_ZONE))
    return f"{local:%d.%m.%Y %H.%M}"


def _said(value: object) -> str:
    """A value of a document in one line, without its brackets."""
    if value in (None, "", [], {}, ()):
        return ""
    if isinstance(value, bool):
        return "ja / yes" if value else "nej / no"
    if isinstance(value, Mapping):
        return "; ".join(
            f"{key}: {_said(inner)}" if key not in ("da", "en") else _said(inner)
            for key, inner in sorted(value.items())
            if _said(inner)
        )
    if isinstance(value, list | tuple):
        return " + ".join(_said(one) for one in value)
    text = str(value)
    return "…" if text.startswith("data:") else text
