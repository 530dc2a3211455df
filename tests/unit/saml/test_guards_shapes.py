"""Guards of signatures and of what they cover, each asked alone; see `test_guards`.

In a login the schema, the opening or the cryptography before it refuses most of these already.
"""

from collections.abc import Callable, Sequence
from copy import deepcopy

import pytest
from lxml import etree

from broker.errors import Refused
from broker.saml import names, signatures, xml
from broker.saml import response as responses
from broker.saml.bindings import encode_post
from broker.saml.keys import MAX_CERTIFICATES
from broker.saml.messages import Status
from broker.saml.response import (
    _check_assertion_shape,
    _check_shape,
    open_response,
    write_failure,
)
from broker.saml.signatures import MAX_PREFIXES, _read_shape, verify
from broker.saml.xml import Element
from tests.factories import ACS, IDP, NOW, key_pair, response

DS, ASSERTION = f"{{{names.DS}}}", f"{{{names.SAML}}}Assertion"
INCLUSIVE = f"{{{names.EXC_C14N}}}InclusiveNamespaces"
GOOD = Status(names.SUCCESS)
SIGNED = response(sign_response=True, sign_assertion=False, encrypt=False).xml
PLAIN = response(encrypt=False).xml
FAILURE = write_failure(
    id="_failed", issuer=IDP, destination=ACS, in_response_to="_request", issued_at=NOW,
    status=Status(names.RESPONDER), key=None,
).xml  # fmt: skip


def first(root: Element, tag: str) -> Element:
    return next(root.iter(tag))


def signed(change: Callable[[Element], object]) -> None:
    """Read the shape of a signature that was changed."""
    root = etree.fromstring(SIGNED)
    signature = first(root, f"{DS}Signature")
    change(signature)
    _read_shape(signature, root.get("ID") or "")


def within(tag: str, child: str = "x", **attributes: str) -> Callable[[Element], object]:
    """Something inside the last of these that nothing belongs in."""

    def change(signature: Element) -> None:
        etree.SubElement(list(signature.iter(f"{DS}{tag}"))[-1], child, attributes)

    return change


def listed(*prefixes: str, times: int = 1, of: str = "Transform") -> Callable[[Element], object]:
    """Prefixes that an exclusive canonical form is told to keep."""

    def change(signature: Element) -> None:
        for _ in range(times):
            within(of, INCLUSIVE, PrefixList=" ".join(prefixes))(signature)

    return change


def again(tag: str) -> Callable[[Element], object]:
    return lambda found: first(found, f"{DS}{tag}").addnext(deepcopy(first(found, f"{DS}{tag}")))


def certificates(signature: Element) -> None:
    for _ in range(MAX_CERTIFICATES):
        again("X509Certificate")(signature)


def nameless() -> None:
    """It refers to nothing, and its parent has no name."""
    signature = first(etree.fromstring(SIGNED), f"{DS}Signature")
    first(signature, f"{DS}Reference").set("URI", "#")
    _read_shape(signature, "")


def enveloped(signature: Element) -> None:
    etree.SubElement(first(signature, f"{DS}Transform"), "x")


def twice_signed() -> None:
    root = etree.fromstring(SIGNED)
    again("Signature")(root)
    verify(root, [key_pair("idp")[1]])


def shaped(change: Callable[[Element], object], status: Status = GOOD) -> None:
    """The shape of a Response that was changed, whatever its schema says."""
    root = etree.fromstring(PLAIN)
    change(root)
    _check_shape(root, status)


def two_assertions(root: Element) -> None:
    root.append(deepcopy(first(root, ASSERTION)))


def hidden(root: Element) -> None:
    etree.SubElement(root, f"{{{names.SAMLP}}}Extensions").append(first(root, ASSERTION))


def around(name: str) -> Callable[[Element], object]:
    return lambda root: etree.SubElement(root, f"{{{names.SAMLP}}}{name}")


def moved(root: Element) -> None:
    """The signature of the assertion beside the status code, with no assertion around it."""
    signature = first(root, f"{DS}Signature")
    first(root, f"{{{names.SAMLP}}}Status").append(signature)


def both_signed(root: Element) -> None:
    for _ in range(2):
        root.insert(1, deepcopy(first(root, f"{DS}Signature")))


def asserted(change: Callable[[Element], object]) -> None:
    """The shape of an assertion that came out of an encrypted one, say."""
    assertion = first(etree.fromstring(PLAIN), ASSERTION)
    change(assertion)
    _check_assertion_shape(assertion)


def inner_signature(assertion: Element) -> None:
    assertion[-1].append(deepcopy(first(assertion, f"{DS}Signature")))


def inner_assertion(assertion: Element) -> None:
    assertion[-1].append(etree.Element(ASSERTION))


def advised(assertion: Element) -> None:
    etree.SubElement(assertion, f"{{{names.SAML}}}Advice")


