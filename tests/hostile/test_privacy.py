"""I05–I09: CPR numbers in everything that is sent, and then a search for them everywhere.

The number is in attributes, names, issuers, ids, states, queries, headers and words of faults.
Nowhere may it be afterwards but in the encrypted answer to the service that may have it.
"""

import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from lxml import etree

from broker.cli.exposition import exposition
from broker.errors import Refused
from broker.login.flow import LoginFlow
from broker.saml import names, soap
from broker.saml.bindings import encode_post
from broker.saml.response import open_response
from tests.box import ACS, ORIGIN, SSO, Box, code_of, make_box, posted
from tests.canary import CANARIES, search, search_files
from tests.factories import decryption_key
from tests.hostile.exits import PATHS, Parting, name_xml
from tests.hostile.forge import Forge
from tests.hostile.watching import Watch

CPR = CANARIES[1]
HYPHEN = f"{CPR[:6]}-{CPR[6:]}"
Act = Callable[[Box, FlaskClient, Forge], object]


def delivered(**change: object) -> Act:
    """An answer of the identity provider with some part replaced."""

    def act(box: Box, browser: FlaskClient, forge: Forge) -> object:
        return box.deliver(browser, forge.but(**change).xml())

    return act


def got(path: str, **headers: str) -> Act:
    """An address that somebody opens."""
    return lambda _, browser, __: browser.get(path, base_url=ORIGIN, headers=headers)


def sent(path: str, **form: str) -> Act:
    """A form that somebody sends."""
    return lambda _, browser, __: browser.post(path, data=form, base_url=ORIGIN)


def left(way: str, side: str) -> Act:
    """A logout message about the person."""

    def act(box: Box, browser: FlaskClient, forge: Forge) -> object:
        path = PATHS[side, way]
        parting = Parting(
            issuer=f"https://one.example.dk/{CPR}",
            key="one",
            destination=ORIGIN + path,
            now=box.clock(),
            name=name_xml(HYPHEN),
            indexes=(CPR,),
        )
        if way == "soap":
            body = soap.envelope(parting.signed())
            return browser.post(path, data=body, content_type="text/xml", base_url=ORIGIN)
        return sent(path, SAMLRequest=encode_post(parting.signed()))(box, browser, forge)

    return act


def surprised(box: Box, browser: FlaskClient, forge: Forge) -> object:
    """A bug whose exception quotes the whole message."""

    def respond(*_: object, **__: object) -> object:
        raise ValueError(forge.xml(), HYPHEN)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LoginFlow, "respond", respond)
        page = box.deliver(browser, forge.xml())
    assert page.status_code == 500
    return page


def library(_: Box, __: FlaskClient, forge: Forge) -> object:
    """What pysaml2 and others log of a message."""
    tree = forge.but(encrypt=False).xml().decode()
    for name in ("saml2.response", "saml2.client", "xmlschema", "urllib3.connectionpool"):
        logging.getLogger(name).info("Subject NameID: %s", HYPHEN)
    logging.getLogger("saml2").error("Request data: %s", tree)
    logging.getLogger("anything").error("%s", CPR, extra={"person": {"cpr": HYPHEN}})
    try:
        raise Refused("malformed.xml", CPR)
    except Refused:
        logging.getLogger("anything").exception("failed for %s", CPR)
    return None


