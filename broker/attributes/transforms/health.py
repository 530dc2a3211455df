"""What only health care says: authorisations of professionals, and privileges passed on."""

from dataclasses import dataclass

from broker.attributes.model import Claims, Say, Values
from broker.attributes.transforms.arguments import Arguments, Target
from broker.attributes.transforms.saying import counted, missing, without, written
from broker.errors import Refused
from broker.saml.authorisations import Authorisation, read_authorisations
from broker.saml.privilege_scope import only_scope
from broker.saml.privileges import CVR_SCOPE


@dataclass(frozen=True, slots=True)
class Authorisations:
    """The claims that are made of a list of authorisations, and which of those count."""

    source: str
    has: Target
    codes: Target
    educations: Target
    types: Target
    only: frozenset[str]


def read_authorisation_step(arguments: Arguments) -> Authorisations:
    """from, educations, replace."""
    only = arguments.table.texts("educations")
    if not all(len(code) == 4 and code.isascii() and code.isdigit() for code in only):
        raise arguments.wrong("educations", "holds what is no code of four digits, such as 7170")
    has = arguments.target("has", "has_user_authorization")
    codes, educations, types = (
        Target(arguments.target(key, key).name, has.replace)
        for key in ("user_authorization_code", "user_education_code", "user_education_type")
    )
    source = arguments.source("from", "user_authorizations")
    return Authorisations(source, has, codes, educations, types, frozenset(only))


def authorisations(claims: Claims, given: Authorisations, say: Say) -> Values:
    """Read UserAuthorizations into claims a service can compare.

    from = "user_authorizations", educations = ["7170", ...] to count these alone, replace = false.
    Writes has_user_authorization (true or false), user_authorization_code, user_education_code
    and user_education_type, in one order; each can be given another name by its own. Where
    nobody sent a list nothing is written: not to be told is not to be told no. A list that
    cannot be read is a list of none.
    """
    if missing(claims, say, given.source):
        return claims.values
    found: list[Authorisation] = []
    for value in claims.values[given.source]:
        try:
            found += read_authorisations(value)
        except Refused as refused:
            say(f"a list ignored, {refused.code}")
    counting = [a for a in found if not given.only or a.education in given.only]
    say(f"{len(counting)} of {len(found)} authorisations count")
    out = written(claims, say, given.has, ("true" if counting else "false",))
    for target, values in (
        (given.codes, [a.code for a in counting]),
        (given.educations, [a.education for a in counting]),
        (given.types, [a.education_type for a in counting]),
    ):
        if values and all(values):
            now = Claims(out, claims.assurance, claims.nist)
            out = written(now, say, target, values)
    return out


@dataclass(frozen=True, slots=True)
class OwnPrivileges:
    """Nothing to choose: the claim is privileges, and the organisation is the person's own."""


def read_own_privileges(arguments: Arguments) -> OwnPrivileges:
    """No arguments."""
    arguments.named("name", "privileges")
    arguments.named("name", "cvr")
    arguments.writes.add("privileges")
    return OwnPrivileges()


def own_privileges(claims: Claims, given: OwnPrivileges, say: Say) -> Values:
    """Pass on only the privilege groups of the person's own organisation. No arguments.

    A group for another scope, and a list that cannot be read, are left out. OIOBPP 3.6.
    """
    if missing(claims, say, "privileges"):
        return claims.values
    scope = CVR_SCOPE + (claims.one("cvr") or "-")
    left: list[str] = []
    kept = dropped = 0
    for value in claims.values["privileges"]:
        try:
            narrowed = only_scope(value, scope)
        except Refused as refused:
            say(f"a list ignored, {refused.code}")
            continue
        kept, dropped = kept + narrowed.kept, dropped + narrowed.dropped
        if narrowed.value is not None:
            left.append(narrowed.value)
    say(f"{kept} of {kept + dropped} groups left, {counted(left)} in privileges")
    bare = without(claims.values, "privileges")
    return {**bare, "privileges": tuple(left)} if left else bare
