"""Logos, colours, what is remembered, the accessibility statement, and the discovery protocol."""

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Blueprint, Response, request, url_for

from broker.clock import Clock
from broker.discovery import memory, protocol
from broker.discovery.desk import Desk, Wanted
from broker.errors import NotAllowed, Refused, Unknown
from broker.metadata.logos import Logo
from broker.metadata.model import Federation
from broker.metadata.registry import Registry, RegistryCache
from broker.web.language import language, other
from broker.web.render import go_to, page

KEPT_LONG = "public, max-age=31536000, immutable"
KEPT_SHORT = "public, max-age=300"
_ALONE = "default-src 'none'; style-src 'unsafe-inline'; sandbox"  # a drawing opened by itself


def blueprint(registry: RegistryCache, desk: Desk, clock: Clock) -> Blueprint:
    """The pages around the choice of a login, of every federation."""
    views = Blueprint("discovery", __name__)

    @views.get("/<federation>/logo/<kind>/<code>")
    def partner_logo(federation: str, kind: str, code: str) -> Response:
        """The logo of a service or an identity provider."""
        known = registry.current()
        find: dict[str, Callable[[], Logo | None]] = {
            "idp": lambda: known.idp_by_code(federation, code).page.logo,
            "service": lambda: known.service_by_code(federation, code).page.logo,
        }
        if kind not in find:
            raise Unknown("web.not_found", "no such kind of logo")
        return _picture(find[kind]())

    @views.get("/<federation>/logo/federation")
    def own_logo(federation: str) -> Response:
        """The logo in the header."""
        return _picture(registry.current().federation(federation).look.logo)

    @views.get("/<federation>/look.css")
    def look(federation: str) -> Response:
        """The colours of a federation; a sheet of its own, for no page has styles inline."""
        accent = registry.current().federation(federation).look.accent
        if accent is None:
            raise Unknown("web.not_found", "no colours of its own")
        return _kept(Response(_colours(accent), content_type="text/css; charset=utf-8"))

    @views.get("/was")
    def was() -> Response:
        """The short address that the law's tool knows."""
        federations = registry.current().federations
        if not federations:
            raise Unknown("web.not_found", "no federation yet")
        return go_to(url_for("discovery.statement", federation=federations[0].path))

    @views.get("/<federation>/was")
    def statement(federation: str) -> Response:
        """The accessibility statement."""
        known = registry.current().federation(federation)
        return page("statement.html", context={"federation": known})

    @views.get("/<federation>/vaelg-login/nulstil")
    def remembered(federation: str) -> Response:
        """What this browser remembers."""
        known = registry.current()
        kept = desk.read(request.cookies.get(memory.COOKIE), clock())
        return _remembered(known, known.federation(federation), kept, forgotten=False)

    @views.post("/<federation>/vaelg-login/nulstil")
    def forget(federation: str) -> Response:
        """Forget one service's choice, or all of this federation."""
        _own_form()
        known = registry.current()
        here, code = known.federation(federation), request.form.get("service", "")
        rows = {s.row for s in known.services(federation) if not code or s.code == code}
        kept = memory.without(desk.read(request.cookies.get(memory.COOKIE), clock()), rows)
        response = _remembered(known, here, kept, forgotten=True)
        return _keep(response, desk.write(kept))

    @views.get("/<federation>/discovery")
    def ask(federation: str) -> Response:
        """The discovery protocol: a service asks where somebody logs in."""
        known = registry.current()
        here = known.federation(federation)
        asking = protocol.read_asking(known, here, request.args)
        service = asking.service
        cookie, address = request.cookies.get(memory.COOKIE), request.remote_addr or ""
        visitor = desk.visitor(here, service, cookie, address, clock())
        usable = {idp.row: idp for idp in known.active_idps(service, visitor.now)}
        last, again = visitor.last, request.args.get("vaelg") == "1"
        settled = next(iter(usable)) if len(usable) == 1 else None
        if last and last.remembered and last.idp in usable and not again:
            settled = last.idp
        if settled is not None or asking.passive or not usable:
            entity = None if settled is None else usable[settled].idp.entity_id
            return go_to(asking.answer(entity))
        query, everything = request.args.get("q", ""), request.args.get("all") == "1"
        return page(
            "saml/discovery.html",
            form_targets=True,
            context={
                "federation": here,
                "service": service,
                "listing": desk.listing(
                    known, visitor, usable, Wanted(language(), query, everything)
                ),
                "fields": asking.fields,
                "action": url_for("discovery.tell", federation=federation),
                "here": url_for("discovery.ask", federation=federation),
                "tick": visitor.may_remember,
                "ticked": bool(last and last.remembered),
                "shown": int(visitor.now.timestamp()),
                "reset": url_for("discovery.remembered", federation=federation),
                "switch": f"?{urlencode([*asking.fields, ('lang', other())])}",
            },
        )

    @views.post("/<federation>/discovery")
    def tell(federation: str) -> Response:
        """The choice, from our own page only: on to the service that asked."""
        _own_form()
        known = registry.current()
        here = known.federation(federation)
        asking = protocol.read_asking(known, here, request.form)
        cookie, address = request.cookies.get(memory.COOKIE), request.remote_addr or ""
        visitor = desk.visitor(here, asking.service, cookie, address, clock())
        code = request.form.get("idp", "")
        open_now = known.active_idps(asking.service, visitor.now)
        chosen = next((idp for idp in open_now if idp.code == code), None)
        if chosen is None:
            raise NotAllowed("policy.idp_not_active", "an IdP that is not active for this service")
        response = go_to(asking.answer(chosen.idp.entity_id))
        for kept in desk.chosen(visitor, chosen, remember=request.form.get("remember") == "1"):
            _keep(response, kept)
        return response

    return views


