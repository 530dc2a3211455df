"""Two services by node-saml and python3-saml and one identity provider, the broker between.

Each is told of the broker by its published metadata and of nothing else, and the broker of each
by the metadata that it writes itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lxml import etree
from onelogin.saml2.auth import OneLogin_Saml2_Auth

from broker.metadata.defaults import LoadOptions
from broker.saml.assurance import Assurance
from tests.interop import node_sp, pysaml2_idp, toolkit
from tests.interop.browser import Browser, Sent
from tests.interop.leaving import LeavingToolkit
from tests.interop.node_sp import NodeSp, Profile
from tests.interop.pysaml2_idp import BY_BROWSER, Pysaml2Idp, Signed, answer
from tests.interop.pysaml2_leaving import confirm
from tests.interop.running import PATH, Running, make_pair, running
from tests.interop.test_others import signer
from tests.interop.toolkit import Toolkit

RELAY_STATE = "https://page.example.dk/side/7?navn=Åse"


@dataclass(frozen=True)
class Parties:
    """The broker and everybody around it."""

    broker: Running
    node: NodeSp
    toolkit: LeavingToolkit
    idp: Any

    @property
    def sp(self) -> str:
        """Who the broker is to the IdP."""
        return f"{self.broker.origin}/{PATH}/saml/sp"

    def browser(self) -> Browser:
        """A browser that nobody knows yet."""
        return Browser(self.broker.origin)

    def answered(self, browser: Browser, url: str) -> Sent:
        """What a browser that was sent to the broker brings back; the IdP answers where asked."""
        arrived = browser.get(url, idp="pysaml2")
        if arrived.url.startswith(f"{pysaml2_idp.SSO}?"):
            form = answer(self.idp, arrived, Signed())
            arrived = browser.post(form.url, form.fields)
        assert arrived.fields["RelayState"] == RELAY_STATE
        return arrived

    def answered_node(self, browser: Browser) -> Sent:
        """What a browser brings to the service by node-saml."""
        arrived = self.answered(browser, self.node.redirect(RELAY_STATE))
        assert arrived.url == node_sp.ACS
        return arrived

    def login_node(self, browser: Browser) -> Profile:
        """Whom the service by node-saml believes to be signed in after one whole login."""
        return self.node.arrived(self.answered_node(browser))

    def login_toolkit(self, browser: Browser) -> OneLogin_Saml2_Auth:
        """The same at the service by python3-saml."""
        url, request_id = self.toolkit.redirect(RELAY_STATE)
        arrived = self.answered(browser, url)
        assert arrived.url == toolkit.ACS
        auth = self.toolkit.arrived(arrived, request_id)
        assert auth.get_errors() == [], auth.get_last_error_reason()
        return auth

    def confirmed(self, browser: Browser, asked: Sent) -> Sent:
        """What a browser that was sent to the IdP brings on, once that has signed out as well."""
        return browser.get(confirm(self.idp, asked).url)


@contextmanager
def parties(folder: Path, slo: tuple[tuple[str, str], ...] = BY_BROWSER) -> Iterator[Parties]:
    """Everybody, registered with one another, for as long as somebody needs them."""
    (folder / "broker").mkdir(parents=True)
    with running(folder / "broker") as broker:
        idp = Pysaml2Idp(folder, make_pair("pysaml2"), slo)
        options = LoadOptions(code="pysaml2", cvrs="any", maximum=Assurance.HIGH, encrypted=False)
        broker.load(idp.metadata(), replace(options, signed_by=idp.pair.signer))
        pair = make_pair("python3-saml")
        told = Toolkit.told_by(broker.idp_metadata, pair)
        service = LeavingToolkit(pair, told.idp)
        _register(broker, "toolkit", service.metadata(), service)
        published = broker.fetch(broker.idp_metadata)
        with node_sp.node_sp(published, make_pair("node-saml")) as node:
            _register(broker, "node", node.metadata(), node)
            upstream = idp.server(broker.sp_metadata, signer(broker, folder))
            yield Parties(broker, node, service, upstream)


def _register(broker: Running, code: str, metadata: bytes, service: NodeSp | Toolkit) -> None:
    broker.load(metadata, LoadOptions(code=code, idps=("all",), signed_by=service.pair.signer))
    broker.map(code)


def statuses(answer: bytes | str) -> list[str]:
    """The status of an answer, and the one under it."""
    tree = etree.fromstring(answer)
    return [code.get("Value", "") for code in tree.iterfind("{*}Status//{*}StatusCode")]
