"""Names of people, whole and in parts; and texts made of several claims."""

import re
from dataclasses import dataclass

from broker.attributes.model import Claims, Say, Values
from broker.attributes.transforms.arguments import LONGEST, Arguments, Target
from broker.attributes.transforms.saying import missing, written

_FIELD = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_TEMPLATE = re.compile(r"(?:[^{}]|\{[a-z][a-z0-9_]*\})*\Z")


@dataclass(frozen=True, slots=True)
class SplitName:
    """A full name to read, its parts to write, and what to do with more than two words."""

    source: str
    known_last: str
    first: Target
    last: Target
    guess: bool


def read_split_name(arguments: Arguments) -> SplitName:
    """from, first, last, many, replace."""
    first = arguments.target("first", "first_name")
    last = Target(arguments.target("last", "last_name").name, first.replace)
    many = arguments.choice("many", ("leave", "last-word"), "leave")
    return SplitName(
        arguments.source("from", "full_name"), "last_name", first, last, many == "last-word"
    )


def split_name(claims: Claims, given: SplitName, say: Say) -> Values:
    """Make a first and a last name of a full one.

    from = "full_name", first = "first_name", last = "last_name", many = "leave", replace = false.
    A last name that was said decides where to cut. Otherwise two words are a first and a last
    name; of more, nobody can tell a middle name from a double surname, and they are left unless
    the service agreed to many = "last-word".
    """
    if missing(claims, say, given.source):
        return claims.values
    words = claims.values[given.source][0].split()
    surname = (claims.one(given.known_last) or "").split()
    if surname and len(words) > len(surname) and words[-len(surname) :] == surname:
        cut = len(words) - len(surname)
        say(f"cut before {given.known_last}")
    elif len(words) == 2 or (len(words) > 2 and given.guess):
        cut = len(words) - 1
    else:
        say(f"{given.source} has {len(words)} words, not guessed which are the last name")
        return claims.values
    first, last = " ".join(words[:cut]), " ".join(words[cut:])
    half = Claims(written(claims, say, given.first, (first,)), claims.assurance, claims.nist)
    return written(half, say, given.last, (last,))


@dataclass(frozen=True, slots=True)
class JoinNames:
    """The parts of a name to read, and the whole to write."""

    first: str
    last: str
    target: Target


def read_join_names(arguments: Arguments) -> JoinNames:
    """first, last, to, replace."""
    return JoinNames(
        arguments.source("first", "first_name"),
        arguments.source("last", "last_name"),
        arguments.target("to", "full_name"),
    )


def join_names(claims: Claims, given: JoinNames, say: Say) -> Values:
    """Make a full name of a first and a last one.

    first = "first_name", last = "last_name", to = "full_name", replace = false.
    """
    if missing(claims, say, given.first, given.last):
        return claims.values
    whole = f"{claims.one(given.first)} {claims.one(given.last)}"
    return written(claims, say, given.target, (whole,))


@dataclass(frozen=True, slots=True)
class Compose:
    """A text with claims in it, and the claim to write."""

    target: Target
    template: str
    fields: tuple[str, ...]


def read_compose(arguments: Arguments) -> Compose:
    """to, template, replace."""
    template = arguments.value("template")
    fields = tuple(dict.fromkeys(_FIELD.findall(template)))
    if not _TEMPLATE.match(template) or not fields:
        raise arguments.wrong("template", "holds {short_name} once at least and no other braces")
    for name in fields:
        arguments.named("template", name)
    return Compose(arguments.target(), template, fields)


def compose(claims: Claims, given: Compose, say: Say) -> Values:
    """Make one text of several claims. to, template = "{full_name}, {org_name}", replace = false.

    Each claim has one value, or nothing is made.
    """
    if missing(claims, say, *given.fields):
        return claims.values
    many = [name for name in given.fields if len(claims.values[name]) != 1]
    if many:
        say(f"{', '.join(many)} with several values, nothing done")
        return claims.values
    text = _FIELD.sub(lambda found: claims.values[found[1]][0], given.template)
    if len(text) > LONGEST:
        say(f"longer than {LONGEST} characters, nothing done")
        return claims.values
    return written(claims, say, given.target, (text,))
