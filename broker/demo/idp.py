"""Identity providers of the demo: verify the broker's request, ask who it is, answer OIOSAML 3.

They answer as NemLog-in does: the Response is not signed, the one assertion in it is,
and it is encrypted. A failure goes back unsigned.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qs

from flask import Blueprint, Response, request

from broker.clock import Clock
from broker.demo.keys import Party
from broker.demo.people import Person, people_of
from broker.errors import BrokerError, Refused
from broker.metadata.model import Localised, ServiceProvider
from broker.saml import names
from broker.saml.authn_request import open_redirect
from broker.saml.bindings import encode_post
from broker.saml.ids import new_id
from broker.saml.messages import AssertionDraft, Attribute, AuthnRequest, NameID, Status
from broker.saml.response import write_failure, write_response
from broker.web.render import page

Partners = Callable[[], Mapping[str, ServiceProvider]]  # the broker's SP sides, by entityID


@dataclass(frozen=True, slots=True)
class DemoIdp:
    """One identity provider: who it is, what it signs with, and the broker as it knows it."""

    code: str
    entity_id: str
    url: str
    name: Localised
    tone: str
    party: Party
    partners: Partners
    service_names: Callable[[], Mapping[str, Localised]]  # by entityID
    clock: Clock

    def read(self, query: bytes) -> AuthnRequest:
        """The broker's request, verified with the keys in its published metadata."""
        opened = open_redirect(query)
        partner = self.partners().get(opened.unverified_issuer)
        if partner is None:
            raise Refused("request.unknown_issuer", "not a federation of the broker")
        asked = opened.verify(partner.signing, required=True)
        if asked.acs_url not in {endpoint.location for endpoint in partner.acs}:
            raise Refused("request.acs", "an address that the broker does not publish")
        return asked

    def accept(self, asked: AuthnRequest, person: Person) -> bytes:
        """A successful Response about a person."""
        now = self.clock()
        partner = self.partners()[asked.issuer]
        target = asked.acs_url or partner.acs[0].location
        draft = AssertionDraft(
            id=new_id(),
            issuer=self.entity_id,
            issued_at=now,
            name_id=NameID(f"{names.NAMEID_PROFESSIONAL}{person.uuid}", names.PERSISTENT),
            audience=asked.issuer,
            recipient=target,
            in_response_to=asked.id,
            confirm_until=now + timedelta(minutes=5),
            valid_from=now,
            valid_until=now + timedelta(minutes=10),
            authn_instant=now,
            class_ref=person.assurance.uri,
            attributes=attributes_of(person),
            session_index=new_id(),
        )
        return write_response(
            id=new_id(),
            issuer=self.entity_id,
            destination=target,
            in_response_to=asked.id,
            issued_at=now,
            assertion=draft,
            key=self.party.signing,
            encrypt_to=partner.encryption[0],
        ).xml

    def fail(self, asked: AuthnRequest, sub_code: str) -> bytes:
        """A Response that says no, unsigned, as real ones are."""
        return write_failure(
            id=new_id(),
            issuer=self.entity_id,
            destination=asked.acs_url or "",
            in_response_to=asked.id,
            issued_at=self.clock(),
            status=Status(names.RESPONDER, sub_code),
            key=None,
        ).xml

    def answer(self, asked: AuthnRequest, person: Person | None) -> bytes:
        """What the visitor's choice comes to; nobody means that the visitor gave up."""
        if person is None:
            return self.fail(asked, names.AUTHN_FAILED)
        if asked.demand is not None and not asked.demand.met_by(person.assurance):
            return self.fail(asked, names.NO_AUTHN_CONTEXT)
        return self.accept(asked, person)


def attributes_of(person: Person) -> tuple[Attribute, ...]:
    """What the IdP says of a person, by OIOSAML 3 names."""
    said = {
        names.SPEC_VERSION: "OIO-SAML-3.0",
        names.LOA: person.assurance.word,
        names.CVR: person.cvr,
        names.ORG_NAME: person.organisation,
        names.FULL_NAME: person.name,
        names.EMAIL: f"{person.key}@example.dk",
        names.PROFESSIONAL_UUID: person.uuid,
        names.PRIVILEGES: person.privileges(),
    }
    return tuple(Attribute(name, (value,), names.ATTR_URI) for name, value in said.items() if value)


def blueprint(idp: DemoIdp) -> Blueprint:
    """One address: GET asks who it is, POST answers the broker."""
    views = Blueprint(f"idp-{idp.code}", __name__, url_prefix=f"/{idp.code}")
    site = {"name": idp.name, "tone": idp.tone}

    @views.get("/sso")
    def ask() -> Response:
        query = request.query_string
        asked = idp.read(query)
        if asked.is_passive:
            return _post(idp.fail(asked, names.NO_PASSIVE), asked, query)
        required = min(asked.demand.levels).word if asked.demand else None
        service = next((idp.service_names().get(uri) for uri in asked.requester_ids), None)
        return page(
            "demo/idp_login.html",
            form_targets=True,
            context={
                "site": site,
                "service_name": service,
                "required": required,
                "action": f"{idp.url}/sso",
                "fields": [("query", query.decode())],
                "people": people_of(idp.code),
            },
        )

    @views.post("/sso")
    def choose() -> Response:
        query = request.form.get("query", "").encode()
        asked = idp.read(query)
        chosen = request.form.get("person")
        person = next((p for p in people_of(idp.code) if p.key == chosen), None)
        return _post(idp.answer(asked, person), asked, query)

    @views.errorhandler(BrokerError)
    def refused(error: BrokerError) -> Response:
        return Response(f"{idp.code}: {error.code}\n", 400, content_type="text/plain")

    def _post(xml: bytes, asked: AuthnRequest, query: bytes) -> Response:
        fields = [("SAMLResponse", encode_post(xml))]
        fields += [("RelayState", text) for text in parse_qs(query.decode()).get("RelayState", [])]
        return page(
            "saml/post.html",
            form_targets=True,
            context={
                "target": asked.acs_url,
                "fields": fields,
                "service_name": None,
                "site": site,
            },
        )

    return views
