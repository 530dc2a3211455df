"""python3-saml as a service provider that signs out, and is told when somebody else did."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from onelogin.saml2.auth import OneLogin_Saml2_Auth

from broker.saml import names
from tests.interop.browser import Sent
from tests.interop.toolkit import HOST, Toolkit

SLO = f"https://{HOST}/saml/slo"


@dataclass(frozen=True)
class LeavingToolkit(Toolkit):
    """The service, with an address for logout in its metadata; all that it sends is signed."""

    def logout(self, auth: OneLogin_Saml2_Auth, relay_state: str) -> tuple[str, str]:
        """Where its logout() sends a browser that signed in so, and the ID of the request."""
        leaving = self._auth({}, {})
        url = leaving.logout(
            return_to=relay_state,
            name_id=auth.get_nameid(),
            name_id_format=auth.get_nameid_format(),
            session_index=auth.get_session_index(),
        )
        return str(url), str(leaving.get_last_request_id())

    def left(self, sent: Sent, request_id: str) -> OneLogin_Saml2_Auth:
        """What its process_slo() makes of the answer to that request."""
        auth = self._arrived(sent)
        assert auth.process_slo(request_id=request_id) is None
        return auth

    def asked(self, sent: Sent) -> tuple[OneLogin_Saml2_Auth, str]:
        """What its process_slo() makes of a request, and where that sends the browser."""
        auth = self._arrived(sent)
        return auth, str(auth.process_slo())

    def _arrived(self, sent: Sent) -> OneLogin_Saml2_Auth:
        """At its address for logout, with the query as it was sent, since that is what is signed.

        It would take an unsigned message there.
        """
        parts = urlsplit(sent.url)
        assert sent.url.startswith(f"{SLO}?")
        assert sent.query["Signature"]
        query = {"query_string": parts.query, "validate_signature_from_qs": True}
        return self._auth({"get_data": sent.query, **query}, {"path": parts.path})

    @property
    def _raw(self) -> dict[str, Any]:
        raw = super()._raw
        raw["sp"]["singleLogoutService"] = {"url": SLO, "binding": names.REDIRECT}
        raw["security"] |= {"logoutRequestSigned": True, "logoutResponseSigned": True}
        return raw
