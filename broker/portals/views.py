"""Signing in and out, the home page, the choice of organisation, and the mounting of sections."""

import logging
from collections.abc import Callable, Iterable
from uuid import UUID

from flask import Blueprint, Flask, Response, abort, request

from broker.errors import BrokerError, NotAllowed, Refused, Unavailable, Unknown
from broker.metadata.model import Federation
from broker.metadata.report import Occasion
from broker.portals import shell
from broker.portals.choosing import choose
from broker.portals.emergency.service import enter
from broker.portals.gate import PREFIX, Gate, NotThere
from broker.portals.interfaces import interfaces_page
from broker.portals.leaving import Leaving, how_it_went
from broker.portals.mounting import add, guarded, login_url
from broker.portals.office import Office
from broker.portals.permissions import SIGNED_IN
from broker.portals.person import Person
from broker.portals.routes import Section
from broker.portals.signin import ASKED, PATIENCE, Signin
from broker.saml import soap
from broker.saml.assurance import Assurance
from broker.saml.logout import UnverifiedLogout, open_post, open_redirect, open_soap
from broker.saml.messages import LogoutRequest
from broker.web.reference import new_reference
from broker.web.render import go_to
from broker.web.render import page as plain_page
from broker.web.texts import explain

MakeSection = Callable[[Office], Section]
_LOG = logging.getLogger("broker.portals")
# Everything else has a Need: these let people in and out.
OPEN = frozenset(
    {"login", "acs", "slo", "slo_soap", "left", "help", "interfaces", "emergency", "use_emergency"}
)
OWN = frozenset({"home", "organisation", "logout"})


def mount(app: Flask, office: Office, makers: Iterable[MakeSection]) -> None:
    """Put the portals on an application: the shell, and each section in order."""
    made = tuple(make(office) for make in makers)
    app.extensions[shell.SECTIONS] = made
    gate = Gate(app, office)
    views = Blueprint("portal", __name__, url_prefix="/<federation>/portal")
    _doors(views, office, gate)
    _own_pages(views, office, gate)
    for section in made:
        for route in section.routes:
            add(views, gate, section, route)
    views.register_error_handler(NotThere, _not_there)
    views.register_error_handler(BrokerError, _refused(gate))
    app.register_blueprint(views)


def _own_pages(views: Blueprint, office: Office, gate: Gate) -> None:
    def home(person: Person) -> Response:
        shown = [s for s in shell.sections() if s.shown_to(person) and (person.account or s.only)]
        asked = [section.tasks for section in shown if section.tasks]
        tasks = [task for tasks in asked for task in tasks(person)]
        return shell.page("portals/home.html", person, tasks=tasks)

    def organisation(person: Person) -> Response:
        return shell.page("portals/organisation.html", person, form_targets=True)

    def choose_organisation(person: Person) -> Response:
        """Said at the broker, which then asserts it; so it holds here as at any service (R22)."""
        choose(office, person, _uuid(request.form.get("account", "")), new_reference())
        return go_to(login_url(person.federation, f"/{person.federation.path}/portal/"))

    def logout(person: Person) -> Response:
        path = person.federation.path
        url = Leaving(office).ask(person.federation, person.session)
        with office.writing() as connection:
            office.sessions.end(connection, path, request.cookies.get(PREFIX + path, ""))
        # Not a redirect: the form's page lets no form end at the identity provider's site (R6).
        context = {"federation": person.federation, "url": url, "switch": None}
        response = plain_page("portals/leaving.html", context=context)
        response.headers["Refresh"] = f"0; url={url}"
        _set(response, PREFIX + path, None, 0)
        return response

    for rule, name, get, post in (
        ("/", "home", home, None),
        ("/organisation", "organisation", organisation, choose_organisation),
        ("/logout", "logout", None, logout),
    ):
        view = guarded(gate, SIGNED_IN, {"GET": get, "POST": post})
        methods = [m for m, one in (("GET", get), ("POST", post)) if one]
        views.add_url_rule(rule, endpoint=name, view_func=view, methods=methods)


