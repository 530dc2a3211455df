"""What is odd in metadata and accepted all the same, in words for the person who loads it.

Every finding here was met in real metadata. None of them changes what is read; what is
left out is decided and reported where it is read.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from broker.saml import names, signatures
from broker.saml.entities import EntityFacts, Finding
from broker.saml.entity_keys import judge_certificate, read_keys
from broker.saml.entity_parts import read_valid_until
from broker.saml.schema import schema_errors
from broker.saml.xml import Element, children, local_name

_MD = f"{{{names.MD}}}"
_ROLES = tuple(
    f"{_MD}{name}"
    for name in (
        "RoleDescriptor",
        "IDPSSODescriptor",
        "SPSSODescriptor",
        "AuthnAuthorityDescriptor",
        "AttributeAuthorityDescriptor",
        "PDPDescriptor",
    )
)
_KNOWN_EXTENSIONS = (names.MDUI, names.MDRPI, names.MD, names.DS, names.SAML)


def notice_document(root: Element, *, verified: bool) -> Iterator[Finding]:
    """What is noticed of the document as a whole: who vouches for it, and its schema."""
    where = local_name(root)
    if not signatures.is_signed(root):
        words = "The document is unsigned: trust rests on how you got it. Compare the fingerprints."
        yield Finding("odd", "metadata.unsigned", where, words)
    elif verified:
        words = "The document is signed, and the certificate you gave verifies it."
        yield Finding("info", "metadata.signature_verified", where, words)
    else:
        words = "The document is signed. Nobody checked it: give the certificate with --signed-by."
        yield Finding("odd", "metadata.signature_not_checked", where, words)
    errors = schema_errors(root, "metadata")
    if errors:
        lines = sorted({int(error.partition(":")[0]) for error in errors})
        listed = ", ".join(str(line) for line in lines[:5])
        words = f"Not valid by the SAML metadata schema (line {listed}). It is read all the same."
        yield Finding("odd", "metadata.schema", where, words)


def notice(element: Element, facts: EntityFacts, now: datetime) -> tuple[Finding, ...]:
    """Everything odd about one entity, in the order of its document."""
    return tuple(
        chain(
            _validity(element, facts, now),
            _identifier(element, facts.entity_id),
            _order(element),
            _protocols(element),
            _extensions(element),
            _keys(element, now),
            _addresses(facts),
            _contacts(element),
        )
    )


def _validity(element: Element, facts: EntityFacts, now: datetime) -> Iterator[Finding]:
    where = "EntityDescriptor"
    if facts.valid_until is None:
        words = "There is no validUntil: the document counts until it is replaced."
        yield Finding("info", "metadata.no_valid_until", where, words)
    elif facts.valid_until <= now:
        words = f"The document ran out on {facts.valid_until:%Y-%m-%d %H:%M} UTC."
        yield Finding("refused", "metadata.expired", where, words)
    written = element.get("validUntil")
    if written and read_valid_until(written) is None:
        words = "The validUntil is no instant and is not counted."
        yield Finding("odd", "metadata.bad_valid_until", where, words)


def _identifier(element: Element, entity_id: str) -> Iterator[Finding]:
    if entity_id.endswith("/"):
        words = "The entityID ends in a slash. Without it, it would be another entity."
        yield Finding("info", "metadata.trailing_slash", "entityID", words)
    if ":" not in entity_id:
        words = "The entityID is no URI."
        yield Finding("odd", "metadata.entity_id_no_uri", "entityID", words)
    if element.get("entityID") != entity_id:
        words = "White space around the entityID is left out."
        yield Finding("odd", "metadata.entity_id_white_space", "entityID", words)


def _order(element: Element) -> Iterator[Finding]:
    """Extensions and roles that stand where the schema has no place for them."""
    for role in _roles(element):
        tags = [child.tag for child in role]
        extensions, key = f"{_MD}Extensions", f"{_MD}KeyDescriptor"
        if extensions in tags and key in tags and tags.index(key) < tags.index(extensions):
            words = "Extensions stands after KeyDescriptor; the schema wants it first."
            yield Finding("odd", "metadata.extensions_late", local_name(role), words)
    tags = [child.tag for child in element]
    ends = [
        tags.index(f"{_MD}{n}") for n in ("Organization", "ContactPerson") if f"{_MD}{n}" in tags
    ]
    for role in _roles(element):
        if ends and element.index(role) > min(ends):
            words = (
                "The role stands after Organization or ContactPerson; the schema wants it before."
            )
            yield Finding("odd", "metadata.role_late", local_name(role), words)


def _protocols(element: Element) -> Iterator[Finding]:
    for role in _roles(element):
        extra = set(role.get("protocolSupportEnumeration", "").split()) - {names.SAMLP}
        if extra:
            words = f"Also lists these protocols, which we do not use: {', '.join(sorted(extra))}."
            yield Finding("info", "metadata.extra_protocol", local_name(role), words)


def _extensions(element: Element) -> Iterator[Finding]:
    for extensions in element.iter(f"{_MD}Extensions"):
        unknown = {
            (child.tag[1:].partition("}")[0], local_name(child))
            for child in extensions
            if child.tag[1:].partition("}")[0] not in _KNOWN_EXTENSIONS
        }
        for namespace, name in sorted(unknown):
            parent = extensions.getparent()
            where = "Extensions" if parent is None else f"{local_name(parent)}, Extensions"
            words = f"An extension that we do not read: {name} of {namespace}."
            yield Finding("info", "metadata.unknown_extension", where, words)


def _keys(element: Element, now: datetime) -> Iterator[Finding]:
    """Each certificate once, and roles that list fewer signing keys than another role."""
    seen: set[str] = set()
    signing = {role: read_keys(role).signing for role in _roles(element)}
    for role in _roles(element):
        keys = read_keys(role)
        for certificate in (*keys.signing, *keys.encryption):
            if certificate.fingerprint not in seen:
                seen.add(certificate.fingerprint)
                yield from judge_certificate(certificate, local_name(role), now)
    most = max(signing.values(), key=len, default=())
    for role, listed in signing.items():
        if listed and set(listed) < set(most):
            words = f"Lists {len(listed)} of the entity's {len(most)} signing keys."
            yield Finding("odd", "metadata.fewer_keys", local_name(role), words)


def _addresses(facts: EntityFacts) -> Iterator[Finding]:
    if facts.idp is not None:
        logout = {endpoint.location for endpoint in facts.idp.slo}
        if any(endpoint.location in logout for endpoint in facts.idp.sso):
            words = "Sign-in and sign-out share one address; the message tells which it is."
            yield Finding("info", "metadata.same_address", "IDPSSODescriptor", words)
    if facts.sp is not None and len(facts.sp.slo) > 1:
        words = "Several sign-out addresses; some IdPs use the first one only."
        yield Finding("info", "metadata.several_slo", "SPSSODescriptor", words)


def _contacts(element: Element) -> Iterator[Finding]:
    contacts = children(element, names.MD, "ContactPerson")
    for number, contact in enumerate(contacts, start=1):
        empty = [local_name(child) for child in contact if not (child.text or "").strip()]
        if empty:
            words = f"Without content: {', '.join(empty)}."
            yield Finding("info", "metadata.empty_contact", f"ContactPerson {number}", words)
    if not contacts:
        words = "Nobody to write to: there is no ContactPerson."
        yield Finding("info", "metadata.no_contact", "EntityDescriptor", words)


def _roles(element: Element) -> list[Element]:
    return [child for child in element if child.tag in _ROLES]
