"""Why somebody has a role at a service at an instant, and why not: past, present or future.

The roles themselves come from `asking`, as at a login. Beside them stands every grant that
does not count at the instant, with the first thing that keeps it from counting, and every
rule that could give or deny a role.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from broker.db import Connection
from broker.organisations import store as organisations
from broker.organisations.model import Account
from broker.roles.answer import Answer, Issued, LeftOut, Said, Source
from broker.roles.asking import Resolver
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.derive import sources
from broker.roles.grants.facts import Scope
from broker.roles.grants.store.ever import EverGrant, entitled_ever, of_account_ever
from broker.roles.model import ISSUING, OPEN, DeriveRule, Role
from broker.saml.profiles import Profile

_ACCOUNT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class NotCounting:
    """A grant or a rule that gives nothing at the instant, and since or until when so."""

    role: Role
    source: Source
    code: str
    scopes: tuple[Scope, ...] = ()
    since: datetime | None = None  # from when it would count, or counted
    until: datetime | None = None  # when it ended
    by: str | None = None  # who ended it
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole answer to "why"."""

    federation: str
    service: str
    person: str
    answer: Answer
    not_counting: tuple[NotCounting, ...]
    told: bool  # whether it was known what an IdP says; else rules could not be evaluated
    people: Mapping[str, str] = field(default_factory=dict, repr=False)  # by the id of an account


def explain(
    connection: Connection,
    asking: Resolver,
    federation: str,
    service: str,
    account: Account,
    said: Said | None,
    profile: Profile,
    at: datetime,
) -> Explanation:
    """Work out one account's roles at one service at an instant, with all that does not count."""
    answer = asking.answer(connection, federation, service, account, said, profile, at)
    catalogue = asking.catalogue.current_in(connection)
    roles = {role.id: role for role in _roles(catalogue, federation, service)}
    counting = {one.source.id for one in answer.issued}
    counting |= {one.source.id for one in answer.left_out if one.source is not None}
    told = said is not None and bool(said.values)
    denying = {one.detail for one in answer.left_out if one.code == "rule.denied"}
    silent = [
        *_grants(connection, catalogue, account, roles, counting, at),
        *(
            one
            for one in _rules(catalogue, roles, counting, at, told=told)
            if one.source.name not in denying
        ),
    ]
    people = _people(connection, [*answer.issued, *answer.left_out, *silent], at)
    return Explanation(
        federation,
        service,
        account.display_name,
        answer,
        tuple(silent),
        told,
        people,
    )


def _people(
    connection: Connection, told: Sequence[Issued | LeftOut | NotCounting], at: datetime
) -> dict[str, str]:
    """What the accounts are called that stand in the words of who did what."""
    said = " ".join(
        f"{one.source.by} {getattr(one, 'by', None)}" for one in told if one.source is not None
    )
    people = {}
    for found in set(_ACCOUNT.findall(said)):
        account = organisations.account(connection, UUID(found), at)
        if account is not None:
            people[found] = account.display_name
    return people


def _roles(catalogue: Catalogue, federation: str, service: str) -> Iterator[Role]:
    """The service's own roles, and every national one that it ever took or will take."""
    yield from catalogue.roles_of(federation, service)
    known = catalogue.service(federation, service)
    urns = {urn for version in known.versions for urn in version.national} if known else set()
    for urn in sorted(urns):
        role = catalogue.role_by_urn(federation, urn)
        if role is not None:
            yield role


def _grants(
    connection: Connection,
    catalogue: Catalogue,
    account: Account,
    roles: Mapping[UUID, Role],
    counting: set[UUID],
    at: datetime,
) -> Iterator[NotCounting]:
    for grant in of_account_ever(connection, account.id):
        role = roles.get(grant.role)
        if role is not None and grant.id not in counting:
            yield _grant(connection, catalogue, account, grant, role, at)


def _grant(
    connection: Connection,
    catalogue: Catalogue,
    account: Account,
    grant: EverGrant,
    role: Role,
    at: datetime,
) -> NotCounting:
    source = Source(
        "grant",
        grant.id,
        grant.name,
        grant.via,
        grant.by,
        grant.grant.period,
        None,
        grant.reason,
        grant.case_no,
    )
    code = _fault(connection, catalogue, account, grant, role, at)
    taken = grant.membership if code.startswith("membership.") else grant.grant
    if taken is None:
        raise RuntimeError("a membership that is not there cannot be at fault")
    ended = taken.revoked_at or taken.period.ends
    return NotCounting(
        role,
        source,
        code,
        grant.scopes,
        since=taken.period.since,
        until=ended,
        by=taken.revoked_by,
        why=taken.why,
    )


def _fault(
    connection: Connection,
    catalogue: Catalogue,
    account: Account,
    grant: EverGrant,
    role: Role,
    at: datetime,
) -> str:
    """The first thing that keeps a grant from counting, in the order that people look for it."""
    if fault := grant.grant.fault(at):
        return f"grant.{fault}"
    if grant.membership is not None and (fault := grant.membership.fault(at)):
        return f"membership.{fault}"
    now = organisations.account(connection, account.id, at)
    if now is None or now.state != "active":
        return "account.state"
    organisation = organisations.organisation(connection, grant.organisation, at)
    if organisation is None or organisation.state != "active":
        return "organisation.state"
    if all(taken.fault(at) for taken in entitled_ever(connection, grant.organisation, role.id)):
        return "role.not_entitled"
    version = role.at(at)
    if version is None or version.state not in ISSUING:
        return "role.state"
    return _of_service(catalogue, role, at)


def _of_service(catalogue: Catalogue, role: Role, at: datetime) -> str:
    known = catalogue.service(role.federation, role.service) if role.service else None
    version = known.at(at) if known else None
    if role.service is not None and (version is None or version.state not in OPEN):
        return "service.state"
    return "service.not_taken"


def _rules(
    catalogue: Catalogue,
    roles: Mapping[UUID, Role],
    counting: set[UUID],
    at: datetime,
    *,
    told: bool,
) -> Iterator[NotCounting]:
    for role in roles.values():
        for rule in catalogue.rules_of(role.id):
            if rule.period.covers(at) and rule.id not in counting and rule.state != "retired":
                yield _rule(role, rule, told=told)


def _rule(role: Role, rule: DeriveRule, *, told: bool) -> NotCounting:
    active = "rule.not_met" if told else "rule.not_evaluated"
    code = active if rule.state == "active" else f"rule.{rule.state}"
    return NotCounting(role, sources(rule), code, (), rule.period.since, rule.period.ends)


__all__ = ["Explanation", "LeftOut", "NotCounting", "explain"]