QUERY = quote(HYPHEN, safe="")
ACTS: dict[str, Act] = {
    "I05 an issuer": delivered(issuer=f"https://{CPR}.example.dk\r\n{HYPHEN}\u2028"),
    "I06 an assertion's issuer": delivered(assertion_issuer=f"https://{CPR}.example.dk"),
    "I06 a name": delivered(name_id=f"<a:NameID>{HYPHEN}</a:NameID>"),
    "I06 an id": delivered(response_id=f"_{CPR}", assertion_id=f"_x{CPR}"),
    "I06 a request's id": delivered(in_response_to=f"_{CPR}"),
    "I06 a destination": delivered(destination=f"{ORIGIN}{ACS}?cpr={CPR}"),
    "I06 an audience": delivered(audience=f"<a:Audience>{CPR}</a:Audience>"),
    "I06 a level": delivered(attributes=((names.LOA, HYPHEN), (names.CPR_NUMBER, CPR))),
    "I06 an instant": delivered(authn_instant=f"{HYPHEN}T00:00:00Z"),
    "I06 words of the IdP's fault": delivered(
        status=f'<p:StatusCode Value="{names.RESPONDER}"/><p:StatusMessage>{HYPHEN}'
        "</p:StatusMessage>",
        attributes=None,
    ),
    "I06 not XML": sent(ACS, SAMLResponse=encode_post(f"<x>{HYPHEN}".encode())),
    "I06 not base64": sent(ACS, SAMLResponse=f"!{HYPHEN}", RelayState=CPR),
    "I06 a request that is nonsense": got(f"{SSO}?SAMLRequest={QUERY}&RelayState={QUERY}"),
    "I06 a service that nobody knows": got(f"/sundhed/login?sp={QUERY}&idp={QUERY}"),
    "I06 a flow that never was": got(f"/sundhed/saml/discovery?flow={QUERY}"),
    "I06 a path": got(f"/sundhed/{QUERY}/saml"),
    "I06 a federation": got(f"/{CPR}/saml/sso"),
    "I07 a referer": got("/nowhere", Referer=f"{ORIGIN}/?cpr={CPR}"),
    "I06 a browser": got("/nowhere", **{"User-Agent": CPR, "Cookie": f"__Host-flow-{CPR}=x"}),
    "I06 another host": lambda _, browser, __: browser.get("/", base_url=f"https://{CPR}.dk"),
    **{
        f"I07 logging out by {way}, {side}": left(way, side)
        for way in ("post", "soap")
        for side in ("sp", "idp")
    },
    "I08 a surprise": surprised,
    "I08 libraries": library,
}


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Box:
    return make_box(tmp_path_factory.mktemp("private"))


@pytest.mark.parametrize("name", ACTS)
def test_a_number_that_somebody_sends_is_in_no_line_page_or_file(
    box: Box,
    watch: Watch,
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    browser = box.browser()
    forge = Forge(box.at_idp(browser), box.clock())
    before, pages = watch.lines.tell(), watch.pages
    ACTS[name](box, browser, forge)
    written = watch.lines.getvalue()[before:]
    assert written or watch.pages > pages, "nothing happened"
    assert search(written, "log") == []
    assert watch.hits == []
    assert list(tmp_path.iterdir()) == [], "a temp file"
    assert search("".join(capfd.readouterr()), "standard error") == []


def test_after_all_of_it_the_database_and_the_metrics_hold_none(box: Box) -> None:
    browser = box.browser()
    forge = Forge(box.at_idp(browser), box.clock(), cpr=CANARIES[0])
    page = box.deliver(browser, forge.xml())
    answer = open_response([posted(page)[1]["SAMLResponse"]])
    said = answer.verify(
        box.services.flow.keys.keyrings.first("sundhed").published_idp,
        [decryption_key("one")],
        demand_encryption=True,
        allow_cbc=False,
    ).assertion
    told = {value for one in said.attributes for value in one.values}
    assert CANARIES[0] in told, "the service that may have it has it"
    assert search(repr((said, answer))) == []
    held = "\n".join(str(cookie) for cookie in (browser._cookies or {}).values())  # noqa: SLF001  # the jar
    assert search(held, "cookies") == []
    assert search(exposition(box.services.engine, box.clock()), "metrics") == []
    box.services.flow.recorder.keep(box.clock())
    files = [path for path in box.settings.data.rglob("*") if path.is_file()]
    assert any(path.stat().st_size > 10_000 for path in files)
    assert search_files([box.settings.data]) == []


def test_an_error_page_quotes_nothing_of_what_came(box: Box) -> None:
    evil = f"https://evil.example.org/{HYPHEN}"
    forge = Forge(box.at_idp(box.browser()), box.clock())
    page = box.deliver(box.browser(), forge.but(issuer=evil).xml())
    assert code_of(page)
    assert "evil" not in page.text
    assert etree.HTML(page.text) is not None
