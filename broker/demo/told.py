"""Roles as a service reads them from an assertion: SEB Classic strings, OIOBPP, simple, plain.

A service knows nothing of the broker but what it was told, so this reads attributes alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from broker.errors import Refused
from broker.saml import names
from broker.saml.privileges import CVR_SCOPE, read_privileges

Form = Literal["classic", "plain", "oiobpp", "simple"]

_CLASSIC = re.compile(r"(?P<role>[^_]+)_(?P<unit>[^_]+)_\d")
_NOWHERE = "0"  # the delimitation of a SEB Classic string that has none
_LISTS = (names.PRIVILEGES, names.OIO2_PRIVILEGES)


@dataclass(frozen=True, slots=True, order=True)
class Role:
    """One role that a service was told, in one of its forms."""

    form: Form
    name: str  # the code in SEB Classic and plain values, else the URN
    units: tuple[tuple[str, str], ...] = ()  # what narrows it: the constraint's name, the code
    cvr: str | None = None  # the organisation, where the form says it
    text: str = ""  # as it was written, where it is one value

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the units alone."""
        return tuple(code for _, code in self.units)

    @property
    def written(self) -> str:
        """The value that tells it, or the privilege where it is one of a list."""
        return self.text or self.name

    def __str__(self) -> str:
        """The name and its units, for a line of text."""
        return " ".join((self.name, *self.codes))

    def facts(self) -> dict[str, object]:
        """The role as plain data."""
        units = [{"type": kind, "code": code} for kind, code in self.units]
        return {"form": self.form, "role": self.name, "units": units, "organisation": self.cvr}


def roles_in(values: Mapping[str, tuple[str, ...]]) -> tuple[Role, ...]:
    """Every role in the attributes of an assertion, sorted; a list that can't be read has none."""
    found = [_read(text) for text in values.get(names.ROLE_CLAIM, ())]
    found += [Role("simple", text) for text in values.get(names.OIO2_PRIVILEGES_SIMPLE, ())]
    for name in _LISTS:
        for text in values.get(name, ()):
            found += _privileges(text)
    return tuple(sorted(found, key=lambda role: (role.form, role.name, role.units)))


def _read(text: str) -> Role:
    found = _CLASSIC.fullmatch(text)
    if found is None:
        return Role("plain", text, text=text)
    unit = found["unit"]
    units = () if unit == _NOWHERE else (("", unit),)
    return Role("classic", found["role"], units, text=text)


def _privileges(text: str) -> list[Role]:
    try:
        groups = read_privileges(text)
    except Refused:
        return []
    return [
        Role("oiobpp", privilege, group.constraints, group.scope.removeprefix(CVR_SCOPE))
        for group in groups
        for privilege in group.privileges
    ]
