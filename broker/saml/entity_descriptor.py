"""Metadata of peers: bytes to facts and findings. SAML Metadata 2.0.

Lenient where the field is untidy (R28): schema faults, unknown extensions and odd orders
are reported, not refused. Strict where it is dangerous: a weak key, an address that is no
https, an identifier that looks like a pattern are left out, and the report says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from lxml import etree

from broker.errors import Refused
from broker.saml import names, signatures
from broker.saml.entities import (
    Endpoint,
    EntityFacts,
    Finding,
    IdentityProvider,
    MetadataReading,
    ServiceProvider,
)
from broker.saml.entity_contacts import read_contacts
from broker.saml.entity_findings import notice, notice_document
from broker.saml.entity_keys import read_keys
from broker.saml.entity_parts import (
    bad_entity_id,
    display_name,
    read_endpoints,
    speaks_saml2,
    valid_until,
)
from broker.saml.instants import write_instant
from broker.saml.keys import Certificate
from broker.saml.metadata_xml import parse_metadata
from broker.saml.xml import Element, children, local_name

MAX_ENTITIES = 1000
MAX_ATTRIBUTES = 200

_ENTITY = f"{{{names.MD}}}EntityDescriptor"
_ENTITIES = f"{{{names.MD}}}EntitiesDescriptor"


def read_metadata(
    raw: bytes, now: datetime, *, signed_by: Sequence[Certificate] = ()
) -> MetadataReading:
    """Every usable entity of a document, with what is odd in each, as seen at `now`.

    With `signed_by` the document's own signature must verify by one of those certificates,
    and the facts are read from what it covers. Raises Refused with a code of `metadata.*`,
    or of `signature.*`, `malformed.*` and `limit.*` where that signature does not hold.
    """
    root = parse_metadata(raw)
    if root.tag not in (_ENTITY, _ENTITIES):
        raise Refused(
            "metadata.not_metadata", f"the root is {local_name(root)}, no EntityDescriptor"
        )
    findings = list(notice_document(root, verified=bool(signed_by)))
    if signed_by:
        root = signatures.verify(root, signed_by)
    as_given = None if signed_by or root.tag == _ENTITIES else raw
    entities: list[EntityFacts] = []
    seen: set[str] = set()
    for number, element in enumerate(_entities(root), start=1):
        if number > MAX_ENTITIES:
            raise Refused("metadata.too_large", f"more than {MAX_ENTITIES} entities")
        entity_id = (element.get("entityID") or "").strip()
        wrong = bad_entity_id(entity_id)
        if entity_id in seen:
            wrong = "This entityID stands in the document twice; the first one is read."
        if wrong:
            where = f"EntityDescriptor {number}"
            findings.append(Finding("refused", "metadata.entity_id", where, wrong))
            continue
        seen.add(entity_id)
        xml = _cut_out(element) if as_given is None else as_given
        facts = replace(_read_entity(element, xml), verified=bool(signed_by))
        noticed = notice(element, facts, now)
        entities.append(replace(facts, findings=(*facts.findings, *noticed)))
    return MetadataReading(tuple(entities), tuple(findings))


def read_entity(xml: bytes) -> EntityFacts:
    """The facts of one kept EntityDescriptor, without looking for what is odd.

    For documents that `read_metadata` accepted once. Raises Refused as it does.
    """
    return _read_entity(_kept_entity(xml), xml)


def examine_entity(xml: bytes, now: datetime, *, verified: bool) -> EntityFacts:
    """The facts of one entity cut out of a feed, with everything that is odd about it."""
    element = _kept_entity(xml)
    facts = replace(_read_entity(element, xml), verified=verified)
    return replace(facts, findings=(*facts.findings, *notice(element, facts, now)))


def _kept_entity(xml: bytes) -> Element:
    element = parse_metadata(xml)
    if element.tag != _ENTITY or bad_entity_id((element.get("entityID") or "").strip()):
        raise Refused("metadata.not_metadata", "a kept document is no EntityDescriptor")
    return element


def _entities(root: Element) -> Iterator[Element]:
    """The entities of a document: the root itself, or those of an aggregate and of its groups."""
    return iter([root]) if root.tag == _ENTITY else root.iter(_ENTITY)


def _cut_out(element: Element) -> bytes:
    """One entity as a document of its own, which runs out when the groups around it do."""
    until = valid_until(element)
    if until is not None:
        element.set("validUntil", write_instant(until))
    return etree.tostring(element, with_tail=False)


def _read_entity(element: Element, xml: bytes) -> EntityFacts:
    entity_id = (element.get("entityID") or "").strip()
    findings: list[Finding] = []
    sp = _role(element, "SPSSODescriptor", findings)
    idp = _role(element, "IDPSSODescriptor", findings)
    return EntityFacts(
        entity_id=entity_id,
        sp=None if sp is None else _service_provider(entity_id, element, sp, findings),
        idp=None if idp is None else _identity_provider(entity_id, element, idp, findings),
        valid_until=valid_until(element),
        verified=False,
        findings=tuple(findings),
        xml=xml,
        contacts=read_contacts(element),
    )


def _role(element: Element, name: str, findings: list[Finding]) -> Element | None:
    """The first descriptor of that name that speaks SAML 2.0."""
    found = children(element, names.MD, name)
    spoken = [role for role in found if speaks_saml2(role)]
    if found and not spoken:
        words = "This role does not list SAML 2.0 among its protocols and is left out."
        findings.append(Finding("refused", "metadata.protocol", name, words))
    if len(spoken) > 1:
        words = f"{len(spoken)} roles of this kind; the first one is read."
        findings.append(Finding("odd", "metadata.several_roles", name, words))
    return spoken[0] if spoken else None


def _service_provider(
    entity_id: str, element: Element, role: Element, findings: list[Finding]
) -> ServiceProvider:
    keys = read_keys(role)
    findings += keys.findings
    return ServiceProvider(
        entity_id=entity_id,
        acs=_endpoints(role, "AssertionConsumerService", findings, indexed=True),
        slo=_endpoints(role, "SingleLogoutService", findings),
        signing=keys.signing,
        encryption=keys.encryption,
        authn_requests_signed=_true(role, "AuthnRequestsSigned"),
        want_assertions_signed=_true(role, "WantAssertionsSigned"),
        name_id_formats=_formats(role),
        name=display_name(element, role),
        attributes=_attributes(role, f"{{{names.MD}}}RequestedAttribute"),
        discovery=_discovery(role, findings),
    )


def _identity_provider(
    entity_id: str, element: Element, role: Element, findings: list[Finding]
) -> IdentityProvider:
    keys = read_keys(role)
    findings += keys.findings
    return IdentityProvider(
        entity_id=entity_id,
        sso=_endpoints(role, "SingleSignOnService", findings),
        slo=_endpoints(role, "SingleLogoutService", findings),
        signing=keys.signing,
        want_authn_requests_signed=_true(role, "WantAuthnRequestsSigned"),
        name_id_formats=_formats(role),
        name=display_name(element, role),
        attributes=_attributes(role, f"{{{names.SAML}}}Attribute"),
    )


def _endpoints(
    role: Element, name: str, findings: list[Finding], *, indexed: bool = False
) -> tuple[Endpoint, ...]:
    kept, noticed = read_endpoints(role, name, indexed=indexed)
    findings += noticed
    return kept


def _discovery(role: Element, findings: list[Finding]) -> tuple[Endpoint, ...]:
    """Where a service may be told of a choice. Identity Provider Discovery Profile 2.5."""
    found: list[Endpoint] = []
    for extensions in children(role, names.MD, "Extensions"):
        kept, noticed = read_endpoints(
            extensions, "DiscoveryResponse", indexed=True, namespace=names.IDPDISC
        )
        found += [endpoint for endpoint in kept if endpoint.binding == names.IDPDISC]
        findings += noticed
    return tuple(found)


def _formats(role: Element) -> tuple[str, ...]:
    found = ((child.text or "").strip() for child in children(role, names.MD, "NameIDFormat"))
    return tuple(uri for uri in found if uri)


def _attributes(role: Element, tag: str) -> tuple[str, ...]:
    found = {(element.get("Name") or "").strip() for element in role.iter(tag)}
    return tuple(sorted(found - {""}))[:MAX_ATTRIBUTES]


def _true(role: Element, attribute: str) -> bool:
    return role.get(attribute, "").strip() in ("true", "1")
