"""The pipeline: a mapping read from its document, and the steps run in order."""

import re
from collections.abc import Mapping as Map
from datetime import datetime
from typing import TypedDict

from broker.attributes import steps
from broker.attributes.listed import read_releases
from broker.attributes.model import Claims, Mapping, Released, ReleaseRule, RoleRule, Step
from broker.attributes.transforms.saying import without
from broker.attributes.transforms.table import read_steps
from broker.attributes.written import Told, release
from broker.errors import Refused, Unavailable
from broker.metadata.documents import Table
from broker.saml import names
from broker.saml.messages import Attribute
from broker.saml.vocabulary import OIO3_OF

# Nothing but these two fields: a format string could reach into the objects it is given.
_TEMPLATE = re.compile(r"(?:[^{}]|\{role\}|\{delimitation\})*")
# Read here, or about whom the document is for; everything else must be read by somebody.
_READ_ELSEWHERE = ("kind", "service", "federations", "roles", "role")
_DEFAULT_RELEASE = ("cvr", "org_name", "professional_uuid", "full_name")


class _Role(TypedDict, total=False):
    role: str
    privilege: str
    cvr: list[str]
    delimited: bool
    since: str | datetime
    until: str | datetime


def read_mapping(service: str, document: Map[str, object]) -> Mapping:
    """A Mapping from its TOML document; an empty document gives the plain default.

    Raises Unavailable("mapping.invalid") that names the rule, for a login whose mapping was
    broken by hand.
    """
    return _read(service, document, new=False)


def check_mapping(service: str, document: Map[str, object]) -> Mapping:
    """The same of a document that is about to be loaded, where every release has its motive.

    Raises Unavailable("mapping.invalid") that names the step or rule, the key, and what to write.
    """
    return _read(service, document, new=True)


def _read(service: str, document: Map[str, object], *, new: bool) -> Mapping:
    roles = document.get("roles", {})
    if not isinstance(roles, dict):
        raise Unavailable("mapping.invalid", f"{service}: [roles] is not a table")
    template = str(roles.get("template", "{role}"))
    if not _TEMPLATE.fullmatch(template) or "{role}" not in template:
        words = "the role template may hold {role}, {delimitation} and plain text"
        raise Unavailable("mapping.invalid", f"{service}: {words}")
    rules = document.get("role", [])
    if not isinstance(rules, list):
        raise Unavailable("mapping.invalid", f"{service}: [[role]] is no list")
    try:
        steps_of, release_of = _steps_and_release(service, document, new=new)
    except Refused as refused:
        raise Unavailable("mapping.invalid", refused.detail) from None
    return Mapping(
        service=service,
        release=release_of,
        roles=tuple(_role_rule(service, entry) for entry in rules),
        role_attribute=str(roles.get("attribute", names.ROLE_CLAIM)),
        role_template=template,
        steps=steps_of,
    )


def _steps_and_release(
    service: str, document: Map[str, object], *, new: bool
) -> tuple[tuple[Step, ...], tuple[ReleaseRule, ...]]:
    table = Table(service, document)
    for key in _READ_ELSEWHERE:
        table.take(key)
    known = frozenset(OIO3_OF)
    found = read_steps(table.tables("step"), known)
    known = known.union(*(step.writes for step in found))
    if not new and not table.has("release"):
        table.done()
        return found, tuple(ReleaseRule(short, None, None) for short in _DEFAULT_RELEASE)
    if not table.has("release"):
        raise table.wrong("release", "is missing: list what the service is told, or write []")
    listed = read_releases(table.tables("release"), known, motives=new)
    table.done()
    return found, listed


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


def run(
    claims: Claims, mapping: Mapping, told: Told, roles: tuple[Attribute, ...] = ()
) -> Released:
    """Rights, steps and attributes for one service, with the trace of each.

    `roles` are attributes that the broker wrote itself and that go out as they are, last.
    Raises NotAllowed("policy.required_attribute").
    """
    trace: list[str] = []
    if told.without_cpr and "cpr_number" in claims.values:
        claims = Claims(without(claims.values, "cpr_number"), claims.assurance, claims.nist)
        trace.append("release: no CPR number without encryption")
    held = steps.rights(claims, trace)
    derived, until = steps.derive_roles(claims, held, mapping, told.now, trace)
    mapped = transform(claims, mapping.steps, trace)
    attributes = release(mapped, derived, mapping, told, trace, roles)
    return Released(attributes, derived, tuple(trace), until)


def transform(claims: Claims, found: tuple[Step, ...], trace: list[str]) -> Claims:
    """The claims after each step in order; a step sees what those before it made."""
    for step in found:
        said: list[str] = []
        values = step.apply(claims, said.append)
        trace += [f"step {step.number} {step.name}: {line}" for line in said]
        claims = Claims(values, claims.assurance, claims.nist)
    return claims
