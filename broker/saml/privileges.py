"""The OIO Basic Privilege Profile, both namespaces, read strictly and leniently at once.

Strictly, since it is XML from outside; leniently, since malformed privileges are no
privileges, never an error that keeps somebody out (OIOBPP 3.6, rules 4 and 7).
"""

import base64
import binascii
from dataclasses import dataclass

from broker.errors import Refused
from broker.saml.xml import Element, local_name, parse, text_of

NAMESPACES = (
    "http://digst.dk/oiosaml/basic_privilege_profile",
    "http://itst.dk/oiosaml/basic_privilege_profile",
)
CVR_SCOPE = "urn:dk:gov:saml:cvrNumberIdentifier:"
SOR_CONSTRAINT = "urn:dk:gov:saml:sorIdentifier"


@dataclass(frozen=True, slots=True)
class PrivilegeGroup:
    """Privileges within one scope, narrowed by constraints given as (name, value)."""

    scope: str
    privileges: tuple[str, ...]
    constraints: tuple[tuple[str, str], ...] = ()


def read_privileges(value: str) -> tuple[PrivilegeGroup, ...]:
    """The groups of one base64 attribute value. Raises Refused; callers count that as none."""
    try:
        raw = base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        raise Refused("malformed.base64", "privileges that are not base64") from None
    root = parse(raw)
    if root.tag not in {f"{{{namespace}}}PrivilegeList" for namespace in NAMESPACES}:
        raise Refused("malformed.root", "not a PrivilegeList")
    return tuple(_group(child) for child in root if local_name(child) == "PrivilegeGroup")


def _group(element: Element) -> PrivilegeGroup:
    return PrivilegeGroup(
        scope=element.get("Scope", "").strip(),
        privileges=tuple(
            text_of(child).strip() for child in element if local_name(child) == "Privilege"
        ),
        constraints=tuple(
            (child.get("Name", ""), text_of(child).strip())
            for child in element
            if local_name(child) == "Constraint"
        ),
    )
