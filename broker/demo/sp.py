"""Services of the demo: send a person to the broker, verify its answer, show who arrived."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Blueprint, Response, abort, jsonify, request

from broker.clock import Clock
from broker.demo.keys import Party
from broker.errors import BrokerError, Refused
from broker.metadata.model import IdentityProvider, Localised
from broker.saml import bindings, checks, names
from broker.saml.authn_request import write_authn_request
from broker.saml.ids import new_id
from broker.saml.messages import Assertion, AuthnRequestDraft
from broker.saml.response import open_response
from broker.web.render import go_to, page

Brokers = Callable[[], Mapping[str, IdentityProvider]]  # the broker's IdP side by federation path


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the service was told about somebody, and through whom."""

    assertion: Assertion

    @property
    def values(self) -> dict[str, tuple[str, ...]]:
        """Attribute values by name."""
        return {a.name: a.values for a in self.assertion.attributes}

    def one(self, name: str) -> str | None:
        """The first value of an attribute, or None."""
        return next(iter(self.values.get(name, ())), None)

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles as the broker wrote them."""
        return self.values.get(names.ROLE_CLAIM, ())

    def facts(self) -> dict[str, object]:
        """The arrival as plain data."""
        name_id = self.assertion.name_id
        return {
            "name_id": name_id.value if name_id else None,
            "assurance": self.one(names.LOA),
            "attributes": {
                name: list(found) for name, found in self.values.items() if name != names.ROLE_CLAIM
            },
            "roles": list(self.roles),
        }


@dataclass(slots=True)
class Memory:
    """What a demo service remembers while it runs: who it sent away, and who arrived."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    asked: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    arrived: dict[str, Arrival] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DemoSp:
    """One service: who it is, its key, and the broker as it knows it."""

    code: str
    entity_id: str
    url: str
    name: Localised
    tone: str
    party: Party
    brokers: Brokers
    idp_entity_ids: Mapping[str, str]  # by the IdP's code, to ask for one of them
    clock: Clock
    memory: Memory = field(default_factory=Memory)

    @property
    def acs_url(self) -> str:
        """Where the broker answers."""
        return f"{self.url}/acs"

    def draft(self, federation: str, idp: str | None) -> AuthnRequestDraft:
        """A request to the broker, remembered so that its answer is known again."""
        broker = self.brokers()[federation]
        request_id = new_id()
        with self.memory.lock:
            self.memory.asked[request_id] = (federation, self.clock())
        wanted = self.idp_entity_ids.get(idp or "")
        return AuthnRequestDraft(
            id=request_id,
            issuer=self.entity_id,
            destination=broker.sso[0].location,
            issued_at=self.clock(),
            acs_url=self.acs_url,
            idp_list=(wanted,) if wanted else (),
        )

    def accept(self, values: list[str]) -> Arrival:
        """Verify the broker's answer in every respect. Raises Refused, or `Told` for a failure."""
        opened = open_response(values)
        said = opened.unverified
        with self.memory.lock:
            asked = self.memory.asked.pop(said.in_response_to or "", None)
        if asked is None:
            raise Refused("context.in_response_to", "answers no request of this service")
        broker = self.brokers()[asked[0]]
        if said.status.code != names.SUCCESS:
            raise Told(said.status.code, said.status.sub_code)
        verified = opened.verify(
            broker.signing, [self.party.decryption], demand_encryption=True, allow_cbc=False
        )
        expected = checks.ExpectedResponse(
            idp=broker.entity_id,
            our_entity_id=self.entity_id,
            acs_url=self.acs_url,
            request_id=said.in_response_to or "",
            service=self.entity_id,
            now=self.clock(),
            skew=timedelta(seconds=180),
            conditions_lifetime=timedelta(minutes=10),
            bearer_not_before=False,
            authenticated_after=None,
        )
        checks.run(checks.ENVELOPE_CHECKS, verified.envelope, expected)
        checks.run(checks.ASSERTION_CHECKS, verified.assertion, expected)
        return Arrival(verified.assertion)


class Told(Exception):
    """The broker answered with a status other than Success."""

    def __init__(self, status: str, sub_status: str | None) -> None:
        super().__init__(status)
        self.status, self.sub_status = status, sub_status


def blueprint(sp: DemoSp) -> Blueprint:
    """The pages of one service."""
    views = Blueprint(f"sp-{sp.code}", __name__, url_prefix=f"/{sp.code}")
    shown = {"site": {"name": sp.name, "tone": sp.tone}, "service_name": sp.name}
    cookie = f"demo-{sp.code}"

    @views.get("/")
    def home() -> Response:
        arrival = sp.memory.arrived.get(request.cookies.get(cookie, ""))
        if arrival is None:
            context = {**shown, "login_url": f"{sp.url}/login"}
            return page("demo/service_home.html", context=context)
        facts = arrival.facts()
        attributes = [
            {"name": name, "label": None, "values": found}
            for name, found in arrival.values.items()
            if name != names.ROLE_CLAIM
        ]
        context = {
            **shown,
            "name": arrival.one(names.FULL_NAME),
            "assurance": facts["assurance"],
            "name_id": facts["name_id"],
            "attributes": attributes,
            "roles": arrival.roles,
            "logout_url": f"{sp.url}/forget",
        }
        return page("demo/service_arrival.html", context=context)

    @views.get("/arrival.json")
    def arrival() -> Response:
        found = sp.memory.arrived.get(request.cookies.get(cookie, ""))
        return jsonify(found.facts() if found else None)

    @views.get("/login")
    def login() -> Response:
        federation = request.args.get("federation", next(iter(sp.brokers())))
        if federation not in sp.brokers():
            abort(404)
        draft = sp.draft(federation, request.args.get("idp"))
        key = sp.party.signing
        if request.args.get("binding") == "post":
            fields = [
                (
                    "SAMLRequest",
                    bindings.encode_post(write_authn_request(draft, sign_with=key).xml),
                ),
                ("RelayState", sp.code),
            ]
            context = {**shown, "target": draft.destination, "fields": fields}
            return page("saml/post.html", form_targets=True, context=context)
        url = bindings.encode_redirect(
            draft.destination,
            write_authn_request(draft, sign_with=None).xml,
            parameter="SAMLRequest",
            relay_state=sp.code,
            key=key,
        )
        return go_to(url)

    @views.post("/acs")
    def acs() -> Response:
        try:
            arrived = sp.accept(request.form.getlist("SAMLResponse"))
        except Told as told:
            return _refused(told.status, told.sub_status)
        except BrokerError as error:
            return _refused(error.code, None)
        session = new_id()
        with sp.memory.lock:
            sp.memory.arrived[session] = arrived
        response = go_to(f"{sp.url}/")
        response.set_cookie(cookie, session, httponly=True, samesite="Lax", path=f"/{sp.code}/")
        return response

    @views.get("/forget")
    def forget() -> Response:
        with sp.memory.lock:
            sp.memory.arrived.pop(request.cookies.get(cookie, ""), None)
        context = {**shown, "login_url": f"{sp.url}/login", "logged_out": True}
        return page("demo/service_home.html", context=context)

    def _refused(status: str, sub_status: str | None) -> Response:
        context = {
            **shown,
            "status": status,
            "sub_status": sub_status,
            "message": None,
            "login_url": f"{sp.url}/login",
        }
        return page("demo/service_error.html", 403, context=context)

    return views
