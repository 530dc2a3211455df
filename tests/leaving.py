"""Logout for tests: messages as services and identity providers make them, and SOAP services."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from broker.bootstrap import metadata_service
from broker.metadata.defaults import LoadOptions
from broker.metadata.report import Occasion
from broker.saml import bindings, names, soap
from broker.saml.ids import new_id
from broker.saml.logout import (
    UnverifiedLogout,
    open_post,
    open_redirect,
    open_soap,
    write_logout_request,
    write_logout_response,
)
from broker.saml.messages import (
    Assertion,
    LogoutRequest,
    LogoutRequestDraft,
    LogoutResponse,
    LogoutResponseDraft,
    NameID,
    Status,
)
from broker.saml.response import open_response
from tests.box import ORIGIN, Box, posted
from tests.factories import decryption_key, key_pair, signing_key
from tests.hostile.forge import Forge
from tests.peers import Endpoints, idp_metadata, sp_metadata

SLO = f"{ORIGIN}/sundhed/saml/slo"
SLO_SOAP = f"{SLO}/soap"
IDP_SLO = f"{ORIGIN}/sundhed/saml/sp/slo"
OK = Status(names.SUCCESS)
PARTIAL = Status(names.SUCCESS, names.PARTIAL_LOGOUT)


def add_service(box: Box, code: str, slo: Endpoints) -> None:
    """Register a service that logs out at these addresses, or its new ones."""
    raw = sp_metadata(f"https://{code}.example.dk", key_pair(code)[1], slo)
    _load(box, raw, LoadOptions(code=code, idps=("all",), accept_key_change=True))


def add_idp_logout(box: Box, code: str, slo: Endpoints) -> None:
    """Give an identity provider of the box addresses to log out at."""
    raw = idp_metadata(f"https://{code}.example.dk", key_pair(code)[1], slo)
    _load(box, raw, LoadOptions(code=code, accept_key_change=True))


def _load(box: Box, raw: bytes, options: LoadOptions) -> None:
    service = metadata_service(box.services.engine, ORIGIN)
    occasion = Occasion(box.clock(), "test", "logout", "BOX")
    report = service.load_xml(
        raw, federation="sundhed", source="box", options=options, occasion=occasion
    )
    assert not report.refused, report


def told(box: Box, page: TestResponse, service: str) -> Assertion:
    """What a service reads in the answer that a page posts to it."""
    opened = open_response([posted(page)[1]["SAMLResponse"]])
    keys = box.services.flow.keys.keyrings.first("sundhed").published_idp
    own = [decryption_key(service)]
    return opened.verify(keys, own, demand_encryption=True, allow_cbc=True).assertion


def log_in(
    box: Box, browser: FlaskClient, service: str = "one", idp: str = "alpha", **change: object
) -> Assertion:
    """A login, by the identity provider where the browser has no session."""
    draft = box.draft(service)
    page = box.redirect(browser, draft, key=service)
    if page.status_code == 303:
        if "/saml/discovery" in page.headers["Location"]:
            page = box.choose(browser, page, idp)
        trip = box.trip(page.headers["Location"], service, idp, draft.id)
        page = box.deliver(browser, Forge(trip, box.clock()).but(**change).xml())
    assert page.status_code == 200, page.text
    return told(box, page, service)


@dataclass(frozen=True)
class Leaver:
    """A partner that sends and answers logout messages: a service, or an identity provider."""

    code: str
    now: datetime

    @property
    def entity_id(self) -> str:
        return f"https://{self.code}.example.dk"

    def request(
        self, said: Assertion, destination: str = SLO, **change: object
    ) -> LogoutRequestDraft:
        """A LogoutRequest for the person and the session of an assertion."""
        assert said.name_id is not None
        values: dict[str, object] = {
            "id": new_id(),
            "issuer": self.entity_id,
            "destination": destination,
            "issued_at": self.now,
            "not_on_or_after": self.now + timedelta(minutes=5),
            "name_id": NameID(said.name_id.value, said.name_id.format),
            "session_index": said.authn_statements[0].session_index,
        }
        return LogoutRequestDraft(**{**values, **change})  # type: ignore[arg-type]  # by field

    def redirect(self, draft: LogoutRequestDraft, key: str | None = "", relay: str = "r 1") -> str:
        """The path and query that bring a request to the broker, signed unless key is None."""
        url = bindings.encode_redirect(
            draft.destination,
            write_logout_request(draft, sign_with=None).xml,
            parameter="SAMLRequest",
            relay_state=relay,
            key=None if key is None else signing_key(key or self.code),
        )
        return url.removeprefix(ORIGIN)

    def signed(self, draft: LogoutRequestDraft, key: str = "") -> bytes:
        """A request with an enveloped signature."""
        return write_logout_request(draft, sign_with=signing_key(key or self.code)).xml

    def answer(
        self, asked: LogoutRequest, destination: str, status: Status = OK, key: str = ""
    ) -> bytes:
        """A LogoutResponse with an enveloped signature."""
        draft = LogoutResponseDraft(
            new_id(), self.entity_id, destination, asked.id, self.now, status
        )
        return write_logout_response(draft, sign_with=signing_key(key or self.code)).xml

    def answer_redirect(
        self, asked: LogoutRequest, destination: str, status: Status = OK, key: str = ""
    ) -> str:
        """The path and query that bring a LogoutResponse to the broker."""
        draft = LogoutResponseDraft(
            new_id(), self.entity_id, destination, asked.id, self.now, status
        )
        url = bindings.encode_redirect(
            destination,
            write_logout_response(draft, sign_with=None).xml,
            parameter="SAMLResponse",
            relay_state=None,
            key=signing_key(key or self.code),
        )
        return url.removeprefix(ORIGIN)


def brought(box: Box, page: TestResponse) -> tuple[str, LogoutRequest | LogoutResponse, str | None]:
    """Where the broker sends the browser with which verified message, and its RelayState."""
    keys = box.services.flow.keys.keyrings.first("sundhed")
    certificates = (*keys.published_idp, *keys.published_sp)
    opened: UnverifiedLogout
    if page.status_code == 303:
        target = page.headers["Location"]
        opened = open_redirect(urlsplit(target).query.encode())
        target = target.partition("?")[0]
    else:
        target, fields = posted(page)
        requests = [v for n, v in fields.items() if n == "SAMLRequest"]
        responses = [v for n, v in fields.items() if n == "SAMLResponse"]
        opened = open_post(requests, responses, [v for n, v in fields.items() if n == "RelayState"])
    return target, opened.verify(certificates), opened.relay_state


@dataclass
class Heard:
    """What a SOAP service was asked."""

    requests: list[LogoutRequest] = field(default_factory=list)


Reply = Callable[[LogoutRequest], bytes | int]  # a message, or a bare HTTP status


@contextmanager
def soap_service(box: Box, reply: Reply) -> Iterator[tuple[str, Heard]]:
    """A real HTTP server that takes LogoutRequests; its address, and what it heard."""
    heard = Heard()
    keys = box.services.flow.keys.keyrings.first("sundhed")
    certificates = (*keys.published_idp, *keys.published_sp)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name that the library calls
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            asked = open_soap(raw, "LogoutRequest").verify(certificates)
            assert isinstance(asked, LogoutRequest)
            heard.requests.append(asked)
            found = reply(asked)
            if isinstance(found, int):
                self.send_error(found)
                return
            self.send_response(200)
            self.send_header("Content-Type", soap.CONTENT_TYPE)
            self.end_headers()
            self.wfile.write(soap.envelope(found))

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # http.server's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/slo", heard
    finally:
        server.shutdown()
        server.server_close()