def _doors(views: Blueprint, office: Office, gate: Gate) -> None:
    signin, leaving = Signin(office), Leaving(office)

    @views.get("/login")
    def login(federation: str) -> Response:
        """Away to the broker, remembering which page it was for."""
        home = gate.federation(federation)
        name = ASKED + federation
        known = signin.unseal(federation, request.cookies.get(name))
        force = request.args.get("fresh") == "1"
        asked, waiting = signin.ask(home, known, request.args.get("want", ""), force=force)
        level = Assurance.from_word(request.args.get("level", ""))
        person = gate.person()
        idp = person.session.idp if person is not None and force and not level else None
        idp = idp or signin.named(home, request.args.get("idp", ""))
        response = go_to(signin.request(home, asked, level, idp))
        _set(response, name, signin.seal(federation, waiting), int(PATIENCE.total_seconds()))
        return response

    @views.post("/acs")
    def acs(federation: str) -> Response:
        """Back from the broker."""
        home, name = gate.federation(federation), ASKED + federation
        known = signin.unseal(federation, request.cookies.get(name))
        before = request.cookies.get(PREFIX + federation)
        try:
            values = request.form.getlist("SAMLResponse")
            entered = signin.enter(home, values, known, new_reference(), before)
        except BrokerError as error:
            return _closed(home, error)
        response = go_to(entered.want)
        left = signin.seal(federation, entered.left) if entered.left else None
        _set(response, name, left, int(PATIENCE.total_seconds()))
        _set(response, PREFIX + federation, entered.cookie, None)
        return response

    @views.route("/slo", methods=["GET", "POST"])
    def slo(federation: str) -> Response:
        """A logout message of the broker, through the browser."""
        home = gate.federation(federation)
        try:
            opened = _received()
            message = leaving.read(home, opened)
        except BrokerError as error:
            return _closed(home, error)
        if isinstance(message, LogoutRequest):
            leaving.end(home, message)
            return go_to(leaving.answer(home, message, opened.relay_state))
        return go_to(f"/{federation}/portal/left?how={how_it_went(message)}")

    @views.post("/slo/soap")
    def slo_soap(federation: str) -> Response:
        """The same, from the broker itself."""
        home = gate.federation(federation)
        try:
            message = leaving.read(home, open_soap(request.get_data(), "LogoutRequest"))
        except BrokerError as error:
            return Response(soap.fault(error.code), 400, content_type=soap.CONTENT_TYPE)
        if not isinstance(message, LogoutRequest):
            abort(400)
        leaving.end(home, message)
        answer = leaving.response(home, message, None, signed=True)
        return Response(soap.envelope(answer), content_type=soap.CONTENT_TYPE)

    @views.get("/emergency/<code>")
    def emergency(federation: str, code: str) -> Response:
        """An emergency link; whatever looks at links before people do spends nothing."""
        del code
        context = {"federation": gate.federation(federation), "switch": None}
        return plain_page("portals/emergency.html", context=context)

    @views.post("/emergency/<code>", endpoint="use_emergency")
    def use_emergency(federation: str, code: str) -> Response:
        """In past the login."""
        home, address = gate.federation(federation), request.remote_addr or ""
        occasion = Occasion(office.clock(), "link", "emergency", new_reference())
        try:
            with office.writing() as connection:
                cookie = enter(
                    connection, office.sessions, office.audit, home, code, address, occasion
                )
        except BrokerError as error:
            return _closed(home, error)
        response = go_to(f"/{federation}/portal/")
        _set(response, PREFIX + federation, cookie, None)
        return response

    @views.get("/help", endpoint="help")
    def help_page(federation: str) -> Response:
        """Whom to ask; whoever cannot log in needs it most."""
        home = gate.federation(federation)
        services = office.registry.current().services(federation) if home.duty else ()
        duties = [(duty, [s for s in services if s.sla == duty.sla]) for duty in home.duty]
        return plain_page("portals/help.html", context={"federation": home, "duties": duties})

    @views.get("/interfaces", endpoint="interfaces")
    def interfaces(federation: str) -> Response:
        """Every interface and when it ends: vendors plan by it, and most have no login."""
        return interfaces_page(office, gate.federation(federation))

    @views.get("/left")
    def left(federation: str) -> Response:
        """Out again: how the logout went."""
        how = request.args.get("how", "complete")
        context = {
            "federation": gate.federation(federation),
            "how": how if how in ("complete", "partial", "failed") else "complete",
            "login": f"/{federation}/portal/login",
        }
        return plain_page("portals/left.html", context=context)


def _not_there(error: NotThere) -> Response:
    """Nobody is there, or not surely enough. What was asked for is asked for again afterwards."""
    want = request.full_path.rstrip("?") if request.method == "GET" else request.path
    lacking = error.lacking
    if lacking is None and request.method == "GET":
        return go_to(login_url(error.federation, want, idp=request.args.get("idp")))
    if lacking is None:
        return _shut(error.federation, "portal.over", 403, login_url(error.federation, want))
    login = login_url(error.federation, want, lacking)
    return _shut(error.federation, lacking.code, 403, login)


def _refused(gate: Gate) -> Callable[[BrokerError], Response]:
    def handle(error: BrokerError) -> Response:
        """What a service said no to, as a page in the shell: the reason, and who must act."""
        person, reference = gate.person(), new_reference()
        match error:
            case Unknown():
                status = 404
            case NotAllowed():
                status = 403
            case Unavailable():
                status = 503
            case _:
                status = 400
        fields = {"reference": reference, "status": status, "detail": error.detail}
        _LOG.log(logging.ERROR if status >= 500 else logging.INFO, error.code, extra=fields)
        if person is None:
            federation = gate.federation(str((request.view_args or {}).get("federation", "")))
            return _shut(federation, error.code, status, login_url(federation, ""))
        return shell.page(
            "portals/refused.html",
            person,
            status,
            code=error.code,
            explanation=explain(error.code),
            reference=reference,
        )

    return handle


def _closed(federation: Federation, error: BrokerError) -> Response:
    """The way in or out failed: nobody is signed in by it."""
    status = 403 if isinstance(error, NotAllowed) else 400
    _LOG.info(error.code, extra={"detail": error.detail, "status": status})
    return _shut(federation, error.code, status, login_url(federation, ""))


def _shut(federation: Federation, code: str, status: int, login: str) -> Response:
    context = {
        "federation": federation,
        "code": code,
        "explanation": explain(code),
        "login": login,
        "reference": new_reference(),
    }
    return plain_page("portals/shut.html", status, context=context)


def _received() -> UnverifiedLogout:
    if request.method == "GET":
        return open_redirect(request.query_string)
    form = request.form
    return open_post(
        form.getlist("SAMLRequest"), form.getlist("SAMLResponse"), form.getlist("RelayState")
    )


def _uuid(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise Refused("portal.choice", "no account of that number") from None


def _set(response: Response, name: str, value: str | None, life: int | None) -> None:
    """SameSite=Lax: the broker's own page posts the answer, and links from elsewhere work."""
    response.set_cookie(
        name,
        value or "",
        max_age=0 if value is None else life,
        path="/",
        secure=True,
        httponly=True,
        samesite="Lax",
    )
