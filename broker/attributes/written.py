"""The last step: what a service is told, in the words of its own profile."""

from dataclasses import dataclass
from datetime import datetime

from broker.attributes.model import Claims, Mapping, ReleaseRule
from broker.errors import NotAllowed
from broker.metadata.speech import Speech
from broker.saml import names
from broker.saml.assurance import NIST_PREFIX, nist_of
from broker.saml.messages import Attribute
from broker.saml.vocabulary import OIO2_OF, OIO3_OF

_PRIVILEGES = frozenset({names.PRIVILEGES, names.OIO2_PRIVILEGES, names.OIO2_PRIVILEGES_SIMPLE})


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told, in what words, and when."""

    speech: Speech
    staff: bool  # professionals, of whom a profile wants more
    without_cpr: bool  # leaves CPR numbers out whatever the mapping says (R20)
    now: datetime


def release(
    claims: Claims,
    mapping: Mapping,
    told: Told,
    trace: list[str],
    roles: tuple[Attribute, ...] = (),
) -> tuple[Attribute, ...]:
    """The attributes of the assertion: version, level, what profile and mapping list, roles.

    Nothing else leaves. `roles` are written by `broker.roles` and stand last, in
    place of anything listed under the same name. Raises NotAllowed("policy.required_attribute").
    """
    profile = told.speech.profile
    out = [*_version(told.speech), *_level(claims, told.speech)]
    trace += [f"release: {attribute.name} by {profile.code}" for attribute in out]
    fixed = {attribute.name for attribute in (*out, *roles)}
    # One privilege attribute in an assertion, never several. OIOBPP 3.6 rule 1.
    if fixed & _PRIVILEGES:
        fixed |= _PRIVILEGES
    for rule, why in _rules(mapping, told):
        name = rule.name or name_of(rule.source, told.speech)
        values = claims.values.get(rule.source, ())
        if not values:
            _missing(rule, why, trace)
        elif name in fixed:
            trace.append(f"release: {name} of {why} is written already")
        else:
            fixed |= _PRIVILEGES if name in _PRIVILEGES else {name}
            form = rule.name_format or profile.name_format
            out.append(Attribute(name, values, form, rule.friendly_name))
            trace.append(f"release: {name} from {rule.source} by {why}, {len(values)} values")
    out += roles
    trace += [f"release: {attribute.name} by the roles" for attribute in roles]
    trace.append(f"release: {len(out)} attributes as {profile.code}")
    return tuple(out)


def _rules(mapping: Mapping, told: Told) -> list[tuple[ReleaseRule, str]]:
    """What goes out, and why: what the profile demands first, by the mapping's rule if it has one.

    A rule that gives a demanded attribute another name is one more attribute.
    """
    profile = told.speech.profile
    listed = {
        (rule.source, rule.name or name_of(rule.source, told.speech)): (rule, f"release {number}")
        for number, rule in enumerate(mapping.release, start=1)
    }
    demanded = {
        (short, name_of(short, told.speech)): (ReleaseRule(short, None, None), profile.code)
        for short in (profile.required_of_staff if told.staff else ())
    }
    return list({**demanded, **listed}.values())


def _missing(rule: ReleaseRule, why: str, trace: list[str]) -> None:
    if rule.required and not rule.omit:
        raise NotAllowed("policy.required_attribute", f"{rule.source} of {why} is not there")
    trace.append(f"release: {rule.source} of {why} is not there")


def name_of(short: str, speech: Speech) -> str:
    """What a profile calls an attribute; what its generation has no name for keeps the newer."""
    return (OIO2_OF if speech.profile.generation == 2 else OIO3_OF)[short]


def class_ref(claims: Claims, speech: Speech) -> str:
    """The AuthnContextClassRef of the assertion, by the scale that the profile measures with."""
    if speech.profile.levels == "nist" or claims.assurance is None:
        return f"{NIST_PREFIX}{_number(claims, speech)}"
    return claims.assurance.uri


def _version(speech: Speech) -> list[Attribute]:
    profile = speech.profile
    if not profile.spec_versions:
        return []
    name = names.OIO2_SPEC_VERSION if profile.generation == 2 else names.SPEC_VERSION
    own = None if profile.health_versions else speech.version
    value = own or profile.spec_versions[0]
    out = [Attribute(name, (value,), profile.name_format, "specVersion")]
    if profile.health_versions:
        spelling = speech.version or profile.health_versions[0]
        out.append(Attribute(names.HEALTH_SPEC_VERSION, (spelling,), profile.name_format))
    return out


def _level(claims: Claims, speech: Speech) -> list[Attribute]:
    profile = speech.profile
    if profile.levels == "nist" or claims.assurance is None:
        number = str(_number(claims, speech))
        return [Attribute(names.OIO2_ASSURANCE, (number,), profile.name_format, "AssuranceLevel")]
    return [Attribute(names.LOA, (claims.assurance.word,), profile.name_format, "loa")]


def _number(claims: Claims, speech: Speech) -> int:
    """The AssuranceLevel: worked out of the NSIS level, or passed on as it was said."""
    if claims.assurance is not None:
        return nist_of(claims.assurance, four=speech.nist_four)
    if claims.nist is None:
        raise RuntimeError("a person without any level came as far as the release")
    return claims.nist
