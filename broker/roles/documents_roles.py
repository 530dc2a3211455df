"""One role as a document says it, and one delimitation type."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from broker.metadata.documents import Document, Table, plain
from broker.periods import Period
from broker.roles.model import (
    DelimitationType,
    RoleDelimitation,
    RoleState,
    RoleVersion,
    Sensitivity,
)
from broker.saml.entities import Localised

ALWAYS = Period(datetime.min.replace(tzinfo=UTC))  # of what a document says, until it is loaded
YEARS = 3660  # days that a grant may last at most: ten years
ROLE_STATES: Mapping[str, RoleState] = {
    "draft": "draft",
    "active": "active",
    "deprecated": "deprecated",
    "retired": "retired",
}

_URN = re.compile(r"(?:urn:[a-z0-9][a-z0-9-]{0,31}:|https?://)[A-Za-z0-9()+,\-.:=@;$_!*'%/?]+\Z")
_ROLE_CODE = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}\Z")
_TYPE = re.compile(r"[a-z][a-z0-9-]{0,23}\Z")
_SENSITIVITIES: Mapping[str, Sensitivity] = {
    "normal": "normal",
    "sensitive": "sensitive",
    "extra_sensitive": "extra_sensitive",
}


@dataclass(frozen=True, slots=True)
class RoleEntry:
    """A role of a document: its names, what it is, and the table to keep of it."""

    code: str
    urn: str
    version: RoleVersion
    document: Mapping[str, object] = field(compare=False)


def read_role(
    document: object, where: str, *, version: int = 1, period: Period = ALWAYS
) -> RoleEntry:
    """One role, from a document or as it is kept. Raises Refused("metadata.document")."""
    table = Table(where, document)
    code = _role_code(table)
    table = replace_where(table, f"{where} ({code})")
    urn = read_urn(table, "urn")
    aliases = table.texts("aliases")
    for alias in aliases:
        check_urn(table, "aliases", alias)
    made = RoleVersion(
        version=version,
        period=period,
        state=table.choice("state", ROLE_STATES, "active"),
        name=table.localised("name"),
        description=table.localised("description"),
        sensitivity=table.choice("sensitivity", _SENSITIVITIES, "normal"),
        minimum=table.level("minimum", None),
        delimitations=_delimitations(table),
        default_duration=_days(table, "default_days"),
        max_duration=_days(table, "max_days"),
        end_required=table.flag("end_required", default=False),
        max_holders=table.number("max_holders", 0, 1, 1_000_000)
        if table.has("max_holders")
        else None,
        policy=table.slug("policy") if table.has("policy") else None,
        replaced_by=read_urn(table, "replaced_by") if table.has("replaced_by") else None,
        example=table.flag("example", default=False),
        aliases=aliases,
    )
    table.done()
    _check(table, made, urn)
    kept = plain(document) if isinstance(document, Mapping) else {}
    return RoleEntry(code, urn, made, kept)


def read_type(document: Document, where: str) -> DelimitationType:
    """One delimitation type. Raises Refused("metadata.document")."""
    table = Table(where, document)
    found = DelimitationType(
        id=read_type_id(table, "id"),
        urn=read_urn(table, "urn"),
        name=table.localised("name"),
        input=table.choice(
            "input",
            {"tree": "tree", "list": "list", "pattern": "pattern", "fixed": "fixed"},
            "list",
        ),
        list_id=table.slug("list") if table.has("list") else None,
        pattern=table.optional("pattern"),
        hierarchical=table.flag("hierarchical", default=False),
    )
    table.done()
    if found.input in ("tree", "list") and found.list_id is None:
        raise table.wrong("list", "is missing: write the code list that its values come from")
    if (found.input == "pattern") != (found.pattern is not None):
        raise table.wrong("pattern", 'belongs to input = "pattern", and that needs one')
    try:
        re.compile(found.pattern or "")
    except re.error as error:
        raise table.wrong("pattern", f"is no regular expression: {error}") from None
    if found.hierarchical and found.input != "tree":
        raise table.wrong("hierarchical", 'belongs to input = "tree"')
    return found


def read_type_id(table: Table, key: str) -> str:
    """The id of a delimitation type. Raises Refused("metadata.document")."""
    value = table.text(key)
    if not _TYPE.match(value):
        raise table.wrong(key, "is no delimitation type: lower-case letters, at most 24, as in sor")
    return value


def read_urn(table: Table, key: str) -> str:
    """A URN, or the http address that OIOBPP allows too. Raises Refused("metadata.document")."""
    return check_urn(table, key, table.text(key))


def check_urn(table: Table, key: str, value: str) -> str:
    """The value, where it is a URN. Raises Refused("metadata.document")."""
    if not _URN.match(value) or len(value) > 200:
        raise table.wrong(key, f"holds {value!r}, which is no URN such as urn:dk:domain:app:role")
    return value


def replace_where(table: Table, where: str) -> Table:
    """The same table, named by what it is about from here on."""
    table.where = where
    return table


def _role_code(table: Table) -> str:
    code = table.text("code")
    if "_" in code:
        words = "holds an underscore; services cut SEB Classic strings at the first, so write -"
        raise table.wrong("code", words)
    if not _ROLE_CODE.match(code):
        raise table.wrong("code", "is not letters a–z, digits and hyphens, at most 64")
    return code


def _days(table: Table, key: str) -> timedelta | None:
    return timedelta(days=table.number(key, 0, 1, YEARS)) if table.has(key) else None


def _delimitations(table: Table) -> tuple[RoleDelimitation, ...]:
    found = [_delimitation(inner) for inner in table.tables("delimitations")]
    types = [one.type for one in found]
    if len(set(types)) < len(types):
        raise table.wrong("delimitations", "names a type twice")
    forbidden = _forbidden(table)
    if unknown := sorted(set(forbidden) - set(types)):
        raise table.wrong("forbidden", f"names {', '.join(unknown)}, which the role does not take")
    return tuple(replace(one, forbidden=forbidden.get(one.type, {})) for one in found)


def _delimitation(table: Table) -> RoleDelimitation:
    found = RoleDelimitation(
        type=read_type_id(table, "type"),
        least=table.number("least", 1, 0, 1000),
        most=table.number("most", 0, 1, 1000) if table.has("most") else None,
        own_unit=table.flag("own_unit", default=False),
    )
    table.done()
    if found.most is not None and found.most < found.least:
        raise table.wrong("most", "is less than least")
    return found


def _forbidden(table: Table) -> dict[str, dict[str, Localised]]:
    found: dict[str, dict[str, Localised]] = {}
    for inner in table.tables("forbidden"):
        values = found.setdefault(read_type_id(inner, "type"), {})
        value = inner.text("value")
        if value in values:
            raise inner.wrong("value", f"{value} is forbidden twice")
        values[value] = inner.localised("reason")
        inner.done()
    return found


def _check(table: Table, made: RoleVersion, urn: str) -> None:
    if made.default_duration and made.max_duration and made.default_duration > made.max_duration:
        raise table.wrong("default_days", "is more than max_days")
    if made.end_required and made.default_duration is None and made.max_duration is None:
        words = "asks for an end; write default_days or max_days, so that one can be proposed"
        raise table.wrong("end_required", words)
    if made.replaced_by is not None and made.state not in ("deprecated", "retired"):
        raise table.wrong("replaced_by", 'belongs to state = "deprecated" or "retired"')
    if made.replaced_by == urn:
        raise table.wrong("replaced_by", "names the role itself")
    if urn in made.aliases or len(set(made.aliases)) < len(made.aliases):
        raise table.wrong("aliases", "names a URN twice")
