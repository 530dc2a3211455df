"""A feed: what one source publishes, cut into entities without examining each of them.

A feed is read again and again and most of it stays as it was. So each entity becomes bytes
that only change when the entity does: what the publisher says of the whole (when it was
published, how long it counts, its signature) is taken out and kept once.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from lxml import etree

from broker.errors import Refused
from broker.saml import names, signatures
from broker.saml.entities import Feed, FeedEntity, Finding
from broker.saml.entity_findings import notice_document
from broker.saml.entity_parts import bad_entity_id, read_valid_until
from broker.saml.instants import write_instant
from broker.saml.keys import Certificate
from broker.saml.metadata_xml import FEED, parse_metadata
from broker.saml.xml import Element, children, local_name

MAX_ENTITIES = 20_000

_ENTITY = f"{{{names.MD}}}EntityDescriptor"
_ENTITIES = f"{{{names.MD}}}EntitiesDescriptor"


def read_feed(raw: bytes, *, signed_by: Sequence[Certificate] = ()) -> Feed:
    """The entities of what a source publishes, in the order of the document.

    With `signed_by` the document's own signature must verify by one of those certificates,
    whatever certificate it carries itself, and all is read from what it covers. Raises
    Refused with a code of `metadata.*`, or `signature.*` where that signature does not hold.
    """
    root = parse_metadata(raw, FEED)
    if root.tag not in (_ENTITY, _ENTITIES):
        raise Refused("metadata.not_metadata", f"the root is {local_name(root)}")
    findings = list(notice_document(root, verified=bool(signed_by)))
    if signed_by:
        root = signatures.verify(root, signed_by, _covered)
    until = read_valid_until(root.get("validUntil", ""))
    published = _published(root)
    for attribute in ("ID", "validUntil", "cacheDuration"):
        if attribute in root.attrib:
            del root.attrib[attribute]
    entities = tuple(_cut(root, findings))
    return Feed(entities, tuple(findings), bool(signed_by), published, until)


def _covered(raw: bytes) -> Element:
    return parse_metadata(raw, FEED)


def _cut(root: Element, findings: list[Finding]) -> Iterator[FeedEntity]:
    found = [root] if root.tag == _ENTITY else list(root.iter(_ENTITY))
    if len(found) > MAX_ENTITIES:
        raise Refused("metadata.too_large", f"more than {MAX_ENTITIES} entities")
    seen: set[str] = set()
    for number, element in enumerate(found, start=1):
        entity_id = (element.get("entityID") or "").strip()
        wrong = bad_entity_id(entity_id)
        if entity_id in seen:
            wrong = "This entityID stands in the document twice; the first one is read."
        if wrong:
            where = f"EntityDescriptor {number}"
            findings.append(Finding("refused", "metadata.entity_id", where, wrong))
            continue
        seen.add(entity_id)
        yield FeedEntity(entity_id, _alone(element))


def _alone(element: Element) -> bytes:
    """The bytes of one entity: without a signature, and with the validUntil of its groups."""
    for signature in children(element, names.DS, "Signature"):
        element.remove(signature)
    around = (read_valid_until(g.get("validUntil", "")) for g in element.iterancestors())
    own = read_valid_until(element.get("validUntil", ""))
    instants = [at for at in (own, *around) if at is not None]
    if instants and min(instants) != own:
        element.set("validUntil", write_instant(min(instants)))
    return etree.tostring(element, with_tail=False)


def _published(root: Element) -> datetime | None:
    """When the publisher says that this was published. SAML Metadata RPI 2.2.1."""
    for extensions in children(root, names.MD, "Extensions"):
        for information in children(extensions, names.MDRPI, "PublicationInfo"):
            return read_valid_until(information.get("creationInstant", ""))
    return None
