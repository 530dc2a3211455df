"""How a service is told its roles, and how it is reached, as its document says it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal
from urllib.parse import urlsplit

from broker.metadata.documents import Table
from broker.roles.documents_roles import RoleEntry, read_type_id
from broker.roles.model import Environment, EnvironmentCode, FormKind, Interface, RoleForm

_KINDS: Mapping[str, FormKind] = {
    "oiobpp": "oiobpp",
    "simple": "simple",
    "classic": "classic",
    "plain": "plain",
}
_VERSIONS: Mapping[str, Literal["1.0.1", "1.2"]] = {"1.0.1": "1.0.1", "1.2": "1.2"}
_CLASSIC = "{role}_{delimitation}_3"
# Nothing but these fields: a format string could reach into the objects it is given.
_TEMPLATE = re.compile(r"(?:[^{}]|\{(?:role|urn|delimitation|cvr)\})+\Z")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_PRIVILEGES = ("oiobpp", "simple")
_ENVIRONMENTS: Mapping[str, EnvironmentCode] = {"test": "test", "production": "production"}


def read_forms(table: Table, usual: str | None = None) -> tuple[RoleForm, ...]:
    """The `[[role_form]]` tables. Raises Refused("metadata.document").

    `usual` is the type that the service is delimited by: what {delimitation} is of, unless a
    form names another.
    """
    forms = tuple(_form(inner, usual) for inner in table.tables("role_form"))
    if sum(form.kind in _PRIVILEGES for form in forms) > 1:
        words = "has two lists of privileges; OIOBPP allows one in an assertion"
        raise table.wrong("role_form", words)
    said = [form.attribute for form in forms if form.attribute]
    if len(set(said)) < len(said):
        raise table.wrong("role_form", "has two forms in one attribute")
    return forms


def check_forms_carry(
    table: Table, forms: Sequence[RoleForm], roles: Iterable[RoleEntry], national: Sequence[str]
) -> None:
    """Refuse a form that would tell a role without what narrows it, and roles without a form.

    Raises Refused("metadata.document").
    """
    issued = [role for role in roles if role.version.state != "retired"]
    if (issued or national) and not forms:
        raise table.wrong("role_form", "is missing: write how the service is told its roles")
    if national and not any(form.national for form in forms):
        raise table.wrong("role_form", "has no form that tells the national roles")
    for form in forms:
        for role in issued:
            _check_carries(table, form, role)


def _check_carries(table: Table, form: RoleForm, role: RoleEntry) -> None:
    types = [taken.type for taken in role.version.delimitations]
    if not types or (form.kind == "oiobpp" and form.version == "1.2"):
        return
    what = f"of kind {form.kind}" if form.kind != "oiobpp" else "of OIOBPP 1.0.1"
    if len(types) > 1:
        words = f"{what} cannot tell {role.code}, which is delimited by {' and '.join(types)}"
        raise table.wrong("role_form", words)
    if form.kind in _PRIVILEGES or "{delimitation}" not in form.template:
        words = f"{what} would tell {role.code} without its delimitation by {types[0]}"
        raise table.wrong("role_form", words)
    if form.delimitation not in (None, types[0]):
        words = f"{what} writes {form.delimitation}, and {role.code} is delimited by {types[0]}"
        raise table.wrong("role_form", words)


def read_interfaces(table: Table) -> tuple[Interface, ...]:
    """The `[[interface]]` tables. Raises Refused("metadata.document")."""
    found = tuple(_interface(inner) for inner in table.tables("interface"))
    codes = [one.code for one in found]
    if len(set(codes)) < len(codes):
        raise table.wrong("interface", "has two of one code")
    for one in found:
        if one.successor is not None and one.successor not in set(codes) - {one.code}:
            raise table.wrong("interface", f"{one.code}: no other one is called {one.successor}")
    return found


def _form(table: Table, usual: str | None) -> RoleForm:
    if not table.has("kind"):
        raise table.wrong("kind", f"is missing: write one of {', '.join(_KINDS)}")
    kind = table.choice("kind", _KINDS, "oiobpp")
    spelled = kind in ("classic", "plain")
    if not spelled and (table.has("template") or table.has("none") or table.has("delimitation")):
        raise table.wrong("template", f"and none and delimitation are not of kind {kind}")
    if kind != "oiobpp" and table.has("version"):
        raise table.wrong("version", 'belongs to kind = "oiobpp"')
    default = _CLASSIC if kind == "classic" else "{role}"
    template = table.text("template", default)
    if not spelled or "{delimitation}" not in template:
        usual = None
    form = RoleForm(
        kind=kind,
        attribute=table.optional("attribute"),
        version=table.choice("version", _VERSIONS, "1.2"),
        template=template,
        none=table.text("none", "0"),
        delimitation=read_type_id(table, "delimitation") if table.has("delimitation") else usual,
        national=table.flag("national", default=True),
    )
    table.done()
    if not _TEMPLATE.match(form.template):
        words = "may hold {role}, {urn}, {delimitation}, {cvr} and plain text"
        raise table.wrong("template", words)
    if "{role}" not in form.template and "{urn}" not in form.template:
        raise table.wrong("template", "says neither {role} nor {urn}")
    if kind == "classic" and "{delimitation}" not in form.template:
        raise table.wrong("template", f"of SEB Classic has a delimitation, as in {_CLASSIC}")
    return form


def _interface(table: Table) -> Interface:
    found = Interface(
        code=table.slug("code"),
        name=table.localised("name"),
        opens=table.instant("opens"),
        closes=table.instant("closes"),
        successor=table.slug("successor") if table.has("successor") else None,
        note=table.localised("note") if table.has("note") else None,
        system=table.flag("system", default=False),
        documentation=_address(table, "documentation") if table.has("documentation") else None,
        contact=_mail(table),
        environments=tuple(_environment(inner) for inner in table.tables("environment")),
    )
    table.done()
    places = [one.code for one in found.environments]
    if len(set(places)) < len(places):
        raise table.wrong("environment", "has two of one code")
    if found.opens and found.closes and found.closes <= found.opens:
        raise table.wrong("closes", "is not after opens")
    return found


def _environment(table: Table) -> Environment:
    code = table.choice("code", _ENVIRONMENTS, "test")
    made = Environment(code, _address(table, "address"))
    table.done()
    return made


def _address(table: Table, key: str) -> str:
    """An address that a page may link to: https, or http where a demo has it; nothing else runs."""
    said = table.text(key)
    if not is_web_address(said):
        raise table.wrong(key, "is no address that begins with https://")
    return said


def is_web_address(said: str) -> bool:
    """Whether it is an address of the web, and nothing that a browser would run."""
    try:
        parts = urlsplit(said)
        named = bool(parts.hostname)
    except ValueError:
        return False
    return named and parts.scheme in ("https", "http") and not re.search(r"\s", said)


def _mail(table: Table) -> str | None:
    if not table.has("contact"):
        return None
    said = table.text("contact")
    if not _MAIL.fullmatch(said):
        raise table.wrong("contact", "is no mail address")
    return said
