"""Pages put on an application behind the gate, and the address at which one logs in for them."""

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, request

from broker.metadata.model import Federation
from broker.portals.gate import Gate
from broker.portals.permissions import Missing, Need
from broker.portals.routes import Route, Section, View, endpoint


def add(views: Blueprint, gate: Gate, section: Section, route: Route) -> None:
    """Mount one page of a section, behind what it needs."""
    rule = f"/{section.code}/{route.path}"
    views.add_url_rule(
        rule,
        endpoint=endpoint(section.code, route.name),
        view_func=guarded(gate, route.needs, {"GET": route.get, "POST": route.post}, route.largest),
        methods=list(route.methods),
    )


def guarded(
    gate: Gate, need: Need, views: dict[str, View | None], largest: int | None = None
) -> Callable[..., Response]:
    """A view behind the gate: called with the person, and with what its address names."""

    def view(federation: str, **values: object) -> Response:
        if largest is not None:
            request.max_content_length = largest  # before the gate reads the form
        person = gate.admit(federation, need)
        found = views["POST" if request.method == "POST" else "GET"]
        if found is None:
            abort(405)
        return found(person, **values)

    return view


def login_url(
    federation: Federation, want: str, lacking: Missing | None = None, idp: str | None = None
) -> str:
    """Where one logs in, for one page; with what the session lacks for it, and by which login."""
    asked = {"want": want}
    if idp:
        asked["idp"] = idp
    if lacking is not None and lacking.level is not None:
        asked["level"] = lacking.level.word
    if lacking is not None and lacking.remedy == "fresh":
        asked["fresh"] = "1"
    return f"/{federation.path}/portal/login?{urlencode(asked)}"