def opened(message: bytes, old: bytes = b"", new: bytes = b"") -> responses.UnverifiedResponse:
    return open_response([encode_post(message.replace(old, new, 1))])


def without_assertion() -> None:
    opened(FAILURE).verify([], [], demand_encryption=False, allow_cbc=False)


MANY = [f"p{number}" for number in range(MAX_PREFIXES + 1)]
ROWS: list[tuple[str, Callable[[], object], str]] = [
    ("two values of a signature", lambda: signed(again("SignatureValue")), "signature.shape"),
    ("more certificates than a chain has", lambda: signed(certificates), "limit.elements"),
    ("two references", lambda: signed(again("Reference")), "signature.references"),
    ("two methods", lambda: signed(again("SignatureMethod")), "signature.references"),
    ("a method with content", lambda: signed(within("SignatureMethod")), "signature.algorithm"),
    ("a reference to nothing", nameless, "signature.reference"),
    ("two digests", lambda: signed(again("DigestValue")), "signature.shape"),
    ("an enveloped transform with content", lambda: signed(enveloped), "signature.transform"),
    ("a digest with content", lambda: signed(within("DigestMethod")), "signature.algorithm"),
    ("content of a transform", lambda: signed(within("Transform")), "signature.transform"),
    ("two lists of prefixes", lambda: signed(listed("a", times=2)), "signature.transform"),
    ("the default prefix", lambda: signed(listed("#default")), "signature.transform"),
    ("prefixes without end", lambda: signed(listed(*MANY)), "signature.transform"),
    (
        "content of a canonical form",
        lambda: signed(within("CanonicalizationMethod")),
        "signature.transform",
    ),
    ("a value with content", lambda: signed(within("SignatureValue")), "signature.shape"),
    ("two signatures on one element", twice_signed, "signature.count"),
    ("two assertions", lambda: shaped(two_assertions), "signature.assertion_count"),
    ("an assertion out of its place", lambda: shaped(hidden), "signature.assertion_count"),
    ("extensions of a success", lambda: shaped(around("Extensions")), "malformed.shape"),
    ("details of a success", lambda: shaped(around("StatusDetail")), "malformed.shape"),
    ("a signature out of its place", lambda: shaped(moved), "signature.shape"),
    ("two signatures on a Response", lambda: shaped(both_signed), "signature.count"),
    ("advice inside", lambda: shaped(lambda r: advised(first(r, ASSERTION))), "malformed.shape"),
    ("two signatures on an assertion", lambda: asserted(again("Signature")), "signature.count"),
    ("a signature inside an assertion", lambda: asserted(inner_signature), "signature.shape"),
    ("an assertion inside", lambda: asserted(inner_assertion), "signature.assertion_count"),
    ("advice", lambda: asserted(advised), "malformed.shape"),
    (
        "another version",
        lambda: opened(FAILURE, b'Version="2.0"', b'Version="1.1"'),
        "malformed.version",
    ),
    ("no assertion to verify", without_assertion, "signature.assertion_count"),
    (
        "a name that has no canonical form",
        lambda: xml.canonical(etree.fromstring('<a xmlns="relative"/>')),
        "malformed.canonical",
    ),
]


@pytest.mark.parametrize(("ask", "code"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_it_refuses_by_itself(ask: Callable[[], object], code: str) -> None:
    with pytest.raises(Refused) as refused:
        ask()
    assert refused.value.code == code


def test_the_controls_are_taken() -> None:
    """What the rows change is taken as it was, and so are prefixes within the limit."""
    signed(lambda _: None)
    signed(listed(*MANY[1:]))
    shaped(lambda _: None)
    shaped(around("Extensions"), Status(names.RESPONDER))
    asserted(lambda _: None)
    verify(etree.fromstring(SIGNED), [key_pair("idp")[1]])
    assert not opened(FAILURE).has_assertion


def test_a_verifier_that_takes_anything_does_not_get_past_the_digest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two libraries digest what is covered; either of them may be the one that is wrong."""

    def verified(_root: Element, _signature: Element, _certificate: object) -> bool:
        return True

    monkeypatch.setattr(signatures, "_verified_by", verified)
    root = etree.fromstring(SIGNED.replace(b"nurse-1", b"nurse-2"))
    with pytest.raises(Refused) as refused:
        verify(root, [key_pair("idp")[1]])
    assert refused.value.code == "signature.digest"


def test_nothing_is_no_canonical_form(monkeypatch: pytest.MonkeyPatch) -> None:
    """libxml2 has answered so where it failed; a digest of nothing fits whoever signed nothing."""

    def nothing(*_given: object, **_named: Sequence[str]) -> bytes:
        return b""

    monkeypatch.setattr(etree, "tostring", nothing)
    with pytest.raises(Refused) as refused:
        xml.canonical(etree.fromstring("<a/>"))
    assert refused.value.code == "malformed.canonical"
