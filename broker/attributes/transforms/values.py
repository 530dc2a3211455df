"""Values of one claim: by table, with prefixes, by pattern, as lists."""

import re
from dataclasses import dataclass

from broker.attributes.model import Claims, Say, Values
from broker.attributes.transforms.arguments import LONGEST, Arguments, Target
from broker.attributes.transforms.saying import changed, missing, written

_ANY = r"[\s\S]{0,256}"


@dataclass(frozen=True, slots=True)
class ByTable:
    """A claim, a table for its values, and where what comes out is written."""

    source: str
    target: Target
    table: dict[str, str]
    keep: bool


def read_map_values(arguments: Arguments) -> ByTable:
    """from, to, table, otherwise, replace."""
    source = arguments.source()
    target = arguments.target("to", source)
    otherwise = arguments.choice("otherwise", ("drop", "keep"), "drop")
    return ByTable(source, target, dict(arguments.words("table")), otherwise == "keep")


def map_values(claims: Claims, given: ByTable, say: Say) -> Values:
    """Replace values by a table. from, to = from, table = {...}, otherwise = "drop", replace.

    What the table does not name is dropped, or kept with otherwise = "keep".
    """
    if missing(claims, say, given.source):
        return claims.values
    before = claims.values[given.source]
    after = [given.table.get(v, v if given.keep else "") for v in before]
    made = tuple(dict.fromkeys(v for v in after if v))
    unknown = sum(v not in given.table for v in before)
    if unknown:
        say(f"{unknown} of {len(before)} in {given.source} not in the table")
    if given.target.name == given.source:
        return changed(claims, say, given.source, made)
    if not made:
        return claims.values
    return written(claims, say, given.target, made)


@dataclass(frozen=True, slots=True)
class Affix:
    """A claim, what stands before and after its values, and the form the values have."""

    name: str
    prefix: str
    suffix: str
    pattern: re.Pattern[str]
    keep: bool


def read_affix(arguments: Arguments) -> Affix:
    """attribute, prefix, suffix, pattern, otherwise."""
    prefix, suffix = arguments.value("prefix", ""), arguments.value("suffix", "")
    if not prefix and not suffix:
        raise arguments.wrong("prefix", "is missing, and suffix as well; write one of them")
    otherwise = arguments.choice("otherwise", ("drop", "keep"), "drop")
    pattern = arguments.pattern("pattern", default=_ANY)
    return Affix(arguments.changed(), prefix, suffix, pattern, otherwise == "keep")


def add_affix(claims: Claims, given: Affix, say: Say) -> Values:
    """Put a text before and after each value. attribute, prefix, suffix, pattern, otherwise.

    A value that does not match the pattern is dropped, or kept as it is with otherwise = "keep".
    """
    if missing(claims, say, given.name):
        return claims.values
    made = [
        f"{given.prefix}{value}{given.suffix}" if _matches(given.pattern, value) else value
        for value in claims.values[given.name]
        if given.keep or _matches(given.pattern, value)
    ]
    return changed(claims, say, given.name, made)


def strip_affix(claims: Claims, given: Affix, say: Say) -> Values:
    """Take a text before and after each value away. attribute, prefix, suffix, pattern, otherwise.

    The pattern is for what is left. A value of another form is dropped, or kept as it is with
    otherwise = "keep".
    """
    if missing(claims, say, given.name):
        return claims.values
    made = []
    for value in claims.values[given.name]:
        bare = value[len(given.prefix) : len(value) - len(given.suffix)]
        whole = value == f"{given.prefix}{bare}{given.suffix}"
        if whole and bare and _matches(given.pattern, bare):
            made.append(bare)
        elif given.keep:
            made.append(value)
    return changed(claims, say, given.name, made)


@dataclass(frozen=True, slots=True)
class Matching:
    """A claim and the form of the values that stay."""

    name: str
    pattern: re.Pattern[str]


def read_only_matching(arguments: Arguments) -> Matching:
    """attribute, pattern."""
    return Matching(arguments.changed(), arguments.pattern("pattern"))


def only_matching(claims: Claims, given: Matching, say: Say) -> Values:
    """Drop values of another form. attribute, pattern."""
    if missing(claims, say, given.name):
        return claims.values
    held = claims.values[given.name]
    return changed(claims, say, given.name, [v for v in held if _matches(given.pattern, v)])


@dataclass(frozen=True, slots=True)
class Listed:
    """A claim, and what stands between its values in one text."""

    name: str
    separator: str = ""


def read_listed(arguments: Arguments) -> Listed:
    """attribute, separator."""
    return Listed(arguments.changed(), arguments.separator())


def join_values(claims: Claims, given: Listed, say: Say) -> Values:
    """Make one value of several. attribute, separator.

    Values that hold the separator would read as more than there are: then nothing is done.
    """
    if missing(claims, say, given.name):
        return claims.values
    held = claims.values[given.name]
    if any(given.separator in value for value in held):
        say(f"{given.name} holds the separator, nothing done")
        return claims.values
    return changed(claims, say, given.name, (given.separator.join(held),))


def split_values(claims: Claims, given: Listed, say: Say) -> Values:
    """Make several values of one. attribute, separator."""
    if missing(claims, say, given.name):
        return claims.values
    parts = [p.strip() for v in claims.values[given.name] for p in v.split(given.separator)]
    return changed(claims, say, given.name, [part for part in parts if part])


def read_one(arguments: Arguments) -> Listed:
    """attribute."""
    return Listed(arguments.changed())


def first_value(claims: Claims, given: Listed, say: Say) -> Values:
    """Keep the first value alone, for a service that takes one. attribute."""
    if missing(claims, say, given.name):
        return claims.values
    return changed(claims, say, given.name, claims.values[given.name][:1])


@dataclass(frozen=True, slots=True)
class Letters:
    """A claim, and whether its letters become small or capital."""

    name: str
    upper: bool


def read_change_case(arguments: Arguments) -> Letters:
    """attribute, to."""
    return Letters(arguments.changed(), arguments.choice("to", ("lower", "upper")) == "upper")


def change_case(claims: Claims, given: Letters, say: Say) -> Values:
    """Write values in small or capital letters. attribute, to = "lower" or "upper"."""
    if missing(claims, say, given.name):
        return claims.values
    held = claims.values[given.name]
    made = [value.upper() if given.upper else value.lower() for value in held]
    return changed(claims, say, given.name, list(dict.fromkeys(made)))


def _matches(pattern: re.Pattern[str], value: str) -> bool:
    return len(value) <= LONGEST and pattern.fullmatch(value) is not None
