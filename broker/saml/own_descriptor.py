"""Our own EntityDescriptors, written, checked against their schema, and signed."""

from lxml import etree

from broker.saml import signatures
from broker.saml.engine.metadata import build_idp_descriptor, build_sp_descriptor
from broker.saml.entities import OwnIdp, OwnSp
from broker.saml.keys import SigningKey
from broker.saml.schema import check_schema
from broker.saml.xml import Element


def write_idp_descriptor(draft: OwnIdp, key: SigningKey) -> bytes:
    """What services load to send people to us: the same draft and key give the same bytes."""
    return _signed(build_idp_descriptor(draft), key)


def write_sp_descriptor(draft: OwnSp, key: SigningKey) -> bytes:
    """What identity providers load to answer us: the same draft and key give the same bytes."""
    return _signed(build_sp_descriptor(draft), key)


def _signed(root: Element, key: SigningKey) -> bytes:
    signatures.sign(root, key)
    check_schema(root, "metadata")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
