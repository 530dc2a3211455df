"""What would change, as a list for a person: metadata, roles, attributes, logins. Pure."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
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
        *_tables(_("Interface"), _interfaces(then), _interfaces(after)),
    )


_BESIDE = ("name", "owner", "contact", "sla", "start_url", "page")  # what no login depends on
_WORDS = ("name", "description", "sensitivity")


def fingerprint(content: Content) -> str:
    """The same for two contents at which every login comes out alike, in what is sent and taken.

    Names, contacts, agreements and reasons may differ: nobody has to try a login again for them.
    """
    metadata = differences(None, _facts(content))
    said = (
        sorted((one.field, one.after) for one in metadata if one.field != "valid_until"),
        [_said(content.document.get(key)) for key, _label in _LABELS if key not in _BESIDE],
        sorted(_roles(content, (*_QUIET, *_WORDS)).items()),
        sorted((str(one.get("source")), one.get("required") is True) for one in content.release),
        sorted(_logins(content).items()),
    )
    return sha256(json.dumps(said).encode()).hexdigest()


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


_QUIET = ("urn", "state", "example")


def _roles(content: Content, quiet: tuple[str, ...] = _QUIET) -> dict[str, str]:
    return {
        str(one.get("urn", "")): _said({k: v for k, v in one.items() if k not in quiet})
        for one in content.listed("role")
    }


def _attributes(content: Content) -> dict[str, str]:
    return {
        str(one.get("source", "")): (_said(one.get("motive")) or "–")
        + ("; kræves / required" if one.get("required") is True else "")
        for one in content.release
    }


def _logins(content: Content) -> dict[str, str]:
    return {
        str(one.get("code", "")): _instant(one.get("opens")) or "–"
        for one in content.listed("wanted")
    }


def _interfaces(content: Content) -> dict[str, str]:
    return {str(one.get("code", "")): _interface(one) for one in content.listed("interface")}


def _interface(one: Mapping[str, object]) -> str:
    """An interface in one line, its dates as people read them."""
    dates = {key: _instant(one.get(key)) for key in ("opens", "closes")}
    return _said({key: dates.get(key, value) for key, value in one.items() if key != "code"})


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
