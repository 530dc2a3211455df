"""The OIO Basic Privilege Profile, written: as the schemas of 1.0.1 and 1.2 have it.

Children are unqualified, Privilege stands before Constraint, and the same groups give the
same bytes whatever order they come in. OIOBPP 3.3 and 3.6.
"""

import base64
import re
from collections.abc import Sequence

from lxml import etree

from broker.saml.privileges import NAMESPACE_OF, PrivilegeGroup, Version

# A URI that the xs:anyURI of every validator takes: no port that is no number, no stray "%".
# Letters beyond ASCII may stand in it, as in Danish names.
_LETTER = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2}|[^\x00-\x7f])"
_URI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:(?=.)"
    r"(?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?=[/?#]|\Z)|(?!//))"
    rf"{_LETTER}*(?:\#{_LETTER}*)?"
)


def is_privilege_uri(text: str) -> bool:
    """Whether this can be the name of a privilege or a constraint: an absolute URI."""
    return text.isprintable() and _URI.fullmatch(text) is not None


def is_writable(text: str) -> bool:
    """Whether a text comes through XML and a reader's trimming as it is, and is not empty."""
    return bool(text) and text.isprintable() and text == text.strip()


def write_privileges(groups: Sequence[PrivilegeGroup], version: Version) -> str:
    """The attribute value for these groups: base64 on one line, of XML in UTF-8.

    Groups, privileges and constraints come out sorted and once each. Raises ValueError for
    what nobody may ask for: no groups (no privileges are no attribute), a group without
    privileges, a constraint in 1.0.1, two constraints of one Name (together, or either?), a
    name that is no URI, a text that is empty, has white space around it or a control character
    in it. Each is a bug of the caller.
    """
    if not groups:
        raise ValueError("no privileges are no attribute, not an empty list")
    root = etree.Element(
        f"{{{NAMESPACE_OF[version]}}}PrivilegeList", nsmap={"bpp": NAMESPACE_OF[version]}
    )
    for group in sorted({_normal(group, version) for group in groups}, key=_order):
        element = etree.SubElement(root, "PrivilegeGroup", Scope=group.scope)
        for privilege in group.privileges:
            etree.SubElement(element, "Privilege").text = privilege
        for name, value in group.constraints:
            etree.SubElement(element, "Constraint", Name=name).text = value
    raw: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return base64.b64encode(raw).decode("ascii")


def _normal(group: PrivilegeGroup, version: Version) -> PrivilegeGroup:
    if not group.privileges:
        raise ValueError("a group without privileges")
    if group.constraints and version == "1.0.1":
        raise ValueError("1.0.1 has no Constraint: leaving it out would widen the right")
    uris = (*group.privileges, *(name for name, _ in group.constraints))
    if not all(is_privilege_uri(uri) for uri in uris):
        raise ValueError("a privilege or the name of a constraint that is no URI")
    if not all(is_writable(text) for text in (group.scope, *(v for _, v in group.constraints))):
        raise ValueError("a scope or a constraint that does not come through as it is")
    constraints = tuple(sorted(set(group.constraints)))
    if len({name for name, _ in constraints}) < len(constraints):
        raise ValueError("two constraints of one Name, which can be read in two ways")
    return PrivilegeGroup(group.scope, tuple(sorted(set(group.privileges))), constraints)


def _order(group: PrivilegeGroup) -> tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]:
    return group.scope, group.privileges, group.constraints
