"""The grammar of the two published schemas, checked without them: read as the standard says.

Not ours to commit are the schemas; what they say is.
"""

import base64

from lxml import etree

from broker.saml.privileges import NAMESPACE_OF, Version


def raw_of(value: str) -> bytes:
    """The XML in a value that has to be base64 on one line."""
    assert value == "".join(value.split())
    return base64.b64decode(value, validate=True)


def faults(raw: bytes, version: Version) -> list[str]:
    """Where a list breaks the grammar of its version; empty is well."""
    root = etree.fromstring(raw)
    found = []
    if root.tag != f"{{{NAMESPACE_OF[version]}}}PrivilegeList" or root.attrib:
        found.append("root")
    if not len(root):
        found.append("no groups")
    for group in root:
        if group.tag != "PrivilegeGroup" or list(group.attrib) != ["Scope"]:
            found.append("group")
        tags = [child.tag for child in group]
        privileges = tags.count("Privilege")
        if not privileges or tags[:privileges] != ["Privilege"] * privileges:
            found.append("privileges")
        rest = list(group)[privileges:]
        if any(child.tag != "Constraint" for child in rest) or (rest and version == "1.0.1"):
            found.append("constraints")
        if any(list(child.attrib) != ["Name"] for child in rest):
            found.append("names")
        if any(len(child) for child in group) or any(c.attrib for c in list(group)[:privileges]):
            found.append("shape")
    return found
