"""Exactly what a person would carry: roles as the service would be told them. Pure.

The same writer writes them as in a login, so that nothing here is a guess.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from broker.registrations.model import Content
from broker.roles.documents import ServiceEntry, read_service_entry
from broker.roles.forms import Written, write
from broker.roles.model import Delimitation, DelimitationType, HeldRole
from broker.saml.messages import Attribute
from broker.saml.privileges import NAMESPACES
from broker.saml.profiles import PROFILES, Profile

CVR = "90000007"  # fictive
# A value of each type to show, where nobody chose one; all of them are made up.
SAMPLES = {
    "sor": "1501000016001",
    "shak": "130013",
    "sks": "DI21",
    "cvr": CVR,
    "pnumber": "1090000012",
    "senumber": "90000012",
}


@dataclass(frozen=True, slots=True)
class Carried:
    """One attribute as it is sent, and as XML where its value is a list of privileges."""

    attribute: Attribute
    xml: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be sent for some roles, and which of them could not be told, with the reason."""

    carried: tuple[Carried, ...]
    left_out: tuple[tuple[str, str], ...]  # role code, code of the reason


def entry_of(content: Content) -> ServiceEntry:
    """The catalogue's part of what is saved. Raises Refused("metadata.document")."""
    document = {k: v for k, v in content.document.items() if k not in ("derive", "sod")}
    return read_service_entry(document, "service")


def profile_of(content: Content) -> Profile:
    """The profile that the service speaks."""
    return PROFILES.get(content.text("profile") or "oiosaml-3", PROFILES["oiosaml-3"])


def held(
    entry: ServiceEntry, codes: Sequence[str], units: Mapping[str, str] | None = None
) -> tuple[HeldRole, ...]:
    """Some roles of a service as somebody would hold them, each in one unit of its types."""
    said = {**SAMPLES, **(units or {})}
    found = []
    for role in entry.roles:
        if role.code in codes:
            within = tuple(
                Delimitation(one.type, said.get(one.type) or "1")
                for one in sorted(role.version.delimitations, key=lambda d: d.type)
            )
            found.append(HeldRole(role.urn, role.code, CVR, within, role.version.aliases))
    return tuple(found)


def preview(
    content: Content,
    types: Mapping[str, DelimitationType],
    codes: Sequence[str] | None = None,
    units: Mapping[str, str] | None = None,
) -> Preview:
    """What a person with these roles would carry; all roles where none are named.

    Raises Refused("metadata.document") where roles and forms do not go together yet.
    """
    entry = entry_of(content)
    chosen = [role.code for role in entry.roles] if codes is None else codes
    told = write(held(entry, chosen, units), entry.version.forms, types, profile_of(content), CVR)
    return shown(told)


def shown(told: Written) -> Preview:
    """What was written, readable."""
    carried = tuple(Carried(one, readable(one)) for one in told.attributes)
    return Preview(carried, tuple((one.role.code, one.code) for one in told.left_out))


def readable(attribute: Attribute) -> tuple[str, ...]:
    """The values that are lists of privileges, as the XML that is in them."""
    found = []
    for value in attribute.values:
        try:
            text = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError, ValueError):
            continue
        if any(namespace in text for namespace in NAMESPACES):
            found.append(indented(text))
    return tuple(found)


def indented(xml: str) -> str:
    """The XML with each element on a line of its own, for reading alone."""
    out, depth = [], 0
    for part in xml.replace("><", ">\n<").split("\n"):
        if part.startswith("</"):
            depth -= 1
        out.append("  " * max(depth, 0) + part)
        opens = part.startswith("<") and not part.startswith(("</", "<?"))
        if opens and "</" not in part and not part.endswith("/>"):
            depth += 1
    return "\n".join(out)
