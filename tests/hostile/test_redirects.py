"""C10, E02, E07, D22: what a query may hold, and what it may not, whole as a browser brings it."""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from lxml import etree

from broker.db import METADATA, reading
from broker.saml import bindings, names, signatures
from broker.saml.authn_request import write_authn_request
from tests.box import ACS, ORIGIN, SSO, Box, code_of
from tests.factories import signing_key
from tests.hostile.conftest import Scene
from tests.hostile.outcome import watching

Change = Callable[[str], str]
SHA256 = "xmldsig-more%23rsa-sha256"


def honest(scene: Scene, *, enveloped: bool = False) -> str:
    """The query of an honest request, signed; with a signature inside as well, if wanted."""
    xml = write_authn_request(scene.box.draft(), sign_with=None).xml
    if enveloped:
        root = etree.fromstring(xml)
        signatures.sign(root, signing_key("one"))
        xml = etree.tostring(root)
    url = bindings.encode_redirect(
        SSO, xml, parameter="SAMLRequest", relay_state="x", key=signing_key("one")
    )
    return urlsplit(url).query


def without(name: str) -> Change:
    return lambda query: "&".join(p for p in query.split("&") if not p.startswith(f"{name}="))


def instead(old: str, new: str) -> Change:
    return lambda query: query.replace(old, new)


def more(text: str) -> Change:
    return lambda query: f"{query}&{text}"


ROWS: list[tuple[str, Change, str]] = [
    ("C10 an algorithm of another kind of key", instead(SHA256, "xmldsig-more%23ecdsa-sha256"), "signature.invalid"),
    ("C10 another digest than was signed", instead(SHA256, "xmldsig-more%23rsa-sha512"), "signature.invalid"),
    ("C10 SHA-1", instead(SHA256, "rsa-sha1"), "signature.algorithm"),
    ("C10 HMAC", instead(SHA256, "xmldsig-more%23hmac-sha256"), "signature.algorithm"),
    ("C10 a space after the algorithm", instead(SHA256, SHA256 + "%20"), "signature.algorithm"),
    ("C10 no algorithm", without("SigAlg"), "signature.shape"),
    ("C10 two algorithms", more("SigAlg=x"), "malformed.parameter"),
    ("E02 an empty signature", lambda q: q.partition("&Signature=")[0] + "&Signature=", "signature.shape"),
    ("E02 a signature that is nonsense", instead("&Signature=", "&Signature=QUJD"), "signature.invalid"),
    ("E02 a signature that is no base64", instead("&Signature=", "&Signature=%21"), "signature.shape"),
    ("E02 no signature", without("Signature"), "signature.shape"),
    ("E07 a second request", more("SAMLRequest=QUJD"), "malformed.parameter"),
    ("E07 a second request in disguise", more("SAML%52equest=QUJD"), "malformed.parameter"),
    ("E07 a second RelayState", more("RelayState=y"), "malformed.parameter"),
    ("E07 a second signature", more("Signature=QUJD"), "malformed.parameter"),
    ("E07 a Response beside it", more("SAMLResponse=QUJD"), "malformed.parameter"),
    ("E07 RelayState changed", instead("RelayState=x", "RelayState=y"), "signature.invalid"),
    ("E07 RelayState taken out", without("RelayState"), "signature.invalid"),
    ("E07 semicolons", instead("&", ";"), "malformed.base64"),
    ("E07 encoded twice", instead("%", "%25"), "malformed.base64"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "code"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_it_is_refused_and_the_honest_one_is_not(scene: Scene, change: Change, code: str) -> None:
    query = honest(scene)
    changed = change(query)
    assert changed != query
    page = scene.watched(lambda: scene.browser.get(f"{SSO}?{changed}", base_url=ORIGIN))
    scene.seen.refused(page, code)
    assert scene.browser.get(f"{SSO}?{query}", base_url=ORIGIN).status_code == 303


def test_c10_a_signature_inside_and_one_beside(scene: Scene) -> None:
    query = honest(scene, enveloped=True)
    page = scene.watched(lambda: scene.browser.get(f"{SSO}?{query}", base_url=ORIGIN))
    scene.seen.refused(page, "signature.shape")


def test_e07_what_nobody_signed_beside_it_changes_nothing(scene: Scene) -> None:
    query = f"{honest(scene)}&utm_source=x&samlrequest=y"
    assert scene.browser.get(f"{SSO}?{query}", base_url=ORIGIN).status_code == 303


def test_e08_a_relay_state_without_end(scene: Scene) -> None:
    page = scene.watched(lambda: scene.box.redirect(scene.browser, relay_state="x" * 2000))
    scene.seen.refused(page, "request.relay_state")


def test_d22_an_artifact_is_no_message_and_none_is_resolved(scene: Scene) -> None:
    page = scene.watched(
        lambda: scene.browser.post(ACS, data={"SAMLart": "AAQAAA=="}, base_url=ORIGIN)
    )
    scene.seen.refused(page, "malformed.parameter")
    asked = scene.browser.get(ACS, query_string={"SAMLart": "AAQAAA=="}, base_url=ORIGIN)
    assert asked.status_code == 405
    for path in ("/sundhed/metadata/idp.xml", "/sundhed/metadata/sp.xml"):
        published = scene.browser.get(path, base_url=ORIGIN)
        assert published.status_code == 200
        assert names.MD.encode() in published.data
        assert b"rtifact" not in published.data


def test_e16_an_unknown_issuer_is_told_as_any_other(scene: Scene) -> None:
    pages = set()
    for stranger in ("https://a.example.org", "https://b.example.org/longer"):
        sent = replace(scene.box.draft(), issuer=stranger)
        with watching(scene.box) as seen:
            page = scene.box.redirect(scene.browser, sent)
        seen.refused(page, "request.unknown_issuer")
        reference = str(seen.events[0].__dict__["reference"])
        pages.add(page.text.replace(reference, ""))
    assert len(pages) == 1


def every_row(box: Box) -> dict[str, int]:
    """How many rows each table has."""
    with reading(box.services.engine) as connection:
        return {
            name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for name, table in METADATA.tables.items()
        }


def test_h08_requests_that_are_never_finished_leave_no_row(scene: Scene) -> None:
    before = every_row(scene.box)
    for _ in range(12):
        browser = scene.box.browser()
        assert scene.box.redirect(browser).status_code == 303
        assert code_of(scene.box.redirect(browser, key="attacker")) == "signature.invalid"
        assert code_of(scene.box.deliver(browser, b"<x/>")) == "malformed.root"
    assert every_row(scene.box) == before
