"""python3-saml as a service provider, strict, configured from our published metadata alone."""

import base64
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.authn_request import OneLogin_Saml2_Authn_Request
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Constants
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser as Parser
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from broker.saml import names
from broker.saml.assurance import Assurance
from tests.interop.browser import Sent
from tests.interop.running import Pair

HOST = "service.example.dk"
ENTITY = f"https://{HOST}/saml/metadata"
ACS = f"https://{HOST}/saml/acs"


@dataclass(frozen=True)
class Toolkit:
    """The service: what it is, and what it knows of the broker ("idp" is empty before it does)."""

    pair: Pair
    idp: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def told_by(cls, url: str, pair: Pair, binding: str = names.REDIRECT) -> "Toolkit":
        """A service that fetched the metadata at that address itself, and sends by that binding."""
        read = Parser.parse_remote(url, required_sso_binding=binding)
        return cls(pair, read["idp"])

    @property
    def settings(self) -> OneLogin_Saml2_Settings:
        """Its settings: all signed and encrypted, deprecated algorithms refused."""
        return OneLogin_Saml2_Settings(self._raw, sp_validation_only=not self.idp)

    def metadata(self) -> bytes:
        """Its metadata, by its own hand, signed."""
        written = self.settings.get_sp_metadata()
        return written if isinstance(written, bytes) else written.encode()

    def redirect(self, relay_state: str) -> tuple[str, str]:
        """Where its login() sends a browser, and the ID of the request."""
        auth = self._auth({}, {})
        return str(auth.login(return_to=relay_state)), str(auth.get_last_request_id())

    def form(self, relay_state: str) -> tuple[Sent, str]:
        """The form that carries its signed AuthnRequest, and the ID of the request."""
        settings = self.settings
        request = OneLogin_Saml2_Authn_Request(settings)
        signed = OneLogin_Saml2_Utils.add_sign(
            request.get_xml(),
            settings.get_sp_key(),
            settings.get_sp_cert(),
            sign_algorithm=Constants.RSA_SHA256,
            digest_algorithm=Constants.SHA256,
        )
        raw = signed if isinstance(signed, bytes) else signed.encode()
        fields = {"SAMLRequest": base64.b64encode(raw).decode(), "RelayState": relay_state}
        return Sent(settings.get_idp_sso_url(), fields), str(request.get_id())

    def arrived(self, sent: Sent, request_id: str) -> OneLogin_Saml2_Auth:
        """What its process_response() makes of what a browser brings it."""
        auth = self._auth({"post_data": sent.fields}, {"path": urlsplit(sent.url).path})
        auth.process_response(request_id=request_id)
        return auth

    def _auth(self, data: dict[str, Any], at: dict[str, str]) -> OneLogin_Saml2_Auth:
        arrived = {
            "https": "on",
            "http_host": HOST,
            "script_name": at.get("path", "/"),
            "get_data": {},
            "post_data": {},
            **data,
        }
        return OneLogin_Saml2_Auth(arrived, old_settings=self.settings)

    @property
    def _raw(self) -> dict[str, Any]:
        sp = {
            "entityId": ENTITY,
            "assertionConsumerService": {"url": ACS, "binding": names.POST},
            "NameIDFormat": names.PERSISTENT,
            "x509cert": self.pair.certificate,
            "privateKey": self.pair.key,
        }
        security = {
            "authnRequestsSigned": True,
            "signMetadata": True,
            "wantAssertionsSigned": True,
            "wantAssertionsEncrypted": True,
            "wantNameId": True,
            "wantAttributeStatement": True,
            "requestedAuthnContext": [Assurance.SUBSTANTIAL.uri],
            "requestedAuthnContextComparison": "minimum",
            "signatureAlgorithm": Constants.RSA_SHA256,
            "digestAlgorithm": Constants.SHA256,
            "rejectDeprecatedAlgorithm": True,
        }
        return {"strict": True, "sp": sp, "idp": self.idp, "security": security}
