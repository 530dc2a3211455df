"""/saml/sso, discovery, acs and organisation: HTTP in, outcomes out, and no decision between."""

from collections.abc import Mapping

from flask import Blueprint, Response, request

from broker.errors import Refused
from broker.login.flow import LoginFlow
from broker.login.opening import Browser
from broker.login.outcome import Choose, ChooseOrganisation, GoTo, Outcome, PostOn, PostTo, Refusal
from broker.login.seal import PREFIX
from broker.login.state import COOKIE_LIFE
from broker.saml.bindings import encode_post
from broker.sessions.cookie import PREFIX as SESSION
from broker.sessions.cookie import name_for
from broker.web.render import go_to, page
from broker.web.texts import explain

FORM = "application/x-www-form-urlencoded"
MAX_COOKIES = 8192


def blueprint(flow: LoginFlow) -> Blueprint:
    """The login endpoints of every federation."""
    views = Blueprint("login", __name__)

    @views.get("/<federation>/saml/sso")
    def sso_redirect(federation: str) -> Response:
        """AuthnRequest by HTTP-Redirect."""
        if refusal := _unfit(cross_site=True):
            return answer(flow.refuse(federation, refusal))
        return answer(flow.start_redirect(federation, request.query_string, carried(federation)))

    @views.post("/<federation>/saml/sso")
    def sso_post(federation: str) -> Response:
        """AuthnRequest by HTTP-POST."""
        if refusal := _unfit(cross_site=True):
            return answer(flow.refuse(federation, refusal))
        form = request.form
        values, relay = form.getlist("SAMLRequest"), form.getlist("RelayState")
        return answer(flow.start_post(federation, values, relay, carried(federation)))

    @views.get("/<federation>/saml/discovery")
    def choices(federation: str) -> Response:
        """The page that asks where to log in."""
        if refusal := _unfit(cross_site=True):
            return answer(flow.refuse(federation, refusal))
        asked, again = request.args.get("flow", ""), request.args.get("again") == "1"
        return answer(flow.choices(federation, asked, carried(federation), again=again))

    @views.post("/<federation>/saml/discovery")
    def choose(federation: str) -> Response:
        """The choice, from our own page only."""
        if refusal := _unfit(cross_site=False):
            return answer(flow.refuse(federation, refusal))
        chosen, code = request.form.get("flow", ""), request.form.get("idp", "")
        return answer(flow.choose(federation, chosen, code, carried(federation)))

    @views.get("/<federation>/saml/organisation")
    def organisations(federation: str) -> Response:
        """The page that asks for which organisation the person is here."""
        if refusal := _unfit(cross_site=True):
            return answer(flow.refuse(federation, refusal))
        asked = request.args.get("flow", "")
        return answer(flow.organisations(federation, asked, carried(federation)))

    @views.post("/<federation>/saml/organisation")
    def choose_organisation(federation: str) -> Response:
        """The organisation that was chosen, from our own page only."""
        if refusal := _unfit(cross_site=False):
            return answer(flow.refuse(federation, refusal))
        chosen, account = request.form.get("flow", ""), request.form.get("account", "")
        return answer(flow.organisations(federation, chosen, carried(federation), account))

    @views.post("/<federation>/saml/organisation/again")
    def choose_again(federation: str) -> Response:
        """Another organisation at a service, from our own page of the session only."""
        if refusal := _unfit(cross_site=False):
            return answer(flow.refuse(federation, refusal))
        token, service = request.form.get("token", ""), request.form.get("service", "")
        return answer(flow.choose_again(federation, service, token, carried(federation)))

    @views.post("/<federation>/saml/acs")
    def acs(federation: str) -> Response:
        """Response by HTTP-POST."""
        if refusal := _unfit(cross_site=True):
            return answer(flow.refuse(federation, refusal))
        form = request.form
        values, relay = form.getlist("SAMLResponse"), form.getlist("RelayState")
        return answer(flow.respond(federation, values, relay, carried(federation)))

    return views


def carried(federation: str) -> Browser:
    """What the browser sent along for this federation."""
    return Browser(flows(), request.cookies.get(name_for(federation)))


def flows() -> Mapping[str, str]:
    """The flow cookies that the browser sent, by name."""
    return {name: value for name, value in request.cookies.items() if name.startswith(PREFIX)}


