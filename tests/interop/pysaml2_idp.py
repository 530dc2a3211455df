"""pysaml2's own Server as an identity provider, configured from our published metadata alone."""

import base64
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.utils import CryptographyDeprecationWarning

from broker.saml import names
from broker.saml.assurance import Assurance
from tests.hostile.forge import PRIVILEGES
from tests.interop.browser import Sent
from tests.interop.running import Pair

with warnings.catch_warnings():
    # It names a cipher mode on import that its own library has moved.
    warnings.simplefilter("ignore", CryptographyDeprecationWarning)
    from saml2.attribute_converter import AttributeConverter
    from saml2.config import IdPConfig
    from saml2.metadata import create_metadata_string
    from saml2.saml import NameID
    from saml2.server import Server

ENTITY = "https://pysaml2.example.dk/metadata"
SSO = "https://pysaml2.example.dk/sso"
SLO = "https://pysaml2.example.dk/slo"
BY_BROWSER = ((SLO, names.REDIRECT),)
UUID = "9f3b2d1c-0000-4000-8000-00000000000a"
NAME = f"{names.NAMEID_PROFESSIONAL}{UUID}"
ATTRIBUTES = {
    "specVersion": names.SPEC_VERSION,
    "loa": names.LOA,
    "cvr": names.CVR,
    "orgName": names.ORG_NAME,
    "fullName": names.FULL_NAME,
    "professionalUuid": names.PROFESSIONAL_UUID,
    "privileges": names.PRIVILEGES,
}
LEVEL = Assurance.SUBSTANTIAL.uri
PERSON = {
    "specVersion": "OIO-SAML-3.0",
    "loa": Assurance.SUBSTANTIAL.word,
    "cvr": "90000004",
    "orgName": "Region Æblø",
    "fullName": "Åse Ærlig",
    "professionalUuid": UUID,
    "privileges": PRIVILEGES,
}


@dataclass(frozen=True)
class Pysaml2Idp:
    """The identity provider: a folder with its keys, and a server once it knows the broker."""

    folder: Path
    pair: Pair
    slo: tuple[tuple[str, str], ...] = BY_BROWSER  # where it takes logout messages, and how

    def metadata(self) -> bytes:
        """Its metadata, by its own hand, signed."""
        written = create_metadata_string(None, config=self._config([]), sign=True)
        return written if isinstance(written, bytes) else written.encode()

    def server(self, url: str, signer: Path) -> Server:
        """A server that fetched the metadata at that address itself, signed by that certificate."""
        return Server(config=self._config([{"url": url, "cert": str(signer)}]))

    def _config(self, remote: list[dict[str, str]]) -> IdPConfig:
        key, certificate = self.folder / "idp.key", self.folder / "idp.pem"
        key.write_text(self.pair.key)
        certificate.write_text(self.pair.certificate)
        algorithms = {
            "signing_algorithm": names.RSA_SHA256,
            "digest_algorithm": names.SHA256,
        }
        idp = {
            **algorithms,  # for messages; those outside are for metadata
            "endpoints": {
                "single_sign_on_service": [(SSO, names.REDIRECT)],
                "single_logout_service": list(self.slo),
            },
            "want_authn_requests_signed": True,
            "name_id_format": [names.PERSISTENT],
            "policy": {"default": {"lifetime": {"minutes": 10}, "name_form": names.ATTR_URI}},
        }
        raw: dict[str, Any] = {
            "entityid": ENTITY,
            "service": {"idp": idp},
            "key_file": str(key),
            "cert_file": str(certificate),
            **algorithms,
        }
        if remote:
            raw["metadata"] = {"remote": remote}
        config = IdPConfig().load(raw)
        config.attribute_converters = [_converter()]
        return config


def _converter() -> AttributeConverter:
    """OIOSAML 3 attributes as it wants to be told of them: friendly name to name and back."""
    back = {name: friendly for friendly, name in ATTRIBUTES.items()}
    converter = AttributeConverter(names.ATTR_URI)
    converter.from_dict({"identifier": names.ATTR_URI, "to": ATTRIBUTES, "fro": back})
    return converter


@dataclass(frozen=True)
class Signed:
    """What the server signs of an answer, and how."""

    assertion: bool = True
    response: bool = False
    algorithm: str | None = None  # None for the one it is configured with


def answer(server: Server, sent: Sent, signed: Signed) -> Sent:
    """What the server says to the request that a browser brings it, as the form it goes in."""
    query = sent.query
    asked = server.parse_authn_request(
        query["SAMLRequest"],
        names.REDIRECT,
        relay_state=query["RelayState"],
        sigalg=query["SigAlg"],
        signature=query["Signature"],
    )
    where = server.response_args(asked.message, [names.POST])
    demanded = asked.message.requested_authn_context.authn_context_class_ref
    assert LEVEL in [context.text for context in demanded]
    response = server.create_authn_response(
        PERSON,
        **{name: where[name] for name in ("in_response_to", "destination", "sp_entity_id")},
        name_id=NameID(format=names.PERSISTENT, text=NAME),
        authn={"class_ref": LEVEL},
        sign_assertion=signed.assertion,
        sign_response=signed.response,
        sign_alg=signed.algorithm,
    )
    raw = base64.b64encode(str(response).encode()).decode()
    fields = {"SAMLResponse": raw, "RelayState": query["RelayState"]}
    return Sent(where["destination"], fields)
