"""What all steps share: how a claim is found or missing, written or left, and counted."""

from collections.abc import Sequence

from broker.attributes.model import Claims, Say, Values
from broker.attributes.transforms.arguments import Target


def missing(claims: Claims, say: Say, *names: str) -> bool:
    """Whether one of the claims has no value; says which."""
    gone = [name for name in names if not claims.values.get(name)]
    if gone:
        say(f"{', '.join(gone)} not there, nothing done")
    return bool(gone)


def written(claims: Claims, say: Say, target: Target, values: Sequence[str]) -> Values:
    """The claims with values under a target, which is left where it is there already."""
    if claims.values.get(target.name) and not target.replace:
        say(f"{target.name} is there already and stays")
        return claims.values
    say(f"{counted(values)} in {target.name}")
    return {**claims.values, target.name: tuple(values)}


def changed(claims: Claims, say: Say, name: str, values: Sequence[str]) -> Values:
    """The claims with a claim's values replaced; a claim without any left is gone."""
    before = claims.values.get(name, ())
    if not values:
        say(f"nothing left of {counted(before)} in {name}")
        return without(claims.values, name)
    less = len(values) < len(before)
    say(f"{len(values)} of {counted(before)} left in {name}" if less else f"{name} rewritten")
    return {**claims.values, name: tuple(values)}


def without(values: Values, *names: str) -> Values:
    """Values but for some claims."""
    return {name: held for name, held in values.items() if name not in names}


def counted(values: Sequence[str]) -> str:
    """How many values, in words."""
    return "1 value" if len(values) == 1 else f"{len(values)} values"
