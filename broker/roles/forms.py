"""Roles in the words of a service: OIOBPP, simple privileges, SEB Classic strings, plain.

A form that cannot say all of a role says nothing of it, and the role is left out with a
reason. A role without its delimitation, or outside its organisation, would be a wider one.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from broker.roles.form_templates import fill, has_field, read_classic
from broker.roles.model import DelimitationType, HeldRole, RoleForm
from broker.saml import names
from broker.saml.entities import Localised
from broker.saml.messages import Attribute
from broker.saml.privileges import CVR_SCOPE, PrivilegeGroup
from broker.saml.privileges_written import is_privilege_uri, is_writable, write_privileges
from broker.saml.profiles import Profile

REASONS: dict[str, Localised] = {
    "form.national": Localised(
        "Nationale roller sendes ikke på denne måde til tjenesten.",
        "National roles are not told to the service in this form.",
    ),
    "form.organisation": Localised(
        "Formatet kan ikke angive, hvilken organisation rollen gælder i.",
        "The form cannot say which organisation the role holds in.",
    ),
    "form.delimited": Localised(
        "Formatet kan ikke angive, hvad rollen er afgrænset til.",
        "The form cannot say what the role is delimited to.",
    ),
    "form.several_delimitations": Localised(
        "Formatet kan kun angive én afgrænsning, men rollen har flere.",
        "The form can say one delimitation only, but the role has several.",
    ),
    "form.delimitation_type": Localised(
        "Rollen er afgrænset på en anden måde, end formatet kan angive.",
        "The role is delimited in another way than the form can say.",
    ),
    "form.characters": Localised(
        "Rollens navn eller værdi har tegn, som ikke kan skrives i formatet.",
        "The role's name or value has characters that the form cannot say.",
    ),
    "form.ambiguous": Localised(
        "Rollen ville kunne forveksles med en anden, som den skrives.",
        "What is written could be read as another role.",
    ),
}

_CVR = re.compile(r"[0-9]{8}")


@dataclass(frozen=True, slots=True)
class LeftOutHere:
    """A role that one form does not tell, and why; another form of the service may tell it."""

    form: RoleForm
    role: HeldRole
    code: str  # one of REASONS


@dataclass(frozen=True, slots=True)
class Written:
    """The attributes that tell a person's roles, and what they do not tell."""

    attributes: tuple[Attribute, ...]
    left_out: tuple[LeftOutHere, ...]