def _unfit(*, cross_site: bool) -> Refused | None:
    """Why a request is refused before any hop: framed, too many cookies, not a form, not ours."""
    if request.headers.get("Sec-Fetch-Dest", "document") != "document":
        return Refused("request.embedded", "a login inside a frame, an image or a script")
    if len(request.headers.get("Cookie", "")) > MAX_COOKIES:
        return Refused("limit.cookies", "more cookies than fit")
    if request.method == "POST" and request.mimetype != FORM:
        return Refused("malformed.content_type", "not a form")
    if not cross_site and request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return Refused("request.cross_site", "a choice posted by another site")
    return None


def answer(outcome: Outcome) -> Response:
    """An outcome as HTTP."""
    match outcome:
        case GoTo():
            response = go_to(outcome.url)
        case Choose():
            return page(
                "saml/discovery.html",
                form_targets=True,
                context={
                    "federation": outcome.federation,
                    "service": outcome.service,
                    "idps": outcome.idps,
                    "flow_id": outcome.flow,
                    "action": f"{outcome.federation.base}/saml/discovery",
                },
            )
        case ChooseOrganisation():
            return page(
                "saml/organisation.html",
                form_targets=True,
                context={
                    "federation": outcome.federation,
                    "service": outcome.service,
                    "idp": outcome.idp,
                    "options": outcome.options,
                    "flow_id": outcome.flow,
                    "action": f"{outcome.federation.base}/saml/organisation",
                },
            )
        case PostOn():
            response = page(
                "saml/post.html",
                form_targets=True,
                context={
                    "federation": outcome.federation,
                    "target": outcome.answer.target,
                    "fields": _fields(outcome),
                    "service_name": outcome.service.name,
                },
            )
        case PostTo():
            response = page(
                "saml/post.html",
                form_targets=True,
                context={
                    "federation": outcome.federation,
                    "target": outcome.target,
                    "fields": outcome.fields,
                    "service_name": outcome.idp.name,
                },
            )
        case Refusal():
            response = _refusal(outcome)
    for name, value in outcome.cookies:
        _set(response, name, value)
    return response


def _refusal(refusal: Refusal) -> Response:
    back: dict[str, object]
    if refusal.answer is not None:
        back = {"target": refusal.answer.target, "fields": _fields(refusal)}
    elif refusal.service is not None:
        back = {"href": refusal.service.start_url}
    else:
        back = {"href": "/"}
    retry = organisation = None
    base = refusal.federation.base if refusal.federation else ""
    if refusal.retry is not None:
        retry = f"{base}/saml/discovery?flow={refusal.retry}&again=1"
    if refusal.organisation is not None:
        organisation = f"{base}/saml/organisation?flow={refusal.organisation}"
    response = page(
        "saml/error.html",
        refusal.http,
        form_targets=refusal.answer is not None,
        context={
            "explanation": explain(refusal.code),
            "code": refusal.code,
            "reference": refusal.reference,
            "federation": refusal.federation,
            "service_name": refusal.service.name if refusal.service else None,
            "back": back,
            "retry": retry,
            "organisation": organisation,
            "several": refusal.several,
            "offer": refusal.offer,
        },
    )
    if refusal.code == "limit.cookies":
        for name in flows():
            _set(response, name, None)
    return response


def _fields(outcome: PostOn | Refusal) -> list[tuple[str, str]]:
    if outcome.answer is None:
        return []
    fields = [("SAMLResponse", encode_post(outcome.answer.issued.xml))]
    if outcome.answer.relay_state is not None:
        fields.append(("RelayState", outcome.answer.relay_state))
    return fields


def _set(response: Response, name: str, value: str | None) -> None:
    """R1: a flow's Path=/, Secure, HttpOnly, SameSite=None, for 24 hours; no value deletes.

    A session's lasts as long as the browser is open, and no other site's form carries it.
    """
    life = None if name.startswith(SESSION) else int(COOKIE_LIFE.total_seconds())
    response.set_cookie(
        name,
        value or "",
        max_age=life if value else 0,
        path="/",
        secure=True,
        httponly=True,
        samesite="Lax" if name.startswith(SESSION) else "None",
    )
