"""Logout, begun in the portals or anywhere else: the same messages that any service speaks."""

from dataclasses import dataclass
from datetime import timedelta

from broker.db import writing
from broker.errors import Refused
from broker.metadata.model import Federation
from broker.portals.model import PortalSession
from broker.portals.office import Office
from broker.saml import bindings, checks, logout_checks, names
from broker.saml.ids import new_id
from broker.saml.logout import UnverifiedLogout, write_logout_request, write_logout_response
from broker.saml.messages import (
    LogoutRequest,
    LogoutRequestDraft,
    LogoutResponse,
    LogoutResponseDraft,
    NameID,
    Status,
)

LIFE = timedelta(minutes=5)
_SKEW = timedelta(seconds=180)


@dataclass(frozen=True, slots=True)
class Leaving:
    """Ends portal sessions, and asks the broker to end the rest."""

    office: Office

    def ask(self, federation: Federation, session: PortalSession) -> str:
        """Where the browser goes so that the broker ends everything."""
        now, partner = self.office.clock(), self.office.partner(federation)
        draft = LogoutRequestDraft(
            id=new_id(),
            issuer=partner.entity_id,
            destination=federation.slo_url,
            issued_at=now,
            not_on_or_after=now + LIFE,
            name_id=NameID(session.name, session.name_format),
            session_index=session.session_index,
        )
        return bindings.encode_redirect(
            federation.slo_url,
            write_logout_request(draft, sign_with=None).xml,
            parameter="SAMLRequest",
            relay_state=None,
            key=partner.signing,
        )

    def read(
        self, federation: Federation, opened: UnverifiedLogout
    ) -> LogoutRequest | LogoutResponse:
        """The broker's message, verified and checked as strictly as the broker does."""
        now, partner = self.office.clock(), self.office.partner(federation)
        if opened.unverified_issuer != federation.idp_entity_id:
            raise Refused("context.issuer", "not from the broker")
        plans = self.office.registry.current().rollovers
        keys = self.office.keyrings.at(plans, federation.path, now)
        message = opened.verify(keys.published_idp)
        expected = logout_checks.ExpectedLogout(
            peer=federation.idp_entity_id,
            locations=frozenset({partner.slo_url, partner.slo_soap_url}),
            binding=opened.binding,
            now=now,
            skew=_SKEW,
        )
        if isinstance(message, LogoutRequest):
            checks.run(logout_checks.LOGOUT_REQUEST_CHECKS, message, expected)
        else:
            checks.run(logout_checks.LOGOUT_RESPONSE_CHECKS, message, expected)
        return message

    def end(self, federation: Federation, asked: LogoutRequest) -> None:
        """End the sessions that the broker names."""
        name = asked.name_id.value if asked.name_id else ""
        with writing(self.office.engine) as connection:
            self.office.sessions.end_named(connection, federation.path, name, asked.session_indexes)

    def answer(self, federation: Federation, asked: LogoutRequest, relay_state: str | None) -> str:
        """Where the browser goes to tell the broker that it is done."""
        return bindings.encode_redirect(
            federation.slo_url,
            self.response(federation, asked, federation.slo_url, signed=False),
            parameter="SAMLResponse",
            relay_state=relay_state,
            key=self.office.partner(federation).signing,
        )

    def response(
        self, federation: Federation, asked: LogoutRequest, destination: str | None, *, signed: bool
    ) -> bytes:
        """A LogoutResponse that says it is done."""
        partner = self.office.partner(federation)
        draft = LogoutResponseDraft(
            id=new_id(),
            issuer=partner.entity_id,
            destination=destination,
            in_response_to=asked.id,
            issued_at=self.office.clock(),
            status=Status(names.SUCCESS),
        )
        return write_logout_response(draft, sign_with=partner.signing if signed else None).xml


def how_it_went(answer: LogoutResponse) -> str:
    """A word for the page: complete, partial or failed."""
    if answer.status.code != names.SUCCESS:
        return "failed"
    return "partial" if answer.status.sub_code else "complete"