def _remembered(
    registry: Registry, federation: Federation, kept: memory.Memory, *, forgotten: bool
) -> Response:
    shown = []
    for one in kept:
        try:
            service = registry.service_by_row(federation.path, one.service)
            idp = registry.idp_by_row(federation.path, one.idp)
        except Unknown:
            continue  # of another federation, or gone
        if not one.once:
            shown.append({"service": service, "idp": idp, "remembered": one.remembered})
    return page(
        "saml/forget.html",
        context={
            "federation": federation,
            "kept": shown,
            "forgotten": forgotten,
            "action": url_for("discovery.forget", federation=federation.path),
        },
    )


def _picture(logo: Logo | None) -> Response:
    if logo is None:
        raise Unknown("web.not_found", "no logo")
    response = Response(logo.content, content_type=logo.media_type)
    response.headers["Content-Security-Policy"] = _ALONE
    return _kept(response)


def _kept(response: Response) -> Response:
    """Nobody's data: for a year under an address with its version."""
    response.headers["Cache-Control"] = KEPT_LONG if "v" in request.args else KEPT_SHORT
    return response


def _colours(accent: str) -> str:
    parts = [int(accent[at : at + 2], 16) for at in (1, 3, 5)]
    dark = "#" + "".join(f"{round(part * 0.7):02x}" for part in parts)
    soft = "#" + "".join(f"{round(255 - (255 - part) * 0.06):02x}" for part in parts)
    return f".tone-broker {{ --accent: {accent}; --accent-dark: {dark}; --soft: {soft}; }}\n"


def _own_form() -> None:
    """Refuse a form that another site posts. Lax cookies would not come along either."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise Refused("request.cross_site", "a form posted by another site")


def _keep(response: Response, named: tuple[str, str | None]) -> Response:
    """Set the cookie of choices, or delete it where nothing is left to remember."""
    name, value = named
    response.set_cookie(
        name,
        value or "",
        max_age=int(memory.LIFE.total_seconds()) if value else 0,
        path="/",
        secure=True,
        httponly=True,
        samesite="Lax",
    )
    return response
