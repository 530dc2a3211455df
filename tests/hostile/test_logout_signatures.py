"""F02: signatures of logout messages that are broken, weak, another's, or of something else."""

import base64
import itertools
from collections.abc import Callable
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from lxml import etree

from broker.saml import bindings, names, signatures
from broker.saml.xml import Element
from tests.box import ORIGIN
from tests.factories import key_pair, signing_key
from tests.hostile.exits import PATHS, Exit, Parting

SHA1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
NS = {"p": names.SAMLP, "a": names.SAML, "ds": names.DS}
Fields = list[tuple[str, str]]


def _fields(parting: Parting, path: str, key: str = "") -> Fields:
    url = bindings.encode_redirect(
        path,
        parting.raw(),
        parameter=parting.parameter,
        relay_state="r 1",
        key=signing_key(key or parting.key),
    )
    return parse_qsl(urlsplit(url).query)


def _with(fields: Fields, **change: str | None) -> Fields:
    changed = [(name, change.get(name, value)) for name, value in fields]
    return [(name, value) for name, value in changed if value is not None]


def _signed_anew(fields: Fields, algorithm: str, digest: hashes.HashAlgorithm, key: str) -> Fields:
    covered = [(n, algorithm if n == "SigAlg" else v) for n, v in fields if n != "Signature"]
    octets = urlencode(covered, quote_via=quote).encode()
    value = key_pair(key)[0].sign(octets, padding.PKCS1v15(), digest)
    return [*covered, ("Signature", base64.b64encode(value).decode())]


REDIRECT: dict[str, tuple[Callable[[Fields, str], Fields], str]] = {
    "garbage": (lambda f, _: _with(f, Signature="AAAA"), "signature.invalid"),
    "not-base64": (lambda f, _: _with(f, Signature="%%"), "signature.shape"),
    "empty": (lambda f, _: _with(f, Signature=""), "signature.shape"),
    "none": (lambda f, _: _with(f, Signature=None), "signature.shape"),
    "none-with-algorithm": (
        lambda f, _: _with(f, Signature=None, SigAlg=None),
        "signature.missing",
    ),
    "no-algorithm": (lambda f, _: _with(f, SigAlg=None), "signature.shape"),
    "garbage-algorithm": (lambda f, _: _with(f, SigAlg="rsa"), "signature.algorithm"),
    "empty-algorithm": (lambda f, _: _with(f, SigAlg=""), "signature.algorithm"),
    "algorithm-with-a-space": (
        lambda f, _: _with(f, SigAlg=f"{names.RSA_SHA256} "),
        "signature.algorithm",
    ),
    "another-algorithm": (lambda f, _: _with(f, SigAlg=names.RSA_SHA512), "signature.invalid"),
    "ecdsa-for-rsa": (lambda f, _: _with(f, SigAlg=names.ECDSA_SHA256), "signature.invalid"),
    "rsa-sha1": (
        lambda f, key: _signed_anew(f, SHA1, hashes.SHA1(), key),  # noqa: S303  # weak on purpose
        "signature.algorithm",
    ),
    "sha1-inside-sha256": (
        lambda f, key: _signed_anew(f, names.RSA_SHA256, hashes.SHA1(), key),  # noqa: S303  # weak on purpose
        "signature.invalid",
    ),
    "hmac": (
        lambda f, _: _with(f, SigAlg="http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"),
        "signature.algorithm",
    ),
    "of-another-key": (
        lambda f, _: _signed_anew(f, names.RSA_SHA256, hashes.SHA256(), "two"),
        "signature.invalid",
    ),
    "of-another-relay-state": (lambda f, _: _with(f, RelayState="r 2"), "signature.invalid"),
    "of-no-relay-state": (lambda f, _: _with(f, RelayState=None), "signature.invalid"),
    "twice": (lambda f, _: [*f, f[-1]], "malformed.parameter"),
    "two-algorithms": (lambda f, _: [*f, ("SigAlg", SHA1)], "malformed.parameter"),
    "a-second-request": (lambda f, _: [*f, f[0]], "malformed.parameter"),
    "a-request-and-a-response": (
        lambda f, _: [*f, ("SAMLResponse", f[0][1])],
        "malformed.parameter",
    ),
    "the-request-as-a-response": (
        lambda f, _: [("SAMLResponse" if n == "SAMLRequest" else n, v) for n, v in f],
        "malformed.root",
    ),
}


