"""The pipeline: a mapping read from its document, and the steps run in order."""

import re
from collections.abc import Mapping as Map
from datetime import datetime
from typing import TypedDict

from broker.attributes import steps
from broker.attributes.model import Claims, Mapping, Released, ReleaseRule, RoleRule
from broker.attributes.vocabulary import OIO3_OF
from broker.attributes.written import Told, release
from broker.errors import Unavailable
from broker.saml import names

_FORMATS = {"uri": names.ATTR_URI, "basic": names.ATTR_BASIC}
# Nothing but these two fields: a format string could reach into the objects it is given.
_TEMPLATE = re.compile(r"(?:[^{}]|\{role\}|\{delimitation\})*")
_DEFAULT_RELEASE = ("cvr", "org_name", "professional_uuid", "full_name")


class _Release(TypedDict, total=False):
    source: str
    name: str
    format: str
    friendly_name: str


class _Role(TypedDict, total=False):
    role: str
    privilege: str
    cvr: list[str]
    delimited: bool
    since: str | datetime
    until: str | datetime


def read_mapping(service: str, document: Map[str, object]) -> Mapping:
    """A Mapping from its TOML document; an empty document gives the plain default.

    Raises Unavailable("mapping.invalid") that names the rule, for `broker metadata load` and
    for a login whose mapping was broken by hand.
    """
    roles = document.get("roles", {})
    if not isinstance(roles, dict):
        raise Unavailable("mapping.invalid", f"{service}: [roles] is not a table")
    template = str(roles.get("template", "{role}"))
    if not _TEMPLATE.fullmatch(template) or "{role}" not in template:
        words = "the role template may hold {role}, {delimitation} and plain text"
        raise Unavailable("mapping.invalid", f"{service}: {words}")
    listed = document.get("release", [{"source": short} for short in _DEFAULT_RELEASE])
    rules = document.get("role", [])
    if not isinstance(listed, list) or not isinstance(rules, list):
        raise Unavailable("mapping.invalid", f"{service}: [[release]] and [[role]] are lists")
    return Mapping(
        service=service,
        release=tuple(_release_rule(service, entry) for entry in listed),
        roles=tuple(_role_rule(service, entry) for entry in rules),
        role_attribute=str(roles.get("attribute", names.ROLE_CLAIM)),
        role_template=template,
    )


def _release_rule(service: str, entry: _Release) -> ReleaseRule:
    source = entry.get("source", "")
    if source not in OIO3_OF:
        raise Unavailable("mapping.invalid", f"{service}: no attribute is called {source!r}")
    return ReleaseRule(
        source=source,
        name=entry.get("name"),
        name_format=_FORMATS.get(entry.get("format", "")),
        friendly_name=entry.get("friendly_name"),
    )


def _role_rule(service: str, entry: _Role) -> RoleRule:
    role, privilege, cvrs = entry.get("role", ""), entry.get("privilege"), entry.get("cvr", [])
    if not role:
        raise Unavailable("mapping.invalid", f"{service}: a role rule without a role")
    if privilege is None and not cvrs:
        raise Unavailable("mapping.invalid", f"{service}: {role} would be given to everybody")
    return RoleRule(
        role,
        privilege,
        frozenset(cvrs),
        entry.get("delimited", False),
        _instant(service, entry.get("since")),
        _instant(service, entry.get("until")),
    )


def _instant(service: str, value: str | datetime | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        found = None
    if value is not None and (found is None or found.tzinfo is None):
        raise Unavailable("mapping.invalid", f"{service}: {value} is no instant with an offset")
    return found


def run(claims: Claims, mapping: Mapping, told: Told) -> Released:
    """Rights, roles and attributes for one service, with the trace of each step."""
    trace: list[str] = []
    if told.without_cpr and "cpr_number" in claims.values:
        kept = {short: v for short, v in claims.values.items() if short != "cpr_number"}
        claims = Claims(kept, claims.assurance, claims.nist)
        trace.append("release: no CPR number without encryption")
    held = steps.rights(claims, trace)
    roles, until = steps.derive_roles(claims, held, mapping, told.now, trace)
    attributes = release(claims, roles, mapping, told, trace)
    return Released(attributes, roles, tuple(trace), until)
