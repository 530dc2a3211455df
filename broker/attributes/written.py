"""The last step: what a service is told, in the words of its own profile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from broker.attributes.model import Claims, Mapping, ReleaseRule, Role
from broker.attributes.vocabulary import OIO2_OF, OIO3_OF
from broker.metadata.speech import Speech
from broker.saml import names
from broker.saml.assurance import NIST_PREFIX, nist_of
from broker.saml.messages import Attribute


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told, in what words, and when."""

    speech: Speech
    staff: bool  # professionals, of whom a profile wants more
    without_cpr: bool  # leaves CPR numbers out whatever the mapping says (R20)
    now: datetime


def release(
    claims: Claims, roles: Sequence[Role], mapping: Mapping, told: Told, trace: list[str]
) -> tuple[Attribute, ...]:
    """The attributes of the assertion: version, level, what profile and mapping list, roles."""
    profile = told.speech.profile
    out = [*_version(told.speech), *_level(claims, told.speech)]
    fixed = {attribute.name for attribute in out}
    needed = [ReleaseRule(short, None, None) for short in profile.required_of_staff if told.staff]
    for rule in (*needed, *mapping.release):
        name = rule.name or name_of(rule.source, told.speech)
        values = claims.values.get(rule.source, ())
        if not values or name in fixed:
            continue
        fixed.add(name)
        out.append(
            Attribute(name, values, rule.name_format or profile.name_format, rule.friendly_name)
        )
    if roles:
        written = tuple(
            mapping.role_template.format(role=r.name, delimitation=r.delimitation or "0")
            for r in roles
        )
        out.append(Attribute(mapping.role_attribute, written, profile.name_format, "role"))
    trace.append(f"release: {len(out)} attributes as {profile.code}")
    return tuple(out)


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
