"""A Response of our own read again, to show its owner what we sent. Nothing is trusted by it."""

from broker.errors import Refused
from broker.saml import names
from broker.saml.engine.assertions import read_assertion
from broker.saml.messages import Assertion
from broker.saml.signatures import is_signed
from broker.saml.xml import children, parse


def unverified_assertion(xml: bytes) -> tuple[Assertion, bool, bool]:
    """The assertion in a Response that we wrote, and whether it and the Response are signed.

    Raises Refused("malformed.shape") where there is none to read.
    """
    root = parse(xml)
    found = children(root, names.SAML, "Assertion")
    if len(found) != 1:
        raise Refused("malformed.shape", f"{len(found)} assertions")
    return read_assertion(found[0]), is_signed(found[0]), is_signed(root)
