"""Claims under other names, kept, dropped, and filled in where they are missing."""

from dataclasses import dataclass

from broker.attributes.model import Claims, Say, Values
from broker.attributes.transforms.arguments import Arguments, Target
from broker.attributes.transforms.saying import missing, without, written
from broker.saml.vocabulary import OF_THE_ASSERTION


@dataclass(frozen=True, slots=True)
class FromTo:
    """One claim to read and one to write."""

    source: str
    target: Target


def read_from_to(arguments: Arguments) -> FromTo:
    """from, to, replace."""
    given = FromTo(arguments.source(), arguments.target())
    if given.source == given.target.name:
        raise arguments.wrong("to", "is the same as from; write another name")
    return given


def rename(claims: Claims, given: FromTo, say: Say) -> Values:
    """Move a claim to another name. from, to, replace = false."""
    if missing(claims, say, given.source):
        return claims.values
    moved = written(claims, say, given.target, claims.values[given.source])
    return moved if moved is claims.values else without(moved, given.source)


def copy(claims: Claims, given: FromTo, say: Say) -> Values:
    """Say a claim under another name as well. from, to, replace = false."""
    if missing(claims, say, given.source):
        return claims.values
    return written(claims, say, given.target, claims.values[given.source])


@dataclass(frozen=True, slots=True)
class FirstOf:
    """Several claims, the best first, and one to write."""

    sources: tuple[str, ...]
    target: Target


def read_first_of(arguments: Arguments) -> FirstOf:
    """from (a list), to, replace."""
    return FirstOf(arguments.sources("from"), arguments.target())


def first_of(claims: Claims, given: FirstOf, say: Say) -> Values:
    """Take the first of several claims that is there. from = [...], to, replace = false."""
    found = next((name for name in given.sources if claims.values.get(name)), None)
    if found is None:
        say(f"none of {', '.join(given.sources)} is there, nothing done")
        return claims.values
    say(f"{found} is the first that is there")
    return written(claims, say, given.target, claims.values[found])


@dataclass(frozen=True, slots=True)
class Named:
    """Some claims."""

    names: tuple[str, ...]


def read_named(arguments: Arguments) -> Named:
    """attributes."""
    return Named(arguments.sources("attributes"))


def keep(claims: Claims, given: Named, say: Say) -> Values:
    """Drop every claim but these; version and level always stay. attributes = [...]."""
    kept = {*given.names, *OF_THE_ASSERTION}
    gone = sorted(name for name in claims.values if name not in kept)
    say(f"dropped {', '.join(gone)}" if gone else "nothing to drop")
    return without(claims.values, *gone)


def drop(claims: Claims, given: Named, say: Say) -> Values:
    """Drop some claims. attributes = [...]."""
    gone = [name for name in given.names if name in claims.values]
    say(f"dropped {', '.join(gone)}" if gone else f"{', '.join(given.names)} not there")
    return without(claims.values, *gone)


@dataclass(frozen=True, slots=True)
class Default:
    """A claim, and what it is where nobody said it."""

    target: Target
    value: str


def read_default(arguments: Arguments) -> Default:
    """attribute, value."""
    value = arguments.value("value")
    if not value.strip():
        raise arguments.wrong("value", "is empty; write what to tell")
    return Default(arguments.target("attribute"), value)


def default(claims: Claims, given: Default, say: Say) -> Values:
    """Fill a claim in where it is missing, such as org_name. attribute, value."""
    return written(claims, say, given.target, (given.value,))
