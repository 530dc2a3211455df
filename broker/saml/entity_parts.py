"""The small parts of an EntityDescriptor: identifiers, addresses, names, instants."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from broker.saml import names
from broker.saml.entities import Endpoint, Finding, Localised
from broker.saml.xml import Element, children, local_name

LOOPBACK = ("localhost", "127.0.0.1", "::1")
MAX_ENTITY_ID = 256
MAX_LOCATION = 2048
MAX_ENDPOINTS = 64
MAX_NAME = 200

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_UNSAFE = re.compile(r"[\s\x00-\x20\x7f-\x9f<>\"'`\\^{|}]")
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?\Z", re.ASCII)


def bad_entity_id(entity_id: str) -> str | None:
    """In words what is wrong with an entityID, or None. Metadata 2.2.1."""
    if not entity_id:
        return "An entity without an entityID."
    if len(entity_id) > MAX_ENTITY_ID:
        return f"An entityID of {len(entity_id)} characters; {MAX_ENTITY_ID} are allowed."
    if _UNSAFE.search(entity_id) or "*" in entity_id:
        return "An entityID with white space, a wildcard or a character that no address has."
    path = re.split(r"[/?#]", entity_id)
    if ".." in path or "." in path:
        return "An entityID with “..” in it."
    if entity_id.partition(":")[0].lower() in ("javascript", "data", "file"):
        return "An entityID that begins as a script or a file."
    return None


def is_loopback(host: str) -> bool:
    """Whether a host name means this machine for every browser. RFC 6761 6.3."""
    return host in LOOPBACK or host.endswith(".localhost")


def bad_location(location: str) -> str | None:
    """In words what is wrong with an endpoint's address, or None; http is for loopback only."""
    if not location or len(location) > MAX_LOCATION:
        return "The address is missing or very long."
    if _UNSAFE.search(location) or "*" in location:
        return "The address holds white space, a wildcard or a character that no address has."
    try:
        parts = urlsplit(location)
        host = parts.hostname
        port_ok = parts.port is None or parts.port > 0
    except ValueError:
        return "The address cannot be read."
    if parts.scheme not in ("https", "http") or not host or not port_ok:
        return "The address does not begin with https:// and a host."
    if parts.scheme == "http" and not is_loopback(host):
        return "The address is http without TLS; that is for loopback only."
    if "@" in parts.netloc or parts.fragment or ".." in parts.path.split("/"):
        return "The address holds a user name, a fragment or “..”."
    return None


def read_endpoints(
    role: Element, name: str, *, indexed: bool, namespace: str = names.MD
) -> tuple[tuple[Endpoint, ...], list[Finding]]:
    """The endpoints of that name that may be used, and what was noticed of the others."""
    kept: list[Endpoint] = []
    findings: list[Finding] = []
    for number, element in enumerate(children(role, namespace, name), start=1):
        where = f"{local_name(role)}, {name} {number}"
        location = (element.get("Location") or "").strip()
        answer = (element.get("ResponseLocation") or "").strip() or None
        index = _index(element) if indexed else None
        wrong = bad_location(location) or (bad_location(answer) if answer else None)
        code = "metadata.location"
        if number > MAX_ENDPOINTS:
            wrong = f"More than {MAX_ENDPOINTS} addresses of one kind."
        elif index is not None and index in [other.index for other in kept]:
            code, wrong = "metadata.duplicate_index", f"Index {index} is used twice."
        if wrong:
            words = f"{wrong} This address is left out."
            findings.append(Finding("refused", code, where, words))
            continue
        if location.startswith("http:"):
            words = "Plain http, which is fine on this machine and nowhere else."
            findings.append(Finding("info", "metadata.loopback_http", where, words))
        if indexed and index is None:
            words = "The address has no index."
            findings.append(Finding("odd", "metadata.no_index", where, words))
        kept.append(
            Endpoint(
                binding=(element.get("Binding") or "").strip(),
                location=location,
                index=index,
                is_default=element.get("isDefault", "").strip() in ("true", "1"),
                response_location=answer,
            )
        )
    if sum(endpoint.is_default for endpoint in kept) > 1:
        words = "More than one address is marked as the default; the first of them is."
        findings.append(Finding("odd", "metadata.several_defaults", f"{name}", words))
    return tuple(kept), findings


def _index(element: Element) -> int | None:
    text = element.get("index", "").strip()
    return int(text) if re.fullmatch(r"\d{1,5}", text, re.ASCII) else None


def speaks_saml2(role: Element) -> bool:
    """Whether the role lists SAML 2.0 among its protocols. Metadata 2.4.1."""
    return names.SAMLP in role.get("protocolSupportEnumeration", "").split()


def read_valid_until(text: str) -> datetime | None:
    """An xs:dateTime in any zone as an aware UTC datetime; None where it is none."""
    found = _INSTANT.match(text.strip())
    if not found:
        return None
    try:
        at = datetime.fromisoformat(found[1] + (found[2] or "Z"))
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def valid_until(element: Element) -> datetime | None:
    """The earliest validUntil of the entity, its roles and the groups around it. Metadata 2.2.1."""
    holders = [element, *element.iterancestors(), *element]
    read = (read_valid_until(holder.get("validUntil", "")) for holder in holders)
    return min((at for at in read if at is not None), default=None)


def display_name(element: Element, role: Element) -> Localised | None:
    """What to call the entity: mdui:DisplayName, then ServiceName, then its organisation."""
    for names_found in (
        list(role.iter(f"{{{names.MDUI}}}DisplayName")),
        list(role.iter(f"{{{names.MD}}}ServiceName")),
        list(element.iter(f"{{{names.MD}}}OrganizationDisplayName")),
    ):
        texts = {lang: text for lang, text in _texts(names_found) if text}
        if texts:
            first = next(iter(texts.values()))
            danish = texts.get("da", texts.get("en", first))
            return Localised(danish, texts.get("en", danish))
    return None


def _texts(elements: list[Element]) -> Iterator[tuple[str, str]]:
    for element in elements:
        text = " ".join((element.text or "").split())[:MAX_NAME]
        shown = "".join(letter for letter in text if letter.isprintable())
        yield element.get(_XML_LANG, "").lower().partition("-")[0], shown
