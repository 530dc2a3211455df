"""/saml/sso, discovery, acs and organisation: HTTP in, outcomes out, and no decision between."""

from collections.abc import Mapping

from flask import Blueprint, Response, request

from broker.discovery.desk import Wanted
from broker.discovery.memory import COOKIE as MEMORY
from broker.discovery.memory import LIFE as MEMORY_LIFE
from broker.errors import Refused
from broker.login.flow import LoginFlow
from broker.login.opening import Browser
from broker.login.outcome import GoTo, Outcome, PostOn, PostTo, Refusal
from broker.login.rehearsal import PREFIX as REHEARSAL
from broker.login.seal import PREFIX
from broker.login.showing import posted, show
from broker.login.state import COOKIE_LIFE
from broker.login.visiting import Pressed, Visit
from broker.saml.authn_request import open_post, open_redirect
from broker.sessions.cookie import PREFIX as SESSION
from broker.sessions.cookie import name_for
from broker.web.errors import AGAIN
from broker.web.language import language
from broker.web.posting import post_on
from broker.web.render import go_to, page

FORM = "application/x-www-form-urlencoded"
MAX_COOKIES = 8192
# Seconds after which to come again: a loop is counted over a minute, all else passes sooner.
RETRY_AFTER = {429: "60", 503: AGAIN}


def blueprint(flow: LoginFlow) -> Blueprint:
    """The login endpoints of every federation."""
    views = Blueprint("login", __name__)

    @views.get("/<federation>/saml/sso")
    @views.get("/<federation>/saml/e/<endpoint>/sso")
    def sso_redirect(federation: str, endpoint: str | None = None) -> Response:
        """AuthnRequest by HTTP-Redirect, at our address or at that of one of our keys (R25)."""
        if refusal := _unfit(cross_site=True):
            return answer(flow.refuse(federation, refusal))
        query = request.query_string
        came = carried(federation, endpoint)
        return answer(flow.start(federation, lambda: open_redirect(query), came, visit()))

    @views.post("/<federation>/saml/sso")
    @views.post("/<federation>/saml/e/<endpoint>/sso")
    def sso_post(federation: str, endpoint: str | None = None) -> Response:
        """AuthnRequest by HTTP-POST, as above."""
        if refusal := _unfit(cross_site=True):
            return answer(flow.refuse(federation, refusal))
        form = request.form
        values, relay = form.getlist("SAMLRequest"), form.getlist("RelayState")
        return answer(
            flow.start(
                federation,
                lambda: open_post(values, relay),
                carried(federation, endpoint),
                visit(),
                stop=True,
            )
        )

    @views.get("/<federation>/login")
    def start_link(federation: str) -> Response:
        """A service and a login by their codes, as people keep among their bookmarks."""
        if refusal := _unfit(cross_site=True):
            return answer(flow.refuse(federation, refusal))
        service = request.args.get("sp", "")
        return answer(flow.start_link(federation, service, carried(federation), visit()))

    @views.get("/<federation>/saml/discovery")
    def choices(federation: str) -> Response:
        """The page that asks where to log in."""
        if refusal := _unfit(cross_site=True):
            return answer(flow.refuse(federation, refusal))
        return answer(flow.choices(federation, carried(federation), visit()))

    @views.post("/<federation>/saml/discovery")
    def choose(federation: str) -> Response:
        """The choice, from our own page only."""
        if refusal := _unfit(cross_site=False):
            return answer(flow.refuse(federation, refusal))
        return answer(flow.choose(federation, pressed(), carried(federation)))

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


def carried(federation: str, endpoint: str | None = None) -> Browser:
    """What the browser sent along for this federation, and the epoch whose address it used."""
    cookies = request.cookies
    return Browser(
        flows(),
        cookies.get(name_for(federation)),
        cookies.get(REHEARSAL + federation),
        endpoint,
        cookies.get(MEMORY),
        request.remote_addr or "",
    )


def visit() -> Visit:
    """What the address asks for."""
    args = request.args
    return Visit(
        flow=args.get("flow", ""),
        again="1" in (args.get("vaelg"), args.get("again")),
        hint=args.get("idp"),
        wanted=Wanted(language(), args.get("q", ""), args.get("all") == "1"),
    )


def pressed() -> Pressed:
    """What the form of the page says."""
    form, shown = request.form, request.form.get("shown", "")
    return Pressed(
        flow=form.get("flow", ""),
        code=form.get("idp", ""),
        remember=form.get("remember") == "1",
        source="last" if request.args.get("source") == "last" else "list",
        searched=form.get("searched") == "1",
        shown=int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 12 else None,
    )


def flows() -> Mapping[str, str]:
    """The flow cookies that the browser sent, by name."""
    return {name: value for name, value in request.cookies.items() if name.startswith(PREFIX)}


def _unfit(*, cross_site: bool) -> Refused | None:
    """Why a request is refused before any hop: framed, too many cookies, not a form, not ours."""
    sent = request.environ  # as the headers are kept: each is looked for at every request
    if sent.get("HTTP_SEC_FETCH_DEST", "document") != "document":
        return Refused("request.embedded", "a login inside a frame, an image or a script")
    if len(sent.get("HTTP_COOKIE", "")) > MAX_COOKIES:
        return Refused("limit.cookies", "more cookies than fit")
    if request.method == "POST" and request.mimetype != FORM:
        return Refused("malformed.content_type", "not a form")
    if not cross_site and sent.get("HTTP_SEC_FETCH_SITE", "same-origin") != "same-origin":
        return Refused("request.cross_site", "a choice posted by another site")
    return None


def answer(outcome: Outcome) -> Response:
    """An outcome as HTTP."""
    if isinstance(outcome, GoTo):
        response = go_to(outcome.url)
    elif isinstance(outcome, PostOn | PostTo):
        response = post_on(*posted(outcome))
    else:
        shown = show(outcome)
        response = page(
            shown.template, shown.http, form_targets=shown.form_targets, context=shown.context
        )
    if response.status_code in RETRY_AFTER:
        response.headers["Retry-After"] = RETRY_AFTER[response.status_code]
    if isinstance(outcome, Refusal) and outcome.code == "limit.cookies":
        for name in flows():
            _set(response, name, None)
    for name, value in outcome.cookies:
        _set(response, name, value)
    return response


def _set(response: Response, name: str, value: str | None) -> None:
    """R1: a flow's Path=/, Secure, HttpOnly, SameSite=None, for 24 hours; no value deletes.

    A session's lasts as long as the browser is open, and what is remembered of choices 90 days;
    no other site's form carries these.
    """
    ours = name.startswith(SESSION) or name == MEMORY
    life = None if name.startswith(SESSION) else int(COOKIE_LIFE.total_seconds())
    if name == MEMORY:
        life = int(MEMORY_LIFE.total_seconds())
    response.set_cookie(
        name,
        value or "",
        max_age=life if value else 0,
        path="/",
        secure=True,
        httponly=True,
        samesite="Lax" if ours else "None",
    )
