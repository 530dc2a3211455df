"""A nurse in a ward, one service and one role: a situation that tests change at one point."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from broker.organisations.model import Account, Organisation
from broker.periods import FOREVER, Period
from broker.roles.answer import Answer, Said
from broker.roles.grants.facts import Ceiling, EffectiveGrant, Entitlement, Scope
from broker.roles.model import (
    Condition,
    DelimitationType,
    DerivedScope,
    DeriveRule,
    Role,
    RoleDelimitation,
    RoleForm,
    RoleVersion,
    ServiceVersion,
    SodRule,
)
from broker.roles.preparing import Situation, opening, prepare
from broker.roles.resolve import resolve
from broker.roles.units import Units
from broker.saml.assurance import Assurance
from broker.saml.entities import Localised
from broker.saml.privileges import CVR_SCOPE, SOR_CONSTRAINT, PrivilegeGroup
from broker.saml.profiles import PROFILES

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ALWAYS = Period(NOW - timedelta(days=400), FOREVER)
CVR, OTHER_CVR = "90000004", "90000098"
# A tree: the region holds the hospital, the hospital two wards.
REGION, HOSPITAL, WARD, WARD_B = "11000016002", "21000016006", "31000016008", "1231000016008"
ABROAD = "999991000016008"
TREE = {
    REGION: (REGION, HOSPITAL, WARD, WARD_B),
    HOSPITAL: (HOSPITAL, WARD, WARD_B),
    WARD: (WARD,),
    WARD_B: (WARD_B,),
    ABROAD: (ABROAD,),
}
UNITS = Units(
    pairs=frozenset(("sor", above, code) for above, all_ in TREE.items() for code in all_),
    wide=frozenset({("sor", REGION), ("sor", HOSPITAL)}),
    below={("sor", code): below for code, below in TREE.items()},
    listed=frozenset({"sor", "sks"}),
)


def both(text: str) -> Localised:
    return Localised(text, text)


SOR = DelimitationType("sor", SOR_CONSTRAINT, both("SOR"), "tree", "sor", None, True)
TYPES = {
    "sor": SOR,
    "sks": DelimitationType("sks", "urn:x:sks", both("SKS"), "tree", "sks", None, True),
    "cvr": DelimitationType("cvr", "urn:x:cvr", both("CVR"), "fixed", None, r"\d{8}", False),
}
ACCOUNT = Account(
    id=uuid.UUID(int=1),
    organisation=uuid.UUID(int=2),
    federation="sundhed",
    cvr=CVR,
    person=uuid.UUID(int=3),
    human=None,
    state="active",
    display_name="Anna Prøve",
    email=None,
    home_code=WARD,
    period=ALWAYS,
)
ORGANISATION = Organisation(
    ACCOUNT.organisation, "sundhed", CVR, "", "Egely", "other", "active", ALWAYS
)
READ = "urn:dk:x:read"
SAID = Said("region", frozenset({CVR}), CVR, Assurance.SUBSTANTIAL, {"title": ("Sygeplejerske",)})


def role(
    code: str = "Reader", *delimitations: RoleDelimitation, number: int = 10, **changes: object
) -> Role:
    """A role of one version that has always been active."""
    version = RoleVersion(1, ALWAYS, "active", both(code), both(code), delimitations=delimitations)
    version = replace(version, **changes)  # type: ignore[arg-type]  # named fields of a version
    return Role(uuid.UUID(int=number), "sundhed", "dpsd", code, f"urn:x:{code}", (version,))


READER = role("Reader", RoleDelimitation("sor", least=0, own_unit=True))
WRITER = role("Writer", number=11)
SERVICE = ServiceVersion(
    ALWAYS,
    "production",
    both("DPSD"),
    "STPS",
    "standard",
    "union",
    "sor",
    forms=(RoleForm("classic", template="{role}_{delimitation}_3", delimitation="sor"),),
)


def grant(of: Role = READER, *scopes: Scope, number: int = 100) -> EffectiveGrant:
    return EffectiveGrant(
        id=uuid.UUID(int=number),
        account=ACCOUNT.id,
        organisation=ORGANISATION.id,
        role=of.id,
        via="direct",
        via_name=None,
        period=ALWAYS,
        by="Bo Leder",
        granted_at=ALWAYS.since,
        reason="needs it",
        case_no=None,
        used_at=None,
        scopes=scopes,
    )


def unit(code: str, *, below: bool = True) -> Scope:
    return Scope("sor", "value", code, below)


def entitlement(of: Role, *ceilings: Ceiling) -> Entitlement:
    return Entitlement(
        uuid.UUID(int=of.id.int + 1000), ORGANISATION.id, of.id, ALWAYS, "op", None, ceilings
    )


def rule(
    of: Role = READER, *conditions: Condition, number: int = 500, **changes: object
) -> DeriveRule:
    made = DeriveRule(
        id=uuid.UUID(int=number),
        code=f"rule-{number}",
        version=1,
        period=ALWAYS,
        role=of.id,
        effect="grant",
        state="active",
        clauses=(conditions or (Condition("privileges", "has_privilege", (READ,)),),),
        scopes=(DerivedScope("sor", "privilege"),),
        by="owner",
        approved_by="operator",
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # named fields of a rule


def privilege(urn: str = READ, cvr: str = CVR, **constraints: str) -> PrivilegeGroup:
    named = {"sor": SOR_CONSTRAINT, "odd": "urn:x:odd"}
    return PrivilegeGroup(
        CVR_SCOPE + cvr, (urn,), tuple((named[k], v) for k, v in constraints.items())
    )


def conflict(
    action: Literal["block", "exception", "warn"],
    reach: Literal["identity", "person"] = "identity",
) -> SodRule:
    return SodRule(
        id=uuid.UUID(int=900),
        code="two-sides",
        period=ALWAYS,
        name=both("Two sides"),
        explanation=both("Not both"),
        reach=reach,
        action=action,
        a=frozenset({READER.id}),
        b=frozenset({WRITER.id}),
    )


BASE = Situation(
    at=NOW,
    service=SERVICE,
    roles={READER.id: READER, WRITER.id: WRITER},
    types=TYPES,
    said=SAID,
    account=ACCOUNT,
    organisation=ORGANISATION,
    entitlements={READER.id: entitlement(READER), WRITER.id: entitlement(WRITER)},
    known=frozenset({READ}),
)


def answer(situation: Situation, units: Units = UNITS) -> Answer:
    """All steps, with code lists that answer from the tree above and nothing else.

    Units are answered only as far as they were asked, so that a forgotten question shows.
    """
    opened = asked(opening(situation).pairs, units)
    prepared = prepare(situation, opened)
    questions = prepared.questions
    told = replace(
        asked(questions.pairs, units),
        wide=units.wide & (questions.alone | questions.spread),
        below={key: below for key, below in units.below.items() if key in questions.spread},
    )
    return resolve(prepared, told, PROFILES["oiosaml-3"])


def asked(pairs: frozenset[tuple[str, str, str]], units: Units) -> Units:
    return Units(pairs=units.pairs & pairs, listed=units.listed)


def values(found: Answer) -> set[str]:
    return {value for attribute in found.attributes for value in attribute.values}


def codes(found: Answer) -> set[str]:
    return {one.code for one in found.left_out}


def ids(found: Answer) -> set[UUID]:
    return {one.source.id for one in found.issued}
