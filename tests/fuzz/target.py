"""One input, read as the broker reads it. The first byte says by which reader.

A refusal is right, and so is an honest answer. Another exception is a finding, and so is
an assertion that says anything but what the identity provider signed.
"""

from collections.abc import Callable
from functools import cache

import xmlsec
from lxml import etree

from broker.errors import Refused
from broker.saml import authn_request, checks, logout, names, signatures
from broker.saml.bindings import encode_post, encode_redirect
from broker.saml.messages import Assertion
from broker.saml.response import open_response
from broker.saml.xml import hardened_parser
from tests.factories import (
    assertion_draft,
    authn_request_draft,
    decryption_key,
    key_pair,
    response,
    signing_key,
)
from tests.unit.saml.test_checks import EXPECTED

MOST = 64 * 1024


class Finding(Exception):
    """Something was taken for true that nobody signed."""


def one(data: bytes) -> str:
    """Read one input. Returns the reason of a refusal, or "" where it was accepted."""
    if not data or len(data) > MOST:
        return "nothing"
    read = READERS[data[0] % len(READERS)]
    try:
        read(data[1:])
    except Refused as refused:
        return refused.code
    return ""


def _response(xml: bytes) -> None:
    _accepted(encode_post(xml))


def _form(value: bytes) -> None:
    _accepted(value.decode("latin-1"))


def _accepted(value: str) -> None:
    opened = open_response([value])
    said = opened.verify(
        [key_pair("idp")[1]], [decryption_key("broker")], demand_encryption=False, allow_cbc=True
    ).assertion
    if said not in honest():
        raise Finding(repr(said))


def _signed(xml: bytes) -> None:
    """Whatever a trusted identity provider might sign: only its signature is right for sure."""
    try:
        root = etree.fromstring(xml, hardened_parser())
        if root.tag != f"{{{names.SAML}}}Assertion" or not root.get("ID"):
            return
        for old in root.findall(f"{{{names.DS}}}Signature"):
            root.remove(old)
        signatures.sign(root, signing_key("idp"))
    except (etree.XMLSyntaxError, xmlsec.Error, ValueError):
        return  # what nobody can sign
    outer = etree.fromstring(_envelope())
    outer.append(root)
    opened = open_response([encode_post(etree.tostring(outer))])
    checks.run(checks.ENVELOPE_CHECKS, opened.unverified, EXPECTED)
    verified = opened.verify([key_pair("idp")[1]], [], demand_encryption=False, allow_cbc=False)
    checks.run(checks.ASSERTION_CHECKS, verified.assertion, EXPECTED)


def _redirect(query: bytes) -> None:
    authn_request.open_redirect(query).verify([key_pair("idp")[1]], required=True)


def _request(xml: bytes) -> None:
    opened = authn_request.open_post([encode_post(xml)], ["x"])
    opened.verify([key_pair("idp")[1]], required=False)


def _logout(xml: bytes) -> None:
    logout.open_post([encode_post(xml)], [], []).verify([key_pair("idp")[1]])


def _soap(envelope: bytes) -> None:
    logout.open_soap(envelope, "LogoutRequest").verify([key_pair("idp")[1]])


READERS: tuple[Callable[[bytes], None], ...] = (
    _response,
    _form,
    _signed,
    _redirect,
    _request,
    _logout,
    _soap,
)
"""In the order of the first byte, 0 and on; a new one goes to the end, for the corpus' sake."""


@cache
def _envelope() -> bytes:
    xml = response(encrypt=False, sign_assertion=False).xml
    root = etree.fromstring(xml)
    root.remove(root[-1])
    return etree.tostring(root)


@cache
def _honest() -> tuple[tuple[bytes, Assertion], ...]:
    made = []
    for encrypt in (True, False):
        for sign_response in (True, False):
            draft = assertion_draft()
            xml = response(draft, encrypt=encrypt, sign_response=sign_response).xml
            opened = open_response([encode_post(xml)])
            said = opened.verify(
                [key_pair("idp")[1]],
                [decryption_key("broker")],
                demand_encryption=False,
                allow_cbc=True,
            ).assertion
            made.append((xml, said))
    return tuple(made)


def honest() -> tuple[Assertion, ...]:
    """What the identity provider signed in this process."""
    return tuple(said for _, said in _honest())


def seeds() -> list[bytes]:
    """Honest messages of this process, whose keys no other process has."""
    draft = authn_request_draft()
    request = authn_request.write_authn_request(draft, sign_with=signing_key("idp")).xml
    plain = authn_request.write_authn_request(draft, sign_with=None).xml
    query = encode_redirect(
        "", plain, parameter="SAMLRequest", relay_state="x", key=signing_key("idp")
    )
    responses = [xml for xml, _ in _honest()]
    return [
        *(b"\x00" + xml for xml in responses),
        *(b"\x01" + encode_post(xml).encode() for xml in responses[:1]),
        b"\x03" + query.removeprefix("?").encode(),
        b"\x04" + request,
        b"\x04" + plain,
    ]
