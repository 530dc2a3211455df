"""The broker between Shibboleth SPs and pysaml2's Server as the identity provider.

Each is told of the broker by its published metadata and of nothing else, and the broker of each
by the metadata that it writes itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from broker.metadata.defaults import LoadOptions
from broker.saml.assurance import Assurance
from broker.saml.keys import Certificate
from tests.interop.browser import Sent
from tests.interop.pysaml2_idp import SSO, Pysaml2Idp, Signed, answer
from tests.interop.pysaml2_leaving import confirm
from tests.interop.running import PATH, Running, make_pair, running
from tests.interop.shibboleth import Shibboleth, Told, shibboleth
from tests.interop.visitor import Visitor


@dataclass(frozen=True)
class Between:
    """The broker and the IdP, who know each other, and what services are told of the broker."""

    broker: Running
    idp: Any
    told: Told

    @property
    def sp(self) -> str:
        """Who the broker is to the IdP."""
        return f"{self.broker.origin}/{PATH}/saml/sp"

    @contextmanager
    def joined(self, code: str, *, signing: str = "true") -> Iterator[Shibboleth]:
        """A Shibboleth SP that joined as the service of that code."""
        with shibboleth(code, self.told, signing=signing) as service:
            options = LoadOptions(code=code, idps=("all",), signed_by=service.pair.signer)
            self.broker.load(service.metadata(), options)
            self.broker.map(code)
            yield service

    def answered(self, service: Shibboleth, browser: Visitor) -> Sent:
        """What a browser brings back to the service that it wants to see a page of."""
        sent = self.asked(service, browser)
        if not sent.url.startswith(f"{SSO}?"):
            return sent  # the broker knows the browser, and answers itself
        return browser.at(self.broker.origin).bring(answer(self.idp, sent, Signed()))

    def asked(self, service: Shibboleth, browser: Visitor) -> Sent:
        """Where the broker sends a browser that wants to see a page of the service."""
        asked = browser.at(service.origin).get(service.secure)
        assert asked.url.startswith(f"{self.broker.origin}/{PATH}/saml/sso?")
        return browser.at(self.broker.origin).bring(asked, idp="pysaml2")

    def confirmed(self, browser: Visitor, asked: Sent) -> Sent:
        """What a browser that was sent to the IdP brings on, once that has signed out as well."""
        return browser.at(self.broker.origin).bring(confirm(self.idp, asked))

    def login(self, service: Shibboleth, browser: Visitor) -> dict[str, str]:
        """One whole login; what the page behind it was told."""
        arrived = self.answered(service, browser)
        page = browser.at(service.origin).page(arrived.url, arrived.fields)
        assert page.url == service.secure, service.log()
        return shown(page.content)


def shown(page: bytes) -> dict[str, str]:
    """What the protected page was told, by name."""
    return dict(line.split("=", 1) for line in page.decode().splitlines() if "=" in line)


@contextmanager
def between_shibboleth(folder: Path) -> Iterator[Between]:
    """A broker in that folder and an IdP that it trusts, which services may join."""
    (folder / "broker").mkdir()
    with running(folder / "broker") as broker:
        idp = Pysaml2Idp(folder, make_pair("pysaml2"))
        options = LoadOptions(code="pysaml2", cvrs="any", maximum=Assurance.HIGH, encrypted=False)
        broker.load(idp.metadata(), replace(options, signed_by=idp.pair.signer))
        keys = broker.services.flow.keys.keyrings.first(PATH)
        signer = folder / "broker.pem"
        signer.write_text(_pem(keys.published_sp[0]))
        told = Told(
            idp=f"{broker.origin}/{PATH}/saml/idp",
            metadata=broker.idp_metadata,
            signer=_pem(keys.published_idp[0]),
        )
        yield Between(broker, idp.server(broker.sp_metadata, signer), told)


def _pem(certificate: Certificate) -> str:
    return certificate.parsed.public_bytes(Encoding.PEM).decode()
