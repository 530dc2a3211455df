"""Identifiers in the forms of both generations, and the level of assurance as a claim."""

import re
from dataclasses import dataclass

from broker.attributes.model import Claims, Say, Values
from broker.attributes.transforms.arguments import Arguments, Target
from broker.attributes.transforms.saying import changed, missing, written
from broker.saml.assurance import nist_of

_UUID = re.compile(r"(?:urn:uuid:)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\Z", re.IGNORECASE)
_UID = re.compile(r"CVR:[0-9]{8}-RID:[^\s-]{1,64}\Z")


@dataclass(frozen=True, slots=True)
class UuidForm:
    """A claim of UUIDs, and what stands before them."""

    name: str
    prefix: str


def read_uuid_form(arguments: Arguments) -> UuidForm:
    """attribute, form."""
    form = arguments.choice("form", ("bare", "urn"))
    return UuidForm(arguments.changed(), "urn:uuid:" if form == "urn" else "")


def uuid_form(claims: Claims, given: UuidForm, say: Say) -> Values:
    """Write UUIDs bare or as urn:uuid, in lower case. attribute, form = "bare" or "urn".

    A value that is no UUID stays as it is.
    """
    if missing(claims, say, given.name):
        return claims.values
    found = [(value, _UUID.match(value)) for value in claims.values[given.name]]
    if odd := sum(match is None for _, match in found):
        say(f"{odd} of {len(found)} in {given.name} no UUID, left as said")
    made = [given.prefix + match[1].lower() if match else value for value, match in found]
    return changed(claims, say, given.name, made)


@dataclass(frozen=True, slots=True)
class Uid:
    """The claim to write a Uid of OIOSAML 2 to."""

    target: Target


def read_write_uid(arguments: Arguments) -> Uid:
    """to, replace."""
    arguments.named("to", "cvr")
    arguments.named("to", "rid")
    return Uid(arguments.target("to", "uid"))


def write_uid(claims: Claims, given: Uid, say: Say) -> Values:
    """Make the Uid of OIOSAML 2, CVR:…-RID:…, of cvr and rid. to = "uid", replace = false.

    The other way needs no step: a Uid that is said is always read into cvr and rid.
    """
    if missing(claims, say, "cvr", "rid"):
        return claims.values
    made = f"CVR:{claims.one('cvr')}-RID:{claims.one('rid')}"
    if not _UID.match(made):
        say("cvr and rid make no Uid, nothing done")
        return claims.values
    return written(claims, say, given.target, (made,))


@dataclass(frozen=True, slots=True)
class Level:
    """The claim to write a level to, and in which words."""

    target: Target
    scale: str
    four: bool


def read_write_level(arguments: Arguments) -> Level:
    """to, scale, four, replace."""
    scale = arguments.choice("scale", ("nsis", "nsis-uri", "nist"))
    four = arguments.flag("four")
    if four and scale != "nist":
        raise arguments.wrong("four", "belongs to scale = nist")
    return Level(arguments.target(), scale, four)


def write_level(claims: Claims, given: Level, say: Say) -> Values:
    """Write the level of assurance as a claim. to, scale, four = false, replace = false.

    scale = "nsis" is Low, Substantial or High, "nsis-uri" the same as a URI, and "nist" an
    AssuranceLevel, where High is 4 only with four = true. A level known by NIST alone is never
    told in words of NSIS.
    """
    level = claims.assurance
    if given.scale == "nist":
        number = claims.nist if level is None else nist_of(level, four=given.four)
        value = None if number is None else str(number)
    else:
        value = None if level is None else level.uri if given.scale == "nsis-uri" else level.word
    if value is None:
        say(f"no level by {given.scale.partition('-')[0].upper()} is known, nothing done")
        return claims.values
    return written(claims, say, given.target, (value,))
