"""The pages of a demo service: log in, who arrived, log out."""

from flask import Blueprint, Response, abort, jsonify, request

from broker.demo.descriptor import sp_xml
from broker.demo.leaving import how_it_went, received
from broker.demo.sp import DemoSp, Told, Wish
from broker.errors import BrokerError
from broker.saml import bindings, names, soap
from broker.saml.assurance import Assurance
from broker.saml.authn_request import write_authn_request
from broker.saml.ids import new_id
from broker.saml.logout import open_soap
from broker.saml.messages import LogoutRequest
from broker.web.render import go_to, page


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
        federation, now = arrival.federation, sp.clock()
        attributes = [
            {"name": name, "label": None, "values": found}
            for name, found in arrival.values.items()
            if name != names.ROLE_CLAIM
        ]
        context = {
            **shown,
            "name": arrival.person,
            "assurance": arrival.level,
            "name_id": facts["name_id"],
            "attributes": attributes,
            "roles": sp.words.held(federation, sp.code, arrival.roles, now),
            "forget_url": f"{sp.url}/forget",
            "logout_url": f"{sp.url}/logout",
        }
        return page("demo/service_arrival.html", context=context)

    @views.get("/metadata")
    def metadata() -> Response:
        certificate = sp.party.signing.certificate
        raw = sp_xml(sp.entity_id, certificate, sp.acs_url, sp.logout_urls, sp.name)
        return Response(raw, content_type="application/samlmetadata+xml")

    @views.get("/arrival.json")
    def arrival() -> Response:
        found = sp.memory.arrived.get(request.cookies.get(cookie, ""))
        return jsonify(found.facts() if found else None)

    @views.get("/login")
    def login() -> Response:
        federation = request.args.get("federation", sp.federations[0])
        if federation not in sp.federations:
            abort(404)
        draft = sp.draft(federation, request.args.get("idp"), _wish())
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

    @views.get("/logout")
    def logout() -> Response:
        with sp.memory.lock:
            gone = sp.memory.arrived.pop(request.cookies.get(cookie, ""), None)
        if gone is None or gone.assertion.name_id is None:
            return go_to(f"{sp.url}/")
        index = gone.assertion.authn_statements[0].session_index
        broker = sp.brokers()[gone.federation]
        return go_to(sp.leaving.ask(broker, gone.assertion.name_id, index))

    @views.route("/slo", methods=["GET", "POST"])
    def slo() -> Response:
        try:
            opened = received()
            broker, message = sp.leaving.read(opened, list(sp.brokers().values()))
        except BrokerError as error:
            return _refused(error.code, None)
        if isinstance(message, LogoutRequest):
            sp.forget(message)
            return go_to(sp.leaving.answer(broker, message, opened.relay_state))
        return _left(how_it_went(message))

    @views.post("/slo/soap")
    def slo_soap() -> Response:
        try:
            opened = open_soap(request.get_data(), "LogoutRequest")
            _, message = sp.leaving.read(opened, list(sp.brokers().values()))
        except BrokerError as error:
            return Response(soap.fault(error.code), 400, content_type=soap.CONTENT_TYPE)
        if not isinstance(message, LogoutRequest):
            abort(400)
        sp.forget(message)
        answer = sp.leaving.response(message, None, signed=True)
        return Response(soap.envelope(answer), content_type=soap.CONTENT_TYPE)

    @views.get("/forget")
    def forget() -> Response:
        with sp.memory.lock:
            sp.memory.arrived.pop(request.cookies.get(cookie, ""), None)
        return _left("here")

    def _left(how: str) -> Response:
        context = {**shown, "login_url": f"{sp.url}/login", "left": how}
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


def _wish() -> Wish:
    """What the address of the login asks for: force, passive, level, comparison."""
    said = request.args
    return Wish(
        force_authn=said.get("force") == "1",
        is_passive=said.get("passive") == "1",
        level=Assurance.from_word(said.get("level", "")),
        comparison=said.get("comparison", "minimum"),
    )
