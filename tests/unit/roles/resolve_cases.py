"""Situations with what they come to: a role that is issued, or the reason why none is."""

import uuid
from dataclasses import replace

from broker.roles.grants.facts import Ceiling, Scope
from broker.roles.model import Condition, DerivedScope, RoleDelimitation, RoleForm
from broker.roles.preparing import Situation
from broker.saml.assurance import Assurance
from tests.unit.roles.situations import (
    ABROAD,
    ACCOUNT,
    BASE,
    HOSPITAL,
    OTHER_CVR,
    READER,
    REGION,
    SAID,
    SERVICE,
    WARD,
    WARD_B,
    WRITER,
    both,
    conflict,
    entitlement,
    grant,
    privilege,
    role,
    rule,
    unit,
)

NEVER = RoleForm("oiobpp", version="1.0.1")


def with_grants(*grants: object) -> Situation:
    return replace(BASE, grants=grants)  # type: ignore[arg-type]  # cases name the fields


def said(*groups: object, **changes: object) -> Situation:
    return replace(BASE, said=replace(SAID, groups=groups, **changes))  # type: ignore[arg-type]  # cases name the fields


GIVEN: dict[str, tuple[Situation, set[str]]] = {
    "without a unit": (with_grants(grant()), {"Reader_0_3"}),
    "in a unit": (with_grants(grant(READER, unit(WARD))), {f"Reader_{WARD}_3"}),
    "in two units, a string each": (
        with_grants(grant(READER, unit(WARD), unit(WARD_B))),
        {f"Reader_{WARD}_3", f"Reader_{WARD_B}_3"},
    ),
    "in a unit with all below it": (
        with_grants(grant(READER, unit(HOSPITAL))),
        {f"Reader_{HOSPITAL}_3"},
    ),
    "in the unit where the person works": (
        with_grants(grant(READER, Scope("sor", "own_unit", "", False))),
        {f"Reader_{WARD}_3"},
    ),
    "under a ceiling": (
        replace(
            with_grants(grant(READER, unit(WARD))),
            entitlements={READER.id: entitlement(READER, Ceiling("sor", HOSPITAL, True))},
        ),
        {f"Reader_{WARD}_3"},
    ),
    "spread out for a service that knows no subtrees": (
        replace(
            with_grants(grant(READER, unit(HOSPITAL))),
            service=replace(SERVICE, subtree="expand"),
        ),
        {f"Reader_{HOSPITAL}_3", f"Reader_{WARD}_3", f"Reader_{WARD_B}_3"},
    ),
    "of a privilege": (replace(said(privilege()), rules=(rule(),)), {"Reader_0_3"}),
    "of a privilege in a unit": (
        replace(said(privilege(sor=WARD)), rules=(rule(),)),
        {f"Reader_{WARD}_3"},
    ),
    "of a title": (
        replace(BASE, rules=(rule(WRITER, Condition("title", "prefix", ("syge",)), scopes=()),)),
        {"Writer_0_3"},
    ),
    "of a title, in a unit that the rule names": (
        replace(
            BASE,
            rules=(
                rule(
                    READER,
                    Condition("title", "eq", ("Sygeplejerske",)),
                    scopes=(DerivedScope("sor", "literal", WARD),),
                ),
            ),
        ),
        {f"Reader_{WARD}_3"},
    ),
    "of a level that is high enough": (
        replace(BASE, rules=(rule(WRITER, Condition("loa", "gte", ("Low",)), scopes=()),)),
        {"Writer_0_3"},
    ),
    "with a conflict that only warns": (
        replace(
            with_grants(grant(), grant(WRITER, number=101)), conflict_rules=(conflict("warn"),)
        ),
        {"Reader_0_3", "Writer_0_3"},
    ),
}


