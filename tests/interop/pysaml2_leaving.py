"""pysaml2's Server as an identity provider that people sign out of, there and elsewhere."""

from typing import Any

import requests
from lxml import etree
from saml2.response import LogoutResponse
from saml2.saml import NameID
from saml2.server import Server
from saml2.sigver import verify_redirect_signature

from broker.saml import names
from tests.interop.browser import PATIENCE, Sent
from tests.interop.pysaml2_idp import NAME, SLO

PERSON = NameID(format=names.PERSISTENT, text=NAME)


def confirm(server: Server, sent: Sent) -> Sent:
    """What the server says to the LogoutRequest that a browser brings it."""
    query = _arrived(sent)
    asked = server.parse_logout_request(
        query["SAMLRequest"],
        names.REDIRECT,
        relay_state=query.get("RelayState"),
        sigalg=query["SigAlg"],
        signature=query["Signature"],
    ).message
    assert asked.name_id == PERSON
    (index,) = asked.session_index
    assert index.text in sessions(server)
    response = server.create_logout_response(asked, [names.REDIRECT], sign=False)
    return _redirect(server, response, query.get("RelayState", ""), answers=True)


def ask(server: Server, broker: str, relay_state: str, indexes: list[str]) -> tuple[Sent, str]:
    """Where the server sends a browser whose user signs out of it, and the ID of the request."""
    (where,) = server.metadata.single_logout_service(broker, names.REDIRECT, "spsso")
    request_id, request = server.create_logout_request(
        where["location"], broker, name_id=PERSON, session_indexes=indexes, sign=False
    )
    return _redirect(server, request, relay_state, answers=False), str(request_id)


def left(server: Server, broker: str, sent: Sent) -> LogoutResponse:
    """What the server makes of the answer to its request.

    Of an answer by redirect its parser leaves the signature to whoever calls it, and whether it
    was to be sent there at all to whoever reads its verdict.
    """
    query = _arrived(sent)
    keys = [key for _name, key in server.metadata.certs(broker, "any", "signing")]
    backend = server.sec.sec_backend
    assert any(verify_redirect_signature(query, backend, key) for key in keys)
    answer = server.parse_logout_request_response(query["SAMLResponse"], names.REDIRECT)
    assert answer.verify() is True
    assert answer.issuer() == broker
    return answer


def ask_alone(server: Server, broker: str, indexes: list[str]) -> tuple[Any, str]:
    """The broker's answer to a request past the browser, and the ID of the request.

    The server verifies the message as it came: its own reader of envelopes writes a message anew
    with other prefixes, and no signature but one made by itself holds after that.
    """
    (where,) = server.metadata.single_logout_service(broker, names.SOAP, "spsso")
    request_id, request = server.create_logout_request(
        where["location"], broker, name_id=PERSON, session_indexes=indexes, sign=True
    )
    http = server.apply_binding(names.SOAP, str(request), where["location"], sign=False)
    got = requests.post(http["url"], http["data"], headers=dict(http["headers"]), timeout=PATIENCE)
    assert got.status_code == 200, got.text
    (message,) = etree.fromstring(got.content).iterfind("{*}Body/{*}LogoutResponse")
    answer = server.sec.correctly_signed_logout_response(
        etree.tostring(message, encoding="unicode"), must=True
    )
    assert answer.issuer.text == broker
    return answer, str(request_id)


def sessions(server: Server) -> list[str]:
    """The SessionIndex of each login of the person, in order."""
    statements = server.session_db.get_authn_statements(PERSON)
    return [found.session_index for each in statements for found in each]


def _arrived(sent: Sent) -> dict[str, str]:
    assert sent.url.startswith(f"{SLO}?")
    return sent.query


def _redirect(server: Server, message: Any, relay_state: str, *, answers: bool) -> Sent:
    """A message on its way in a query, which is what is signed."""
    http = server.apply_binding(
        names.REDIRECT,
        str(message),
        message.destination,
        relay_state,
        response=answers,
        sign=True,
    )
    return Sent(dict(http["headers"])["Location"], {})
