"""/saml/try: one browser gets what we sign for one service with the next key, for a while."""

from flask import Blueprint, Response, abort, request

from broker.clock import Clock
from broker.errors import Unknown
from broker.login.rehearsal import LIFE, PREFIX, Rehearsal, Rehearsals
from broker.metadata.model import Federation, Service
from broker.metadata.registry import Registry, RegistryCache
from broker.metadata.rollover.choosing import is_live, latest
from broker.metadata.rollover.model import Plan, Slot
from broker.web.render import go_to, page


def blueprint(registry: RegistryCache, rehearsals: Rehearsals, clock: Clock) -> Blueprint:
    """The page behind a link to try the next key, and the page on which that ends."""
    views = Blueprint("rehearsal", __name__)

    def opened(path: str, link: str) -> tuple[Federation, Service, Rehearsal, Plan] | None:
        known, now = registry.current(), clock()
        federation = _federation(known, path)
        found = rehearsals.begun(link, path, now)
        plan = latest(known.rollovers, Slot(path, "idp", "signing"), now)
        if found is None or plan is None or not is_live(plan, now):
            return None
        try:
            return federation, known.service_by_row(path, found.service), found, plan
        except Unknown:
            return None

    def shown(
        path: str, state: str, service: Service | None = None, plan: Plan | None = None
    ) -> Response:
        context = {
            "federation": _federation(registry.current(), path),
            "state": state,
            "service": service,
            "switch_at": plan.instants.switch if plan else None,
            "minutes": int(LIFE.total_seconds() // 60),
        }
        status = 404 if state == "over" else 200
        return page("saml/rehearsal.html", status, form_targets=True, context=context)

    @views.get("/<federation>/saml/try/<link>")
    def offered(federation: str, link: str) -> Response:
        """What trying means, and a button that begins it; following the link begins nothing."""
        found = opened(federation, link)
        if found is None:
            return shown(federation, "over")
        _, service, _, plan = found
        return shown(federation, "offered", service, plan)

    @views.post("/<federation>/saml/try/<link>")
    def begin(federation: str, link: str) -> Response:
        """On to the service, as somebody who gets the next key."""
        found = opened(federation, link)
        if found is None or _foreign():
            return shown(federation, "over")
        _, service, rehearsal, _ = found
        response = go_to(service.start_url)
        name, value = rehearsals.cookie(rehearsal)
        _set(response, name, value)
        return response

    @views.get("/<federation>/saml/try")
    def current(federation: str) -> Response:
        """Whether this browser is trying, and the way out of it."""
        known, cookie = registry.current(), request.cookies.get(PREFIX + federation)
        _federation(known, federation)
        found = rehearsals.current(cookie, federation, clock())
        if found is None:
            return shown(federation, "none")
        try:
            return shown(federation, "trying", known.service_by_row(federation, found.service))
        except Unknown:
            return shown(federation, "none")

    @views.post("/<federation>/saml/try")
    def end(federation: str) -> Response:
        """As everybody else again."""
        if _foreign():
            return shown(federation, "over")
        response = shown(federation, "none")
        _set(response, PREFIX + federation, None)
        return response

    return views


def _federation(known: Registry, path: str) -> Federation:
    try:
        return known.federation(path)
    except Unknown:
        abort(404)


def _foreign() -> bool:
    """Whether another site's page posted the form."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin"


def _set(response: Response, name: str, value: str | None) -> None:
    """SameSite=None, as an identity provider's form brings the browser back to us (R5)."""
    life = int(LIFE.total_seconds()) if value else 0
    response.set_cookie(
        name, value or "", max_age=life, path="/", secure=True, httponly=True, samesite="None"
    )
