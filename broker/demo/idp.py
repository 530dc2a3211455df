"""Identity providers of the demo: verify the broker's request, ask who it is, answer.

They answer as their real ones do: by OIOSAML 3 the Response is not signed, the one assertion
in it is, and it is encrypted; by OIOSAML 2 both are signed. A failure goes back unsigned. They
remember who logged in, and can be logged out of from either side.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qs

from flask import Blueprint, Response, request

from broker.clock import Clock
from broker.demo.keys import Party
from broker.demo.leaving import Leaving, how_it_went, received
from broker.demo.people import people_of
from broker.demo.person import Person
from broker.demo.speaking import attributes_of, class_ref_of, name_of
from broker.errors import BrokerError, Refused
from broker.metadata.model import Localised, ServiceProvider
from broker.saml import names
from broker.saml.authn_request import open_redirect
from broker.saml.bindings import encode_post
from broker.saml.ids import new_id
from broker.saml.messages import AssertionDraft, AuthnRequest, LogoutRequest, NameID, Status
from broker.saml.profiles import Profile
from broker.saml.response import write_failure, write_response
from broker.web.render import go_to, page

Partners = Callable[[], Mapping[str, ServiceProvider]]  # the broker's SP sides, by entityID


@dataclass(frozen=True, slots=True)
class Kept:
    """Somebody who logged in here, and what the broker was told of it."""

    person: Person
    at: datetime
    session_index: str
    told: str  # entityID of the broker's side


@dataclass(slots=True)
class Memory:
    """Who is logged in at this identity provider, by cookie."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    kept: dict[str, Kept] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DemoIdp:
    """One identity provider: who it is, what it signs with, and the broker as it knows it."""

    code: str
    entity_id: str
    url: str
    name: Localised
    tone: str
    profile: Profile
    party: Party
    partners: Partners
    service_names: Callable[[], Mapping[str, Localised]]  # by entityID
    clock: Clock
    memory: Memory = field(default_factory=Memory)

    @property
    def leaving(self) -> Leaving:
        """This identity provider in a logout."""
        return Leaving(self.entity_id, f"{self.url}/slo", self.party, self.clock)

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

    def accept(self, asked: AuthnRequest, kept: Kept) -> bytes:
        """A successful Response about somebody who is logged in here."""
        now, person, profile = self.clock(), kept.person, self.profile
        partner = self.partners()[asked.issuer]
        target = asked.acs_url or partner.acs[0].location
        draft = AssertionDraft(
            id=new_id(),
            issuer=self.entity_id,
            issued_at=now,
            name_id=name_of(person, profile),
            audience=asked.issuer,
            recipient=target,
            in_response_to=asked.id,
            confirm_until=now + timedelta(minutes=5),
            valid_from=now,
            valid_until=now + timedelta(minutes=10),
            authn_instant=kept.at,
            class_ref=class_ref_of(person, profile),
            attributes=attributes_of(person, profile),
            session_index=kept.session_index,
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
            sign_response=profile.signed != "assertion",
            how=profile.encryption,
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

    def answer(self, asked: AuthnRequest, kept: Kept | None) -> bytes:
        """What the visitor's choice comes to; nobody means that the visitor gave up."""
        if kept is None:
            return self.fail(asked, names.AUTHN_FAILED)
        if asked.demand is not None and not asked.demand.met_by(kept.person.assurance):
            return self.fail(asked, names.NO_AUTHN_CONTEXT)
        return self.accept(asked, kept)

    def forget(self, asked: LogoutRequest) -> None:
        """End the sessions that the broker names."""
        with self.memory.lock:
            self.memory.kept = {
                cookie: kept
                for cookie, kept in self.memory.kept.items()
                if kept.session_index not in asked.session_indexes
            }


def blueprint(idp: DemoIdp) -> Blueprint:
    """The pages of one identity provider."""
    views = Blueprint(f"idp-{idp.code}", __name__, url_prefix=f"/{idp.code}")
    site = {"name": idp.name, "tone": idp.tone}
    cookie = f"demo-idp-{idp.code}"

    def known() -> Kept | None:
        return idp.memory.kept.get(request.cookies.get(cookie, ""))

    @views.get("/sso")
    def ask() -> Response:
        query = request.query_string
        asked, kept = idp.read(query), known()
        if asked.is_passive:
            answer = idp.answer(asked, kept) if kept else idp.fail(asked, names.NO_PASSIVE)
            return _post(answer, asked, query)
        required = min(asked.demand.levels).word if asked.demand else None
        requesters = reversed(asked.requester_ids)
        service = next((idp.service_names().get(uri) for uri in requesters), None)
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
                "known": kept.person if kept and not asked.force_authn else None,
            },
        )

    @views.post("/sso")
    def choose() -> Response:
        query = request.form.get("query", "").encode()
        asked, kept = idp.read(query), known()
        if "continue" in request.form and kept is not None and not asked.force_authn:
            return _post(idp.answer(asked, kept), asked, query)
        chosen = request.form.get("person")
        person = next((p for p in people_of(idp.code) if p.key == chosen), None)
        if person is None:
            return _post(idp.answer(asked, None), asked, query)
        fresh, session = Kept(person, idp.clock(), new_id(), asked.issuer), new_id()
        with idp.memory.lock:
            idp.memory.kept[session] = fresh
        response = _post(idp.answer(asked, fresh), asked, query)
        response.set_cookie(cookie, session, httponly=True, samesite="Lax", path=f"/{idp.code}/")
        return response

    @views.get("/")
    def home() -> Response:
        return _home(None)

    @views.get("/logout")
    def logout() -> Response:
        kept = known()
        if kept is None:
            return _home(None)
        with idp.memory.lock:
            idp.memory.kept.pop(request.cookies.get(cookie, ""), None)
        name: NameID = name_of(kept.person, idp.profile)
        return go_to(idp.leaving.ask(idp.partners()[kept.told], name, kept.session_index))

    @views.route("/slo", methods=["GET", "POST"])
    def slo() -> Response:
        opened = received()
        broker, message = idp.leaving.read(opened, list(idp.partners().values()))
        if isinstance(message, LogoutRequest):
            idp.forget(message)
            return go_to(idp.leaving.answer(broker, message, opened.relay_state))
        return _home(how_it_went(message))

    @views.errorhandler(BrokerError)
    def refused(error: BrokerError) -> Response:
        return Response(f"{idp.code}: {error.code}\n", 400, content_type="text/plain")

    def _home(left: str | None) -> Response:
        kept = known()
        return page(
            "demo/idp_home.html",
            context={
                "site": site,
                "person": kept.person.name if kept else None,
                "logout_url": f"{idp.url}/logout",
                "left": left,
            },
        )

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