@pytest.mark.parametrize("side", ["sp", "idp"])
@pytest.mark.parametrize("case", REDIRECT, ids=lambda case: f"f02-{case}")
def test_f02_redirect(leaving: Exit, case: str, side: str) -> None:
    change, code = REDIRECT[case]
    path, parting = PATHS[side, "redirect"], leaving.parting(side)
    fields = change(_fields(parting, path), parting.key)
    leaving.begin()
    query = urlencode(fields, quote_via=quote)
    leaving.refused(leaving.browser.get(f"{path}?{query}", base_url=ORIGIN), code)
    leaving.works(side)


def test_f02_the_signature_of_another_message(leaving: Exit) -> None:
    """An honest signature of the same partner, over a request that it made at another time."""
    path = PATHS["sp", "redirect"]
    other = dict(_fields(leaving.parting(), path))["Signature"]
    fields = _with(_fields(leaving.parting(), path), Signature=other)
    leaving.begin()
    query = urlencode(fields, quote_via=quote)
    leaving.refused(leaving.browser.get(f"{path}?{query}", base_url=ORIGIN), "signature.invalid")


@pytest.mark.parametrize("sign", [True, False], ids=["f02-both", "f02-inside-only"])
def test_f02_an_xml_signature_inside_a_redirect(leaving: Exit, *, sign: bool) -> None:
    url = bindings.encode_redirect(
        PATHS["sp", "redirect"],
        leaving.parting().signed(),
        parameter="SAMLRequest",
        relay_state=None,
        key=signing_key("one") if sign else None,
    )
    leaving.begin()
    leaving.refused(leaving.browser.get(url, base_url=ORIGIN), "signature.shape")


def test_f02_a_detached_signature_beside_a_form(leaving: Exit) -> None:
    """Signature and SigAlg count in a query only; a form needs the signature inside."""
    path = PATHS["sp", "post"]
    data = dict(_fields(leaving.parting(), path))
    data["SAMLRequest"] = bindings.encode_post(leaving.parting().raw())
    leaving.begin()
    page = leaving.browser.post(path, data=data, base_url=ORIGIN)
    leaving.refused(page, "signature.missing")


def _signature(root: Element) -> Element:
    found = root.find("ds:Signature", NS)
    assert found is not None
    return found


def _set(root: Element, path: str, attribute: str | None, value: str) -> Element:
    found = root.find(path, NS)
    assert found is not None
    if attribute is None:
        found.text = value
    else:
        found.set(attribute, value)
    return root


def _edited(root: Element) -> Element:
    return _set(root, "a:NameID", None, "somebody-else")


def _twice(root: Element) -> Element:
    root.insert(1, etree.fromstring(etree.tostring(_signature(root))))
    return root


def _deeper(root: Element) -> Element:
    issuer = root.find("a:Issuer", NS)
    assert issuer is not None
    extensions = etree.SubElement(root, f"{{{names.SAMLP}}}Extensions")
    root.insert(1, extensions)
    extensions.append(_signature(root))
    return root


def _extensions(hidden: Element) -> Element:
    """Extensions take elements of other namespaces only; in those may stand whatever likes to."""
    extensions = etree.Element(f"{{{names.SAMLP}}}Extensions")
    etree.SubElement(extensions, "{urn:x}any").append(hidden)
    return extensions


