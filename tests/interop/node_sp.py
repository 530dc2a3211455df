"""@node-saml/node-saml as a service provider, configured from our published metadata alone."""

import json
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from broker.saml import names
from broker.saml.assurance import Assurance
from tests.interop.browser import PATIENCE, Sent
from tests.interop.running import Pair

HOST = "node.example.dk"
ENTITY = f"https://{HOST}/saml/metadata"
ACS = f"https://{HOST}/saml/acs"
SLO = f"https://{HOST}/saml/slo"
PROGRAM = Path(__file__).parent / "node" / "sp.mjs"

Profile = dict[str, Any]


class Rejected(Exception):
    """node-saml would not have what it got; the message is its own."""


@dataclass(frozen=True)
class NodeSp:
    """The service: its keys, and the process that node-saml runs in."""

    pair: Pair
    process: subprocess.Popen[str]

    def metadata(self) -> bytes:
        """Its metadata, by its own hand, signed."""
        certificate = self.pair.certificate
        return str(self._call("generateServiceProviderMetadata", certificate, certificate)).encode()

    def redirect(self, relay_state: str) -> str:
        """Where it sends a browser that shall sign in."""
        return str(self._call("getAuthorizeUrlAsync", relay_state, HOST, {}))

    def arrived(self, sent: Sent) -> Profile:
        """Whom it believes to be signed in by what a browser brings. Raises Rejected."""
        profile = self._read("validatePostResponseAsync", sent.fields, leaves=False)
        assert isinstance(profile, dict)
        return profile

    def logout(self, profile: Profile, relay_state: str) -> str:
        """Where it sends a browser whose user signs out."""
        return str(self._call("getLogoutUrlAsync", profile, relay_state, {}))

    def left(self, sent: Sent) -> None:
        """Take the answer to its logout. Raises Rejected.

        By POST it verifies the signature alone; by redirect the rest, and no signature is needed.
        """
        assert sent.url == SLO
        assert self._read("validatePostResponseAsync", sent.fields, leaves=True) is None

    def asked(self, sent: Sent) -> Profile:
        """Whom it is to sign out. Raises Rejected."""
        assert sent.url == SLO
        profile = self._read("validatePostRequestAsync", sent.fields, leaves=True)
        assert isinstance(profile, dict)
        return profile

    def leaves(self, profile: Profile, relay_state: str) -> str:
        """Where it sends a browser with its answer that it signed that user out."""
        return str(self._call("getLogoutResponseUrlAsync", profile, relay_state, {}, True))

    def _read(self, method: str, *given: object, leaves: bool) -> Profile | None:
        found = self._call(method, *given)
        assert found["loggedOut"] is leaves
        profile = found["profile"]
        assert profile is None or isinstance(profile, dict)
        return profile

    def _call(self, method: str, *given: object) -> Any:
        """What a method of node-saml returns, in time. Raises Rejected where it throws."""
        asking, answering = self.process.stdin, self.process.stdout
        assert asking is not None
        assert answering is not None
        print(json.dumps([method, *given]), file=asking, flush=True)
        ready, _, _ = select.select([answering], [], [], PATIENCE)
        assert ready, f"node-saml still thinks about {method}"
        answer = json.loads(answering.readline())
        if "error" in answer:
            raise Rejected(answer["error"])
        return answer["result"]


@contextmanager
def node_sp(published: bytes, pair: Pair) -> Iterator[NodeSp]:
    """A service that was told of the broker by that metadata, for as long as somebody needs it."""
    options = {**_itself(pair), **_told(published)}
    with subprocess.Popen(
        [_node(), PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        print(json.dumps(options), file=process.stdin, flush=True)
        try:
            yield NodeSp(pair, process)
        finally:
            process.stdin.close()  # which ends it
            process.wait(PATIENCE)


def _node() -> str:
    """The system's Node.js, or else the one that `make dev` put next to our Python."""
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)))
    found = shutil.which("node", path=path)
    assert found, "there is no Node.js; `make dev` brings it"
    return found


def _itself(pair: Pair) -> dict[str, object]:
    """What it is and what it insists on. Our Response is not signed, the assertion in it is."""
    return {
        "issuer": ENTITY,
        "callbackUrl": ACS,
        "logoutCallbackUrl": SLO,
        "privateKey": pair.key,
        "decryptionPvk": pair.key,
        "signatureAlgorithm": "sha256",
        "digestAlgorithm": "sha256",
        "signMetadata": True,
        "wantAssertionsSigned": True,
        "wantAuthnResponseSigned": False,
        "validateInResponseTo": "ifPresent",
        "identifierFormat": names.PERSISTENT,
        "authnContext": [Assurance.SUBSTANTIAL.uri],
        "racComparison": "minimum",
    }


def _told(published: bytes) -> dict[str, object]:
    """What it knows of the broker: who it is, where it listens, and whose signatures are its."""
    entity = etree.fromstring(published)
    signing = ".//{*}KeyDescriptor[@use='signing']//{*}X509Certificate"
    return {
        "idpIssuer": entity.get("entityID"),
        "entryPoint": _redirect_to(entity, "SingleSignOnService"),
        "logoutUrl": _redirect_to(entity, "SingleLogoutService"),
        "idpCert": [found.text for found in entity.iterfind(signing)],
    }


def _redirect_to(entity: etree._Element, name: str) -> str | None:
    """Where one service of it takes redirects; None where it has no such service."""
    found = entity.find(f".//{{*}}{name}[@Binding='{names.REDIRECT}']")
    return None if found is None else found.get("Location")
