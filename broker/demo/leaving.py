"""How the demo's parties log out, and are logged out, through the broker."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from flask import request

from broker.clock import Clock
from broker.demo.keys import Party
from broker.errors import Refused
from broker.metadata.model import Endpoint
from broker.saml import bindings, checks, logout_checks, names
from broker.saml.ids import new_id
from broker.saml.keys import Certificate
from broker.saml.logout import (
    UnverifiedLogout,
    open_post,
    open_redirect,
    write_logout_request,
    write_logout_response,
)
from broker.saml.messages import (
    LogoutRequest,
    LogoutRequestDraft,
    LogoutResponse,
    LogoutResponseDraft,
    NameID,
    Status,
)

LIFE = timedelta(minutes=5)


class Broker(Protocol):
    """The broker's side in its published metadata: an IdP's or a service's descriptor."""

    @property
    def entity_id(self) -> str:
        """Its entityID."""

    @property
    def slo(self) -> tuple[Endpoint, ...]:
        """Where it takes logout messages."""

    @property
    def signing(self) -> tuple[Certificate, ...]:
        """The keys that it signs with."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """One party of the demo, in a logout."""

    entity_id: str
    url: str  # where it takes logout messages by Redirect and POST; SOAP is at /soap below
    party: Party
    clock: Clock

    def ask(self, broker: Broker, name: NameID, session_index: str | None) -> str:
        """Where to send the browser, so that the broker ends everything."""
        now, location = self.clock(), _location(broker, names.REDIRECT)
        draft = LogoutRequestDraft(
            id=new_id(),
            issuer=self.entity_id,
            destination=location,
            issued_at=now,
            not_on_or_after=now + LIFE,
            name_id=name,
            session_index=session_index,
        )
        return bindings.encode_redirect(
            location,
            write_logout_request(draft, sign_with=None).xml,
            parameter="SAMLRequest",
            relay_state="demo",
            key=self.party.signing,
        )

    def read(
        self, opened: UnverifiedLogout, brokers: Sequence[Broker]
    ) -> tuple[Broker, LogoutRequest | LogoutResponse]:
        """The broker's message, verified and checked as strictly as the broker does."""
        known = [b for b in brokers if b.entity_id == opened.unverified_issuer]
        if not known:
            raise Refused("context.issuer", "not a federation of the broker")
        message = opened.verify(known[0].signing)
        expected = logout_checks.ExpectedLogout(
            peer=known[0].entity_id,
            locations=frozenset({self.url, f"{self.url}/soap"}),
            binding=opened.binding,
            now=self.clock(),
            skew=timedelta(seconds=180),
        )
        if isinstance(message, LogoutRequest):
            checks.run(logout_checks.LOGOUT_REQUEST_CHECKS, message, expected)
        else:
            checks.run(logout_checks.LOGOUT_RESPONSE_CHECKS, message, expected)
        return known[0], message

    def answer(self, broker: Broker, asked: LogoutRequest, relay_state: str | None) -> str:
        """Where to send the browser, to tell the broker that it is done."""
        location = _location(broker, names.REDIRECT)
        xml = self.response(asked, location, signed=False)
        return bindings.encode_redirect(
            location,
            xml,
            parameter="SAMLResponse",
            relay_state=relay_state,
            key=self.party.signing,
        )

    def response(self, asked: LogoutRequest, destination: str | None, *, signed: bool) -> bytes:
        """A LogoutResponse that says it is done."""
        draft = LogoutResponseDraft(
            id=new_id(),
            issuer=self.entity_id,
            destination=destination,
            in_response_to=asked.id,
            issued_at=self.clock(),
            status=Status(names.SUCCESS),
        )
        return write_logout_response(draft, sign_with=self.party.signing if signed else None).xml


def received() -> UnverifiedLogout:
    """The logout message that a browser brought just now."""
    if request.method == "GET":
        return open_redirect(request.query_string)
    form = request.form
    return open_post(
        form.getlist("SAMLRequest"), form.getlist("SAMLResponse"), form.getlist("RelayState")
    )


def how_it_went(answer: LogoutResponse) -> str:
    """A word for the pages: complete, partial or failed."""
    if answer.status.code != names.SUCCESS:
        return "failed"
    return "partial" if answer.status.sub_code else "complete"


def _location(broker: Broker, binding: str) -> str:
    return next(e.location for e in broker.slo if e.binding == binding)
