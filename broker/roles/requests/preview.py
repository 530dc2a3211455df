"""What a cart would meet: every impossibility and conflict, before anything is sent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from broker.db import Connection
from broker.errors import NotAllowed, Unknown
from broker.organisations.model import Account, Actor
from broker.organisations.permissions import Thing, demand
from broker.organisations.store import account
from broker.periods import Period
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants import store as grant_store
from broker.roles.grants.examining import Depth, Question, examine
from broker.roles.grants.model import Grant, Objection, Wanted
from broker.roles.grants.permitting import present
from broker.roles.grants.scopes import canonical
from broker.roles.model import Role, RoleVersion, Stage
from broker.roles.requests import store
from broker.roles.requests.machine import standing
from broker.roles.requests.model import OPEN, Asked, Outlook
from broker.roles.requests.policies import stages_for
from broker.roles.requests.working_days import end_of_working_days

LINES = 50  # of one cart

# Only whether it may go without anybody is asked of a policy; here somebody is asked.
_NOT_HERE = frozenset({"grant.policy_sensitive"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a cart with everything it refers to, as far as that is there."""

    asked: Asked
    subject: Account
    role: Role
    version: RoleVersion
    wanted: Wanted
    period: Period
    grant: Grant | None
    own: bool  # whoever asks asks for themselves
    outlook: Outlook


def look(
    connection: Connection,
    catalogue: Catalogue,
    actor: Actor,
    cart: Sequence[Asked],
    at: datetime,
) -> tuple[Line, ...]:
    """Every line of a cart with what it would meet; changes nothing.

    Raises NotAllowed with `request.empty`, `.too_many`, `.account` and for whom the actor may
    not ask; Unknown with `request.subject`, `.role` and `.grant`.
    """
    if not cart:
        raise NotAllowed("request.empty", "nothing in the cart")
    if len(cart) > LINES:
        raise NotAllowed("request.too_many", f"{len(cart)} lines")
    asks = account(connection, actor.account, at) if actor.account else None
    if asks is None or asks.state != "active":
        raise NotAllowed("request.account", "nobody in particular asks")
    actor = present(connection, actor, at)
    lines = tuple(_line(connection, catalogue, actor, asked, at) for asked in cart)
    return tuple(_among(connection, catalogue, line, lines) for line in lines)


def _line(
    connection: Connection, catalogue: Catalogue, actor: Actor, asked: Asked, at: datetime
) -> Line:
    subject = account(connection, asked.subject, at)
    if subject is None:
        raise Unknown("request.subject", "no such account")
    grant = grant_store.grant(connection, asked.grant) if asked.grant else None
    if asked.action != "add" and (grant is None or grant.account != asked.subject):
        raise Unknown("request.grant", "no such grant of that account")
    role_id = grant.role if grant else asked.role
    role = catalogue.role(role_id) if role_id else None
    version = role.at(at) if role else None
    if role is None or version is None:
        raise Unknown("request.role", "no such role")
    own = actor.is_any_of(subject.id)
    if not own:
        thing = Thing(subject.federation, subject.organisation, role.service, subject.id)
        demand(actor, "request.send", thing)
    wanted = _wanted(asked, subject, role, grant, at)
    found = examine(connection, catalogue, _question(asked, wanted, grant, at))
    objections = [one for one in found.objections if one.code not in _NOT_HERE]
    objections += _of_grant(asked, grant, at)
    if asked.action == "remove":
        objections, found.warnings = list(_of_grant(asked, grant, at)), []
    if _is_asked_already(connection, asked, role, at):
        objections.append(Objection("request.duplicate"))
    stages = _stages(connection, catalogue, asked, subject, role, version, own=own, at=at)
    period = found.period or (grant.period if grant else Period(at))
    outlook = Outlook(
        asked, tuple(objections), tuple(found.warnings), stages, _expected(stages, at)
    )
    return Line(asked, subject, role, version, wanted, period, grant, own, outlook)