def _wrapped(root: Element) -> Element:
    """The signed request hidden in the extensions of another one, which keeps its signature."""
    evil = etree.fromstring(etree.tostring(root))
    _edited(evil).set("ID", "_evil")
    inner = etree.fromstring(etree.tostring(root))
    inner.remove(_signature(inner))
    evil.insert(2, _extensions(inner))
    return evil


def _whole(root: Element) -> Element:
    """An unsigned request around the whole signed one."""
    evil = etree.fromstring(etree.tostring(root))
    _edited(evil).set("ID", "_evil")
    evil.remove(_signature(evil))
    evil.insert(1, _extensions(root))
    return evil


def _same_id(root: Element) -> Element:
    evil = _wrapped(root)
    evil.set("ID", root.get("ID", ""))
    return evil


def _moved_id(root: Element) -> Element:
    root.set("ID", "_moved")
    return root


_R = "ds:Signature/ds:SignedInfo/ds:Reference"
POST: dict[str, tuple[Callable[[Element], Element], str]] = {
    "edited": (_edited, "signature.invalid"),
    "moved-id": (_moved_id, "signature.reference"),
    "twice": (_twice, "malformed.schema"),
    "deeper": (_deeper, "signature.shape"),
    "wrapped": (_wrapped, "signature.reference"),
    "wrapped-whole": (_whole, "signature.shape"),
    "wrapped-with-the-same-id": (_same_id, "malformed.id_duplicate"),
    "value-garbage": (
        lambda r: _set(r, "ds:Signature/ds:SignatureValue", None, "AAAA"),
        "signature.invalid",
    ),
    "value-not-base64": (
        lambda r: _set(r, "ds:Signature/ds:SignatureValue", None, "%"),
        "signature.shape",
    ),
    "rsa-sha1": (
        lambda r: _set(r, "ds:Signature/ds:SignedInfo/ds:SignatureMethod", "Algorithm", SHA1),
        "signature.algorithm",
    ),
    "sha1-digest": (
        lambda r: _set(r, f"{_R}/ds:DigestMethod", "Algorithm", names.SHA1),
        "signature.algorithm",
    ),
    "digest-of-something-else": (
        lambda r: _set(r, f"{_R}/ds:DigestValue", None, base64.b64encode(b"d" * 32).decode()),
        "signature.invalid",
    ),
    "reference-to-everything": (lambda r: _set(r, _R, "URI", ""), "signature.reference"),
    "reference-to-elsewhere": (
        lambda r: _set(r, _R, "URI", "http://127.0.0.1:1/x"),
        "signature.reference",
    ),
    "inclusive-c14n": (
        lambda r: _set(
            r,
            "ds:Signature/ds:SignedInfo/ds:CanonicalizationMethod",
            "Algorithm",
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        ),
        "signature.c14n",
    ),
    "xslt": (
        lambda r: _set(
            r,
            f"{_R}/ds:Transforms/ds:Transform",
            "Algorithm",
            "http://www.w3.org/TR/1999/REC-xslt-19991116",
        ),
        "signature.transform",
    ),
}


@pytest.mark.parametrize(("side", "way"), list(itertools.product(["sp", "idp"], ["post", "soap"])))
@pytest.mark.parametrize("case", POST, ids=lambda case: f"f02-{case}")
def test_f02_post_and_soap(leaving: Exit, case: str, side: str, way: str) -> None:
    change, code = POST[case]
    root = etree.fromstring(leaving.parting(side, way).signed())
    page = leaving.send_raw(etree.tostring(change(root)), side, way)
    leaving.refused(page, code)


@pytest.mark.parametrize("way", ["post", "soap"])
def test_f02_the_key_that_a_message_brings_along_counts_for_nothing(
    leaving: Exit, way: str
) -> None:
    parting = leaving.parting("sp", way)
    root = parting.tree()
    signatures.sign(root, signing_key("stranger"))
    leaving.refused(leaving.send_raw(etree.tostring(root), "sp", way), "signature.invalid")
    leaving.works("sp", way)
