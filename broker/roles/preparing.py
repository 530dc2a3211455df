"""Roles before code lists are asked: the facts, and what grants and rules make candidates of.

Pure. `opening` says what the conditions of rules need to know of units, `prepare` what the
candidates need; see `resolve` for what becomes of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from broker.organisations.model import Account, Organisation
from broker.roles import scoping
from broker.roles.answer import Candidate, LeftOut, Said
from broker.roles.conflicts import SodException
from broker.roles.derive import derive
from broker.roles.derive import questions as rule_questions
from broker.roles.grants.facts import EffectiveGrant, Entitlement
from broker.roles.model import (
    DelimitationType,
    DeriveRule,
    Role,
    RuleState,
    ServiceVersion,
    SodRule,
)
from broker.roles.understood import Understanding, shown_uri, understood
from broker.roles.units import Questions, Units


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that decides about one person's roles at one service at one instant."""

    at: datetime
    service: ServiceVersion
    roles: Mapping[UUID, Role]  # those of the service and the national ones it takes
    types: Mapping[str, DelimitationType]
    said: Said | None = None  # None where nobody logged in, as in a report
    account: Account | None = None
    organisation: Organisation | None = None
    grants: tuple[EffectiveGrant, ...] = ()  # of these roles, and of those that may not meet
    entitlements: Mapping[UUID, Entitlement] = field(default_factory=dict)  # by role
    rules: tuple[DeriveRule, ...] = ()
    conflict_rules: tuple[SodRule, ...] = ()
    exceptions: tuple[SodException, ...] = ()
    elsewhere: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)  # other accounts'
    known: frozenset[str] = frozenset()  # privileges that some rule of the federation asks for

    @property
    def spoken_for(self) -> bool:
        """Whether what the IdP says is about the organisation that the person acts for."""
        if self.said is None or self.said.cvr is None:
            return False
        return self.organisation is None or self.said.cvr == self.organisation.cvr


@dataclass(frozen=True, slots=True)
class Prepared:
    """Every candidate, what was denied or left out already, and what code lists must answer."""

    situation: Situation
    candidates: tuple[Candidate, ...]
    shadow: tuple[Candidate, ...]
    denied: Mapping[UUID, LeftOut]  # by role
    shadow_denied: tuple[LeftOut, ...]
    left_out: tuple[LeftOut, ...]
    privileges: Understanding
    questions: Questions


def opening(situation: Situation) -> Questions:
    """What the conditions of rules ask of code lists; nothing, for most."""
    return rule_questions(_rules(situation), situation.said) if situation.said else Questions()


def prepare(situation: Situation, opened: Units) -> Prepared:
    """Steps 1 to 3: the candidates from grants and rules, and what is denied."""
    granted, left_out = _granted(situation)
    privileges = _privileges(situation)
    left_out += [LeftOut(one.code, detail=", ".join(one.privileges)) for one in privileges.left_out]
    unused = {one.privilege for one in privileges.understood} - situation.known
    left_out += [LeftOut("privilege.unused", detail=shown_uri(urn)) for urn in sorted(unused)]
    if situation.said is not None:
        left_out += [LeftOut("privilege.malformed", detail=c) for c in situation.said.malformed]
    derived, denied = _derived(situation, privileges, opened, "active")
    shadow, shadow_denied = _derived(situation, privileges, opened, "shadow")
    if situation.service.source == "local_only":
        left_out += [LeftOut("source.local_only", one.role, one.source) for one in derived]
        derived = []
    candidates = (*granted, *derived)
    return Prepared(
        situation,
        candidates,
        tuple(shadow),
        {one.role.id: one for one in denied if one.role is not None},
        tuple(denied_one for denied_one in shadow_denied),
        tuple(left_out),
        privileges,
        scoping.questions(
            (*candidates, *shadow),
            situation.entitlements,
            situation.service,
            situation.types,
            situation.at,
        ),
    )


def _granted(situation: Situation) -> tuple[list[Candidate], list[LeftOut]]:
    found: list[Candidate] = []
    left_out: list[LeftOut] = []
    for grant in situation.grants:
        role = situation.roles.get(grant.role)
        if role is None or situation.account is None:
            continue
        one = scoping.candidate(grant, role, situation.account, situation.types)
        if situation.service.source == "idp_only":
            left_out.append(LeftOut("source.idp_only", role, one.source))
        else:
            found.append(one)
    return found, left_out


def _privileges(situation: Situation) -> Understanding:
    """What the IdP says of the organisation that the person is here for, and of no other."""
    said = situation.said
    if said is None or said.cvr is None or not situation.spoken_for:
        return Understanding((), ())
    speaks = said.idp_cvrs is None or said.cvr in said.idp_cvrs
    by_urn = {kind.urn: kind for kind in situation.types.values()}
    return understood(said.groups, {said.cvr} if speaks else (), by_urn)


def _rules(situation: Situation, *states: RuleState) -> tuple[DeriveRule, ...]:
    wanted = states or ("active", "shadow")
    return tuple(
        rule
        for rule in situation.rules
        if rule.state in wanted and rule.period.covers(situation.at)
    )


def _derived(
    situation: Situation, privileges: Understanding, opened: Units, state: RuleState
) -> tuple[list[Candidate], list[LeftOut]]:
    found: list[Candidate] = []
    denied: list[LeftOut] = []
    if situation.said is not None:
        rules = _rules(situation, state)
        said = situation.said
        home = situation.organisation.cvr if situation.organisation else None
        for one in derive(rules, situation.roles, said, privileges, opened, home):
            if isinstance(one, LeftOut):
                denied.append(one)
            elif situation.spoken_for:
                found.append(one)
    return found, denied