LEFT_OUT: dict[str, tuple[Situation, str]] = {
    "not entitled": (replace(with_grants(grant()), entitlements={}), "role.not_entitled"),
    "the login is too weak": (
        replace(
            with_grants(grant(WRITER)),
            roles={WRITER.id: role("Writer", number=11, minimum=Assurance.HIGH)},
        ),
        "role.assurance",
    ),
    "the login has no level that counts": (
        replace(
            with_grants(grant(WRITER)),
            said=replace(SAID, assurance=None),
            roles={WRITER.id: role("Writer", number=11, minimum=Assurance.LOW)},
        ),
        "role.assurance",
    ),
    "the service takes nothing granted": (
        replace(with_grants(grant()), service=replace(SERVICE, source="idp_only")),
        "source.idp_only",
    ),
    "the service takes nothing derived": (
        replace(said(privilege()), rules=(rule(),), service=replace(SERVICE, source="local_only")),
        "source.local_only",
    ),
    "a rule denies it": (
        replace(
            with_grants(grant()),
            rules=(rule(READER, Condition("title", "present"), effect="deny", scopes=()),),
        ),
        "rule.denied",
    ),
    "no unit to be one's own": (
        replace(
            with_grants(grant(READER, Scope("sor", "own_unit", "", False))),
            account=replace(ACCOUNT, home_code=None),
        ),
        "scope.no_home",
    ),
    "own unit of a type that units are not of": (
        with_grants(grant(READER, Scope("sks", "own_unit", "", False))),
        "scope.own_unit_type",
    ),
    "a type nobody knows": (with_grants(grant(READER, Scope("kle", "value", "1"))), "scope.type"),
    "a type that the role does not take": (
        with_grants(grant(WRITER, unit(WARD))),
        "scope.type",
    ),
    "no unit where the role demands one": (
        replace(with_grants(grant()), roles={READER.id: role("Reader", RoleDelimitation("sor"))}),
        "scope.missing",
    ),
    "a code that is in no list": (
        with_grants(grant(READER, unit("41000016009"))),
        "scope.unknown_code",
    ),
    "a code that the role forbids": (
        replace(
            with_grants(grant(READER, unit(WARD))),
            roles={
                READER.id: role(
                    "Reader", RoleDelimitation("sor", 0, forbidden={WARD: both("closed ward")})
                )
            },
        ),
        "scope.forbidden",
    ),
    "above the ceiling": (
        replace(
            with_grants(grant(READER, unit(REGION))),
            entitlements={READER.id: entitlement(READER, Ceiling("sor", HOSPITAL, True))},
        ),
        "scope.ceiling",
    ),
    "beside the ceiling": (
        replace(
            with_grants(grant(READER, unit(ABROAD))),
            entitlements={READER.id: entitlement(READER, Ceiling("sor", HOSPITAL, True))},
        ),
        "scope.ceiling",
    ),
    "with all below, under a ceiling of one code": (
        replace(
            with_grants(grant(READER, unit(HOSPITAL))),
            entitlements={READER.id: entitlement(READER, Ceiling("sor", HOSPITAL, False))},
        ),
        "scope.ceiling",
    ),
    "no unit at all, where there is a ceiling": (
        replace(
            with_grants(grant()),
            entitlements={READER.id: entitlement(READER, Ceiling("sor", HOSPITAL, True))},
        ),
        "scope.ceiling",
    ),
    "own unit beyond the ceiling": (
        replace(
            with_grants(grant(READER, Scope("sor", "own_unit", "", False))),
            account=replace(ACCOUNT, home_code=ABROAD),
            entitlements={READER.id: entitlement(READER, Ceiling("sor", HOSPITAL, True))},
        ),
        "scope.ceiling",
    ),
    "one unit alone, which the service would read with all below it": (
        with_grants(grant(READER, unit(HOSPITAL, below=False))),
        "scope.exact",
    ),
    "a privilege for another organisation": (
        replace(said(privilege(cvr=OTHER_CVR)), rules=(rule(),)),
        "privilege.scope_foreign",
    ),
    "an IdP that does not speak for the organisation": (
        replace(said(privilege(), idp_cvrs=frozenset({OTHER_CVR})), rules=(rule(),)),
        "privilege.scope_foreign",
    ),
    "a privilege that no rule asks for": (
        replace(said(privilege("urn:x:other")), rules=(rule(),)),
        "privilege.unused",
    ),
    "a constraint that nobody understands": (
        replace(said(privilege(odd="x")), rules=(rule(),)),
        "privilege.constraint_unknown",
    ),
    "privileges that cannot be read": (
        replace(said(malformed=("malformed.base64",)), rules=(rule(),)),
        "privilege.malformed",
    ),
    "a constraint that the rule does not copy": (
        replace(said(privilege(sor=WARD)), rules=(rule(READER, scopes=()),)),
        "scope.not_copied",
    ),
    "a unit that was not sent": (
        replace(
            BASE,
            rules=(
                rule(
                    READER,
                    Condition("title", "present"),
                    scopes=(DerivedScope("sor", "attribute", "home_unit"),),
                ),
            ),
        ),
        "scope.not_sent",
    ),
    "a derived role that the organisation is not entitled to": (
        replace(said(privilege()), rules=(rule(),), entitlements={}),
        "role.not_entitled",
    ),
    "a derived unit beyond the ceiling": (
        replace(
            said(privilege(sor=ABROAD)),
            rules=(rule(),),
            entitlements={READER.id: entitlement(READER, Ceiling("sor", HOSPITAL, True))},
        ),
        "scope.ceiling",
    ),
    "a conflict that blocks": (
        replace(
            with_grants(grant(), grant(WRITER, number=101)), conflict_rules=(conflict("block"),)
        ),
        "conflict.blocked",
    ),
    "a conflict that nobody made an exception from": (
        replace(
            with_grants(grant(), grant(WRITER, number=101)),
            conflict_rules=(conflict("exception"),),
        ),
        "conflict.blocked",
    ),
    "a conflict with a role under another identity": (
        replace(
            with_grants(grant()),
            elsewhere={uuid.UUID(int=77): frozenset({WRITER.id})},
            conflict_rules=(conflict("block", "person"),),
        ),
        "conflict.blocked",
    ),
    "a service that reads roles in no form": (
        replace(with_grants(grant()), service=replace(SERVICE, forms=())),
        "form.none",
    ),
    "a form that cannot say units": (
        replace(with_grants(grant(READER, unit(WARD))), service=replace(SERVICE, forms=(NEVER,))),
        "form.delimited",
    ),
    "nobody of an organisation here": (
        replace(with_grants(grant()), organisation=None),
        "role.no_organisation",
    ),
}
