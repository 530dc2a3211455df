"""Privileges passed on as they came, but for the groups of other scopes.

What stays is not read and written anew: its constraints, their order and its namespace are
the sender's, so nothing can be widened on the way.
"""

import base64
import binascii
from dataclasses import dataclass, field

from lxml import etree

from broker.errors import Refused
from broker.saml.privileges import NAMESPACES
from broker.saml.xml import detach, local_name, parse


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A privilege list without the groups of others, and how many stayed and went."""

    value: str | None = field(repr=False)  # None where no group stayed
    kept: int
    dropped: int


def only_scope(value: str, scope: str) -> Narrowed:
    """The groups of one scope, in base64. Raises Refused where it is no privilege list."""
    try:
        raw = base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        raise Refused("malformed.base64", "privileges that are not base64") from None
    root = parse(raw)
    if root.tag not in {f"{{{namespace}}}PrivilegeList" for namespace in NAMESPACES}:
        raise Refused("malformed.root", "not a PrivilegeList")
    foreign = [
        child
        for child in root
        if local_name(child) != "PrivilegeGroup"
        or child.get("Scope", "").strip().casefold() != scope.casefold()
    ]
    kept = len(root) - len(foreign)
    if not kept or not foreign:
        return Narrowed(value if kept else None, kept, len(foreign))
    for child in foreign:
        detach(child)
    xml = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return Narrowed(base64.b64encode(xml).decode(), kept, len(foreign))