class _Withheld(Exception):
    """A form does not tell a role; kept inside this module."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class _Told:
    """What one form has told so far: groups by what makes them one, or texts."""

    groups: dict[tuple[str, str, tuple[tuple[str, str], ...]], set[str]]
    texts: set[str]


def write(
    held: Sequence[HeldRole],
    forms: Sequence[RoleForm],
    types: Mapping[str, DelimitationType],
    profile: Profile,
    cvr: str,
) -> Written:
    """What a service is told of these roles, in each of its forms, always in the same order.

    `types` are the delimitation types by id, `cvr` the organisation that the assertion itself
    speaks of: a form that has no place for an organisation tells only the roles in that one.
    A form without roles gives no attribute. The forms have passed `check_forms`.
    """
    attributes: list[Attribute] = []
    left_out: list[LeftOutHere] = []
    for form in forms:
        told = _Told({}, set())
        for role in sorted(set(held)):
            try:
                _tell(role, form, types, cvr, told)
            except _Withheld as withheld:
                left_out.append(LeftOutHere(form, role, withheld.code))
        if told.groups:
            told.texts.add(write_privileges(_groups(told), form.version))
        if told.texts:
            attributes.append(_attribute(form, tuple(sorted(told.texts)), profile))
    return Written(tuple(attributes), tuple(left_out))


def _tell(
    role: HeldRole, form: RoleForm, types: Mapping[str, DelimitationType], cvr: str, told: _Told
) -> None:
    if role.national and not form.national:
        raise _Withheld("form.national")
    if form.kind == "oiobpp":
        _check_uris(role)
        key = (role.cvr, role.urn, _constraints(role, form, types))
        told.groups.setdefault(key, set()).update((role.urn, *role.aliases))
        return
    names_organisation = form.kind != "simple" and has_field(form.template, "cvr")
    if not names_organisation and role.cvr != cvr:
        raise _Withheld("form.organisation")
    if form.kind == "simple":
        if role.delimitations:
            raise _Withheld("form.delimited")
        _check_uris(role)
        told.texts.update((role.urn, *role.aliases))
    else:
        told.texts.update(_texts(role, form))


def _check_uris(role: HeldRole) -> None:
    if not all(is_privilege_uri(uri) for uri in (role.urn, *role.aliases)):
        raise _Withheld("form.characters")


def _constraints(
    role: HeldRole, form: RoleForm, types: Mapping[str, DelimitationType]
) -> tuple[tuple[str, str], ...]:
    if not _CVR.fullmatch(role.cvr):
        raise _Withheld("form.organisation")
    if role.delimitations and form.version == "1.0.1":
        raise _Withheld("form.delimited")
    found: dict[str, str] = {}
    for unit in role.delimitations:
        kind = types.get(unit.type)
        if kind is None:
            raise _Withheld("form.delimitation_type")
        if kind.urn in found:  # read as both together by some, as either by others
            raise _Withheld("form.several_delimitations")
        if not is_privilege_uri(kind.urn) or not is_writable(unit.value):
            raise _Withheld("form.characters")
        found[kind.urn] = unit.value
    return tuple(sorted(found.items()))


def _groups(told: _Told) -> list[PrivilegeGroup]:
    return [
        PrivilegeGroup(CVR_SCOPE + cvr, tuple(privileges), constraints)
        for (cvr, _, constraints), privileges in told.groups.items()
    ]


def _texts(role: HeldRole, form: RoleForm) -> set[str]:
    """One string, and one for each alias where the template says URNs."""
    unit = _delimitation(role, form)
    return {_text(role, urn, unit, form) for urn in (role.urn, *role.aliases)}


def _delimitation(role: HeldRole, form: RoleForm) -> str | None:
    if not role.delimitations:
        return None
    if not has_field(form.template, "delimitation"):
        raise _Withheld("form.delimited")
    if len(role.delimitations) > 1:
        raise _Withheld("form.several_delimitations")
    (unit,) = role.delimitations
    if unit.type != form.delimitation:
        raise _Withheld("form.delimitation_type")
    return unit.value


def _text(role: HeldRole, urn: str, unit: str | None, form: RoleForm) -> str:
    said = {"role": role.code, "urn": urn, "cvr": role.cvr}
    if unit is not None:
        said["delimitation"] = unit
    said = {name: value for name, value in said.items() if has_field(form.template, name)}
    if not all(is_writable(value) for value in said.values()):
        raise _Withheld("form.characters")
    if form.kind == "classic" and any("_" in value for value in said.values()):
        raise _Withheld("form.characters")
    text = fill(form.template, {"delimitation": form.none, **said})
    # Reading gives one answer to each text, so that no two roles are ever told by the same one.
    if read_classic(text, form.template, form.none) != said:
        raise _Withheld("form.ambiguous")
    return text


def _attribute(form: RoleForm, values: tuple[str, ...], profile: Profile) -> Attribute:
    if form.kind == "oiobpp":
        default = names.OIO2_PRIVILEGES if profile.generation == 2 else names.PRIVILEGES
    else:
        default = names.OIO2_PRIVILEGES_SIMPLE if form.kind == "simple" else names.ROLE_CLAIM
    friendly = "Privileges" if form.kind in ("oiobpp", "simple") else "role"
    return Attribute(form.attribute or default, values, profile.name_format, friendly)