def _wanted(
    asked: Asked, subject: Account, role: Role, grant: Grant | None, at: datetime
) -> Wanted:
    since, until, scopes = asked.since, asked.until, canonical(asked.scopes)
    if grant is not None:
        since = max(grant.period.since, at)
        if asked.action in ("change", "remove"):
            until = asked.until or grant.period.until
        if asked.action in ("extend", "remove"):
            scopes = grant.scopes
    return Wanted(
        organisation=subject.organisation,
        role=role.id,
        account=subject.id,
        scopes=scopes,
        since=None if since is None else max(since, at),
        until=until,
    )


def _question(asked: Asked, wanted: Wanted, grant: Grant | None, at: datetime) -> Question:
    besides = frozenset({grant.id}) if grant else frozenset[UUID]()
    depth: Depth = "longer" if asked.action == "extend" else "new"
    return Question(wanted, at, None, depth=depth, besides=besides)


def _of_grant(asked: Asked, grant: Grant | None, at: datetime) -> list[Objection]:
    """What speaks against touching the grant that a line is about."""
    if grant is None:
        return []
    if grant.revoked_at is not None:
        return [Objection("grant.revoked")]
    if grant.state_at(at) == "ended":
        return [Objection("grant.ended")]
    if asked.action == "extend" and (asked.until is None or asked.until <= grant.period.until):
        return [Objection("grant.not_longer")]
    same = canonical(asked.scopes) == grant.scopes and asked.until in (None, grant.period.until)
    if asked.action == "change" and same:
        return [Objection("grant.unchanged")]
    return []


def _is_asked_already(connection: Connection, asked: Asked, role: Role, at: datetime) -> bool:
    known = store.same_open(
        connection, subject=asked.subject, role=role.id, grant=asked.grant, action=asked.action
    )
    return any(
        standing(one, at).state in OPEN
        and (asked.action != "add" or canonical(asked.scopes) == one.scopes)
        for one in known
    )


def _stages(
    connection: Connection,
    catalogue: Catalogue,
    asked: Asked,
    subject: Account,
    role: Role,
    version: RoleVersion,
    *,
    own: bool,
    at: datetime,
) -> tuple[Stage, ...]:
    named = catalogue.policy(role.federation, version.policy, at) if version.policy else None
    colleagues = store.of_practice(connection, subject.organisation, at)
    humans = set(grant_store.kin(connection, colleagues).values()) if colleagues else set()
    return stages_for(
        role,
        version,
        None if named is None else named.stages,
        asked.action,
        alone=len(humans) == 1,
        own=own,
    )


def _expected(stages: Sequence[Stage], at: datetime) -> datetime | None:
    """When the last stage is answered, if each takes all of its time."""
    expected = None
    for stage in stages:
        start = expected - timedelta(seconds=1) if expected else at
        expected = end_of_working_days(start, stage.within.days)
    return expected


def _among(connection: Connection, catalogue: Catalogue, line: Line, lines: Sequence[Line]) -> Line:
    """The line with the conflicts that it has with others of the same cart."""
    if line.asked.action == "remove":
        return line
    others = {
        other.role.id
        for other in lines
        if other is not line
        and other.asked.action != "remove"
        and other.subject.id == line.subject.id
        and other.period.meets(line.period)
    }
    objections, remarks = list(line.outlook.objections), list(line.outlook.remarks)
    for rule in catalogue.conflicts:
        across = rule.b if line.role.id in rule.a else rule.a if line.role.id in rule.b else None
        if across is None or not across & others or not rule.period.meets(line.period):
            continue
        if rule.action == "warn":
            remarks.append(Objection("remark.conflict", rule.code))
        elif rule.action == "exception" and _is_excepted(connection, rule.code, line):
            remarks.append(Objection("remark.excepted", rule.code))
        else:
            objections.append(Objection("grant.conflict", rule.code))
    outlook = replace(
        line.outlook,
        objections=tuple(dict.fromkeys(objections)),
        remarks=tuple(dict.fromkeys(remarks)),
    )
    return replace(line, outlook=outlook)


def _is_excepted(connection: Connection, rule: str, line: Line) -> bool:
    known = grant_store.exceptions_of(connection, (line.subject.id,), line.period.since)
    return any(one.rule == rule for one in known)
