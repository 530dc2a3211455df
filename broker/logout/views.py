"""/saml/slo, /saml/sp/slo and /saml/logout: HTTP in, outcomes out, and no decision between."""

from flask import Blueprint, Response, request

from broker.errors import Refused
from broker.logout.model import Outcome as Step
from broker.logout.model import Side
from broker.logout.outcome import Bring, GoTo, Open, Outcome, Progress, Refusal, Soap
from broker.logout.service import LogoutService
from broker.saml.soap import CONTENT_TYPE, MEDIA_TYPES
from broker.sessions.cookie import PREFIX, name_for
from broker.web.posting import Destination, post_on
from broker.web.render import go_to, page
from broker.web.texts import explain_logout

FORM = "application/x-www-form-urlencoded"


def blueprint(logout: LogoutService) -> Blueprint:
    """The logout endpoints of every federation."""
    views = Blueprint("logout", __name__)

    def messages(federation: str, side: Side, endpoint: str | None = None) -> Response:
        cookie = request.cookies.get(name_for(federation))
        alone = request.headers.get("Sec-Fetch-Dest", "document") != "document"
        if request.method == "GET":
            query = request.query_string
            return answer(
                logout.redirected(federation, side, query, cookie, alone=alone, endpoint=endpoint)
            )
        if request.mimetype != FORM:
            return answer(logout.refuse(federation, _content_type()))
        form = request.form
        values = (
            form.getlist("SAMLRequest"),
            form.getlist("SAMLResponse"),
            form.getlist("RelayState"),
        )
        return answer(
            logout.posted(federation, side, values, cookie, alone=alone, endpoint=endpoint)
        )

    def back_channel(federation: str, side: Side, endpoint: str | None = None) -> Response:
        if request.mimetype not in MEDIA_TYPES:
            return answer(logout.refuse(federation, _content_type()))
        return answer(logout.soap(federation, side, request.get_data(), endpoint))

    @views.route("/<federation>/saml/slo", methods=["GET", "POST"])
    @views.route("/<federation>/saml/e/<endpoint>/slo", methods=["GET", "POST"])
    def of_services(federation: str, endpoint: str | None = None) -> Response:
        """Logout messages of services, through the browser."""
        return messages(federation, "sp", endpoint)

    @views.route("/<federation>/saml/sp/slo", methods=["GET", "POST"])
    def of_idps(federation: str) -> Response:
        """Logout messages of identity providers, through the browser."""
        return messages(federation, "idp")

    @views.post("/<federation>/saml/slo/soap")
    @views.post("/<federation>/saml/e/<endpoint>/slo/soap")
    def soap_of_services(federation: str, endpoint: str | None = None) -> Response:
        """Logout requests of services, on the back channel."""
        return back_channel(federation, "sp", endpoint)

    @views.post("/<federation>/saml/sp/slo/soap")
    def soap_of_idps(federation: str) -> Response:
        """Logout requests of identity providers, on the back channel."""
        return back_channel(federation, "idp")

    @views.get("/<federation>/saml/logout")
    def own(federation: str) -> Response:
        """What is open in this browser; nothing is ended by looking."""
        return answer(logout.page(federation, request.cookies.get(name_for(federation))))

    @views.post("/<federation>/saml/logout")
    def begin(federation: str) -> Response:
        """End it, from our own page only."""
        if refusal := _foreign():
            return answer(logout.refuse(federation, refusal))
        cookie, token = request.cookies.get(name_for(federation)), request.form.get("token", "")
        return answer(logout.begin(federation, cookie, token))

    @views.get("/<federation>/saml/logout/<logout_id>")
    def progress(federation: str, logout_id: str) -> Response:
        """How a logout stands."""
        return answer(logout.progress(federation, logout_id))

    @views.post("/<federation>/saml/logout/<logout_id>")
    def onward(federation: str, logout_id: str) -> Response:
        """The next step, or none any more; from our own page only."""
        if refusal := _foreign():
            return answer(logout.refuse(federation, refusal))
        number = request.form.get("step", "")
        if number.isascii() and number.isdigit() and len(number) < 6:
            return answer(logout.step(federation, logout_id, int(number)))
        return answer(logout.finish(federation, logout_id))

    return views


def _content_type() -> Refused:
    return Refused("malformed.content_type", "neither a form nor SOAP")


def _foreign() -> Refused | None:
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return Refused("request.cross_site", "a logout posted by another site")
    return None


def answer(outcome: Outcome) -> Response:
    """An outcome as HTTP."""
    match outcome:
        case GoTo():
            response = go_to(outcome.url)
        case Soap():
            return Response(outcome.body, outcome.http, content_type=CONTENT_TYPE)
        case Bring():
            response = _bring(outcome)
        case Open():
            # Its form may end at the identity provider, where nobody else is left to be told.
            return page("saml/session.html", form_targets=True, context=_open(outcome))
        case Progress():
            response = page("saml/logout.html", form_targets=True, context=_progress(outcome))
        case Refusal():
            return _refusal(outcome)
    if not isinstance(outcome, Progress):
        for name, value in outcome.cookies:
            _set(response, name, value)
    return response


def _bring(outcome: Bring) -> Response:
    there = Destination(outcome.message.url, outcome.to, outcome.federation)
    return post_on(there, outcome.message.fields)


def _open(outcome: Open) -> dict[str, object]:
    return {
        "federation": outcome.federation,
        "services": outcome.services,
        "idp_name": outcome.idp.name if outcome.idp else None,
        "since": outcome.since,
        "token": outcome.token,
        "acting": outcome.acting,
        "action": f"{outcome.federation.base}/saml/logout",
        "again": f"{outcome.federation.base}/saml/organisation/again",
    }


def _progress(outcome: Progress) -> dict[str, object]:
    logout = outcome.logout
    named = {number: (code, name) for number, code, name in outcome.names}
    steps = [
        {
            "number": step.number,
            "code": named[step.number][0],
            "name": named[step.number][1],
            "side": step.side,
            "outcome": step.outcome.value,
            "button": step.side == "sp" and step.open and logout.answered_at is None,
        }
        for step in (*logout.services, *logout.upstream)
    ]
    return {
        "federation": outcome.federation,
        "steps": steps,
        "over": logout.answered_at is not None,
        "complete": logout.complete,
        "back": outcome.back,
        "upstream": any(s.outcome is Step.WAITING for s in logout.upstream),
        "home": outcome.home,
        "reference": logout.reference,
        "action": f"{outcome.federation.base}/saml/logout/{logout.id}",
    }


def _refusal(refusal: Refusal) -> Response:
    return page(
        "saml/error.html",
        refusal.http,
        context={
            "explanation": explain_logout(refusal.code),
            "code": refusal.code,
            "reference": refusal.reference,
            "federation": refusal.federation,
            "back": {"href": "/"},
        },
    )


def _set(response: Response, name: str, value: str | None) -> None:
    """A logout only ever takes a session's cookie away."""
    if name.startswith(PREFIX) and value is None:
        response.set_cookie(
            name, "", max_age=0, path="/", secure=True, httponly=True, samesite="Lax"
        )
