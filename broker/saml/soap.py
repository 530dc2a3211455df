"""The SOAP binding: one SAML message in the body of one envelope. SAML Bindings 3.2.

A header that must be understood is refused, since none is; other headers are not read.
"""

from lxml import etree

from broker.errors import Refused
from broker.saml import names
from broker.saml.xml import Element, children, isolate, parse

CONTENT_TYPE = "text/xml; charset=utf-8"
MEDIA_TYPES = frozenset({"text/xml", "application/soap+xml", "application/xml"})

_ENVELOPE = f"{{{names.SOAP_ENVELOPE}}}Envelope"
_MUST_UNDERSTAND = f"{{{names.SOAP_ENVELOPE}}}mustUnderstand"


def open_envelope(raw: bytes) -> Element:
    """The one message of an envelope, as a document of its own. Raises Refused (malformed.*)."""
    root = parse(raw)
    if root.tag != _ENVELOPE:
        raise Refused("malformed.soap", "not a SOAP 1.1 envelope")
    for header in children(root, names.SOAP_ENVELOPE, "Header"):
        if any(block.get(_MUST_UNDERSTAND) in ("1", "true") for block in header):
            raise Refused("malformed.soap", "a header that must be understood")
    bodies = children(root, names.SOAP_ENVELOPE, "Body")
    if len(bodies) != 1 or len(bodies[0]) != 1:
        raise Refused("malformed.soap", "not one message in one body")
    return isolate(bodies[0][0])


def envelope(message: bytes) -> bytes:
    """A SAML message in an envelope. Its bytes stay as they were signed."""
    start = f'<soap:Envelope xmlns:soap="{names.SOAP_ENVELOPE}"><soap:Body>'.encode()
    return start + message + b"</soap:Body></soap:Envelope>"


def fault(code: str) -> bytes:
    """A SOAP fault that says by its code why the message was refused, and nothing more."""
    nsmap = {"soap": names.SOAP_ENVELOPE}
    root = etree.Element(_ENVELOPE, nsmap=nsmap)
    body = etree.SubElement(root, f"{{{names.SOAP_ENVELOPE}}}Body")
    found = etree.SubElement(body, f"{{{names.SOAP_ENVELOPE}}}Fault")
    etree.SubElement(found, "faultcode").text = "soap:Client"
    etree.SubElement(found, "faultstring").text = code
    return etree.tostring(root)
