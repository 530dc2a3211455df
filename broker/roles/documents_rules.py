"""Rules as documents say them: derived roles, roles that do not go together, approvals."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from broker.metadata.decisions import CVR
from broker.metadata.documents import Table, plain
from broker.periods import Period
from broker.roles.documents_roles import ALWAYS, check_urn, read_type_id, replace_where
from broker.roles.model import (
    Approver,
    Condition,
    DerivedScope,
    Effect,
    Op,
    Policy,
    RuleState,
    Stage,
)
from broker.saml.entities import Localised

_STATES: Mapping[str, RuleState] = {
    "draft": "draft",
    "shadow": "shadow",
    "active": "active",
    "retired": "retired",
}
_EFFECTS: Mapping[str, Effect] = {"grant": "grant", "deny": "deny"}
_OPS: Mapping[str, Op] = {
    "eq": "eq",
    "in": "in",
    "prefix": "prefix",
    "gte": "gte",
    "has_privilege": "has_privilege",
    "in_subtree": "in_subtree",
    "present": "present",
}
_SOURCES: Mapping[str, Literal["literal", "attribute", "privilege"]] = {
    "literal": "literal",
    "attribute": "attribute",
    "privilege": "privilege",
}
_APPROVERS: Mapping[str, Approver] = {
    "org_approver": "org_approver",
    "org_chief": "org_chief",
    "service_owner": "service_owner",
    "operator": "operator",
}
_ATTRIBUTE = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_LEVELS = ("Low", "Substantial", "High")


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """A derive rule of a document; its role is named by URN."""

    code: str
    role: str
    effect: Effect
    state: RuleState
    idps: frozenset[str]
    cvrs: frozenset[str]
    clauses: tuple[tuple[Condition, ...], ...]
    scopes: tuple[DerivedScope, ...]
    since: datetime | None
    until: datetime | None
    document: Mapping[str, object] = field(compare=False)


@dataclass(frozen=True, slots=True)
class ConflictEntry:
    """A separation-of-duties rule of a document; its roles are named by URN."""

    code: str
    name: Localised
    explanation: Localised
    reach: Literal["identity", "person"]
    action: Literal["block", "exception", "warn"]
    a: frozenset[str]
    b: frozenset[str]
    document: Mapping[str, object] = field(compare=False)


@dataclass(frozen=True, slots=True)
class PolicyEntry:
    """An approval policy of a document."""

    policy: Policy
    document: Mapping[str, object] = field(compare=False)


def read_rule(document: object, where: str, roles: Mapping[str, str]) -> RuleEntry:
    """One derive rule; `roles` are the URNs of the document's own roles by code.

    Raises Refused("metadata.document").
    """
    table = Table(where, document)
    code = table.slug("code")
    table = replace_where(table, f"{where} ({code})")
    urn = _role(table, "role", table.text("role"), roles)
    since, until = table.instant("since"), table.instant("until")
    idps, cvrs = table.texts("idps"), table.texts("cvrs")
    entry = RuleEntry(
        code=code,
        role=urn,
        effect=table.choice("effect", _EFFECTS, "grant"),
        state=table.choice("state", _STATES, "shadow"),
        idps=frozenset(idps),
        cvrs=frozenset(cvrs),
        clauses=_clauses(table),
        scopes=tuple(_scope(inner) for inner in table.tables("scope")),
        since=since,
        until=until,
        document={**_kept(document), "role": urn},
    )
    table.done()
    if since and until and until <= since:
        raise table.wrong("until", "is not after since")
    if not all(CVR.match(cvr) for cvr in cvrs):
        raise table.wrong("cvrs", "is no list of CVR numbers of eight digits")
    _check_scopes(table, entry)
    return entry


def read_conflict(document: object, where: str, roles: Mapping[str, str]) -> ConflictEntry:
    """One separation-of-duties rule. Raises Refused("metadata.document")."""
    table = Table(where, document)
    code = table.slug("code")
    table = replace_where(table, f"{where} ({code})")
    a, b = _side(table, "a", roles), _side(table, "b", roles)
    entry = ConflictEntry(
        code=code,
        name=table.localised("name"),
        explanation=table.localised("explanation"),
        reach=table.choice("reach", {"identity": "identity", "person": "person"}, "identity"),
        action=table.choice(
            "action", {"block": "block", "exception": "exception", "warn": "warn"}, "exception"
        ),
        a=a,
        b=b,
        document={**_kept(document), "a": sorted(a), "b": sorted(b)},
    )
    table.done()
    if a & b:
        raise table.wrong("b", f"names {', '.join(sorted(a & b))}, which stands in a as well")
    return entry


def read_policy(
    document: object, where: str, *, federation: str = "", period: Period = ALWAYS
) -> PolicyEntry:
    """One approval policy. Raises Refused("metadata.document")."""
    table = Table(where, document)
    policy = Policy(
        federation=federation,
        code=table.slug("code"),
        period=period,
        name=table.localised("name"),
        stages=tuple(_stage(inner) for inner in table.tables("stage")),
    )
    table.done()
    return PolicyEntry(policy, _kept(document))


def _kept(document: object) -> dict[str, object]:
    return plain(document) if isinstance(document, Mapping) else {}


def _stage(table: Table) -> Stage:
    if not table.has("approver"):
        raise table.wrong("approver", f"is missing: write one of {', '.join(_APPROVERS)}")
    stage = Stage(
        approver=table.choice("approver", _APPROVERS, "org_approver"),
        approvals=table.number("approvals", 1, 1, 5),
        within=timedelta(days=table.number("days", 5, 1, 90)),
        on_timeout=table.choice(
            "on_timeout", {"escalate": "escalate", "reject": "reject"}, "escalate"
        ),
    )
    table.done()
    return stage


def _side(table: Table, key: str, roles: Mapping[str, str]) -> frozenset[str]:
    named = table.texts(key)
    if not named:
        raise table.wrong(key, "names no role")
    return frozenset(_role(table, key, name, roles) for name in named)


def _role(table: Table, key: str, name: str, roles: Mapping[str, str]) -> str:
    """The URN of a role that is named by its code in this document, or by URN."""
    if ":" in name:
        return check_urn(table, key, name)
    if name not in roles:
        known = ", ".join(sorted(roles)) or "none"
        raise table.wrong(key, f"names {name}, which is no role here; known: {known}, or a URN")
    return roles[name]


def _clauses(table: Table) -> tuple[tuple[Condition, ...], ...]:
    """`when` is a list of clauses, and each clause a list of conditions."""
    listed = table.take("when", ())
    if not isinstance(listed, list | tuple) or not listed:
        raise table.wrong("when", "is missing: without a condition everybody would get the role")
    return tuple(
        _clause(Table(f"{table.where}: when {number}", {"clause": clause}))
        for number, clause in enumerate(listed, start=1)
    )


def _clause(table: Table) -> tuple[Condition, ...]:
    conditions = tuple(_condition(inner) for inner in table.tables("clause"))
    if not conditions:
        raise table.wrong("clause", "has no condition, so it would always hold")
    return conditions


def _condition(table: Table) -> Condition:
    attribute = _attribute(table, "attribute", table.text("attribute"))
    if not table.has("op"):
        raise table.wrong("op", f"is missing: write one of {', '.join(_OPS)}")
    op = table.choice("op", _OPS, "eq")
    values = (table.text("value"),) if table.has("value") else table.texts("values")
    negate = table.flag("negate", default=False)
    table.done()
    if op == "present" and values:
        raise table.wrong("values", "do not belong to present")
    if op != "present" and not values:
        raise table.wrong("values", f"are missing: {op} compares with something")
    if op in ("eq", "gte") and len(values) > 1:
        raise table.wrong("values", f"are several; {op} compares with one")
    if (op == "has_privilege") != (attribute == "privileges") and op != "present":
        raise table.wrong("op", "of privileges is has_privilege or present, and of nothing else")
    if attribute == "loa" and not set(values) <= set(_LEVELS):
        raise table.wrong("values", f"of loa are {', '.join(_LEVELS)}")
    if op == "gte" and attribute != "loa" and not values[0].isdecimal():
        raise table.wrong("value", "of gte is a whole number, or a level for loa")
    return Condition(attribute, op, values, negate)


def _attribute(table: Table, key: str, value: str) -> str:
    if not _ATTRIBUTE.match(value):
        raise table.wrong(key, "is no short name of an attribute, such as org_name")
    return value


def _scope(table: Table) -> DerivedScope:
    if not table.has("source"):
        raise table.wrong("source", f"is missing: write one of {', '.join(_SOURCES)}")
    source = table.choice("source", _SOURCES, "literal")
    scope = DerivedScope(
        type=read_type_id(table, "type"),
        source=source,
        value=table.optional("value") or "",
        with_descendants=table.flag("with_descendants", default=False),
    )
    table.done()
    if (source == "privilege") != (scope.value == ""):
        words = "is the value of a literal or the name of an attribute; a privilege has none"
        raise table.wrong("value", words)
    if source == "attribute":
        _attribute(table, "value", scope.value)
    return scope


def _check_scopes(table: Table, entry: RuleEntry) -> None:
    types = [scope.type for scope in entry.scopes]
    if len(set(types)) < len(types):
        raise table.wrong("scope", "names a type twice")
    if entry.effect == "deny" and types:
        raise table.wrong("scope", "belongs to a rule that grants; a denial is of the whole role")
    by_privilege = all(
        any(one.op == "has_privilege" and not one.negate for one in clause)
        for clause in entry.clauses
    )
    if any(scope.source == "privilege" for scope in entry.scopes) and not by_privilege:
        words = "from a privilege needs a has_privilege in every clause, to copy it from"
        raise table.wrong("scope", words)
