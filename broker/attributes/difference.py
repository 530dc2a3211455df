"""What another version of a mapping would have told: attribute by attribute, without a value."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from broker.saml.messages import Attribute

Kind = Literal["added", "removed", "changed", "order"]


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """One attribute by its name on the wire, and how it would differ.

    `order` is the same values in another order; `changed` is other values or another NameFormat.
    """

    attribute: str
    kind: Kind


def compare(now: Sequence[Attribute], then: Sequence[Attribute]) -> tuple[Difference, ...]:
    """How what would be told differs from what is told, sorted by attribute."""
    before = {attribute.name: attribute for attribute in now}
    after = {attribute.name: attribute for attribute in then}
    found = [Difference(name, "removed") for name in before.keys() - after.keys()]
    found += [Difference(name, "added") for name in after.keys() - before.keys()]
    for name in before.keys() & after.keys():
        one, other = before[name], after[name]
        if one.name_format != other.name_format or sorted(one.values) != sorted(other.values):
            found.append(Difference(name, "changed"))
        elif one.values != other.values:
            found.append(Difference(name, "order"))
    return tuple(sorted(found))
