"""The OIO Basic Privilege Profile, both namespaces, read strictly and leniently at once.

Strictly, since it is XML from outside; leniently, since malformed privileges are no
privileges, never an error that keeps somebody out (OIOBPP 3.6, rules 4 and 7).

What is read, though the schema says otherwise, since it is on the wire:

    the list as raw XML in the value, beside base64 as XML Schema has it (white space, no
    url-safe letters); a UTF-8 byte order mark inside the base64
    children in the namespace of the root, which a default xmlns puts them in
    Constraint before Privilege, and Constraint in the namespace of 1.0.1, which has none
    an empty value as no list, an empty or nil Privilege as not there

A group that holds anything else is read as one without privileges: what the profile has no
name for may have been meant to narrow. Anything else beside the groups ends the whole list.
"""

import base64
import binascii
import codecs
from dataclasses import dataclass, field
from typing import Literal, cast

from broker.errors import Refused
from broker.saml import names
from broker.saml.xml import Element, parse

Version = Literal["1.0.1", "1.2"]
ScopeKind = Literal["cvr", "production_unit", "se_number", "person", "other"]

# 1.1 and 1.2 share one namespace and are told apart by nothing.
NAMESPACE_OF: dict[Version, str] = {
    "1.2": "http://digst.dk/oiosaml/basic_privilege_profile",
    "1.0.1": "http://itst.dk/oiosaml/basic_privilege_profile",
}
NAMESPACES = tuple(NAMESPACE_OF.values())
CVR_SCOPE = "urn:dk:gov:saml:cvrNumberIdentifier:"
SOR_CONSTRAINT = "urn:dk:gov:saml:sorIdentifier"

MAX_CHARACTERS = 256 * 1024  # of the attribute's value
MAX_GROUPS = 1000
MAX_ENTRIES = 4000  # privileges and constraints of all groups together

_VERSION_OF = {f"{{{uri}}}PrivilegeList": version for version, uri in NAMESPACE_OF.items()}
_SCOPES: tuple[tuple[str, ScopeKind], ...] = (
    (CVR_SCOPE, "cvr"),
    ("urn:dk:gov:saml:productionUnitIdentifier:", "production_unit"),
    ("urn:dk:gov:saml:seNumberIdentifier:", "se_number"),
    ("urn:dk:gov:saml:cprNumberIdentifier:", "person"),
)
_SPACE = " \t\r\n"  # what XML calls white space, and nothing more
_NIL = f"{{{names.XSI}}}nil"
_HARMLESS = (f"{{{names.XSI}}}", "{http://www.w3.org/XML/1998/namespace}")


@dataclass(frozen=True, slots=True)
class PrivilegeGroup:
    """Privileges within one scope, narrowed by constraints given as (name, value)."""

    scope: str = field(repr=False)  # may hold a CPR number
    privileges: tuple[str, ...]
    constraints: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class PrivilegeList:
    """The groups of one attribute value, in document order, and the version they came in."""

    version: Version | None  # None is an empty value, which is no list
    groups: tuple[PrivilegeGroup, ...] = ()


def read_list(value: str) -> PrivilegeList:
    """The list in one attribute value, base64 or raw XML.

    Raises Refused with a code of `malformed.*` or `limit.*`; callers count that as none.
    """
    text = value.strip(_SPACE)
    if not text:
        return PrivilegeList(None)
    if len(text) > MAX_CHARACTERS:
        raise Refused("limit.size", f"{len(text)} characters of privileges")
    raw = text.encode("utf-8", "surrogatepass") if text.startswith("<") else _decoded(text)
    root = parse(raw)
    version = _VERSION_OF.get(root.tag)
    if version is None:
        raise Refused("malformed.root", "not a PrivilegeList")
    if len(root) > MAX_GROUPS or sum(len(group) for group in root) > MAX_ENTRIES:
        raise Refused("limit.elements", "too many groups, privileges or constraints")
    prefixes = ("", f"{{{NAMESPACE_OF[version]}}}")
    expected = [prefix + "PrivilegeGroup" for prefix in prefixes]
    if not _holds_only(root) or any(child.tag not in expected for child in root):
        raise Refused("malformed.shape", "a PrivilegeList with more than groups in it")
    return PrivilegeList(version, tuple(_group(child, prefixes) for child in root))


def read_privileges(value: str) -> tuple[PrivilegeGroup, ...]:
    """The groups of one attribute value. Raises Refused; callers count that as none."""
    return read_list(value).groups


def scope_of(group: PrivilegeGroup) -> tuple[ScopeKind, str]:
    """What kind of thing a group holds for, and its number without white space around it.

    The number of a person comes out empty: nothing here has a use for it.
    """
    folded = group.scope.casefold().strip(_SPACE)
    for prefix, kind in _SCOPES:
        if folded.startswith(prefix.casefold()):
            number = folded[len(prefix) :].strip(_SPACE)
            return kind, "" if kind == "person" else number
    return "other", ""


def _decoded(text: str) -> bytes:
    try:
        raw = base64.b64decode(text.translate(dict.fromkeys(map(ord, _SPACE))), validate=True)
    except (binascii.Error, ValueError):
        raise Refused("malformed.base64", "privileges that are not base64") from None
    return raw.removeprefix(codecs.BOM_UTF8)


def _group(element: Element, prefixes: tuple[str, str]) -> PrivilegeGroup:
    readable = _holds_only(element, "Scope")
    privileges: list[str] = []
    constraints: list[tuple[str, str]] = []
    for child in element:
        if child.tag in [prefix + "Privilege" for prefix in prefixes]:
            readable &= not len(child) and _attributes_are(child)
            privileges.append(_text(child))
        elif child.tag in [prefix + "Constraint" for prefix in prefixes]:
            readable &= not len(child) and _attributes_are(child, "Name")
            constraints.append((child.get("Name", "").strip(_SPACE), _text(child)))
        else:
            readable = False
    return PrivilegeGroup(
        scope=element.get("Scope", "").strip(_SPACE),
        privileges=tuple(p for p in privileges if p) if readable else (),
        constraints=tuple(constraints),
    )


def _text(element: Element) -> str:
    if element.get(_NIL, "").strip(_SPACE) in ("true", "1"):
        return ""
    return (element.text or "").strip(_SPACE)


def _holds_only(element: Element, *attributes: str) -> bool:
    """Whether an element has children, white space and these attributes, and nothing else."""
    between = (element.text, *(child.tail for child in element))
    return _attributes_are(element, *attributes) and not any(
        (text or "").strip(_SPACE) for text in between
    )


def _attributes_are(element: Element, *allowed: str) -> bool:
    found = cast(dict[str, str], element.attrib)
    return all(name in allowed or name.startswith(_HARMLESS) for name in found)
