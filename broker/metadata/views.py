"""Our metadata at its stable addresses, and the front page."""

from flask import Blueprint, Response, abort, request

from broker.clock import Clock
from broker.errors import Unknown
from broker.metadata.publish import CONTENT_TYPE, Publisher, Side
from broker.metadata.registry import RegistryCache
from broker.web.render import page

_SECONDS = 3600
MOST = 100  # services of a federation that the front page lists; nobody looks through more


def blueprint(registry: RegistryCache, publisher: Publisher, clock: Clock) -> Blueprint:
    """`/<path>/metadata/idp.xml` and `sp.xml`, and the front page that links to them."""
    views = Blueprint("metadata", __name__)

    @views.get("/")
    def home() -> Response:
        known = registry.current()
        counts = {home.path: known.counts(home.path)[0] for home in known.federations}
        few = [path for path, count in counts.items() if count <= MOST]
        services = [service for path in few for service in known.services(path)]
        shown = {"federations": known.federations, "services": services, "counts": counts}
        return page("home.html", context=shown)

    def answer(path: str, side: Side) -> Response:
        try:
            federation = registry.current().federation(path)
            published = publisher.document(federation, side, clock())
        except Unknown:
            abort(404)
        response = Response(published.content, content_type=CONTENT_TYPE)
        response.set_etag(published.etag)
        response.headers["Cache-Control"] = f"public, max-age={_SECONDS}"
        response.headers["Content-Disposition"] = f'inline; filename="{path}-{side}.xml"'
        response.make_conditional(request)
        return response

    @views.get("/<path>/metadata/idp.xml")
    def idp(path: str) -> Response:
        return answer(path, "idp")

    @views.get("/<path>/metadata/sp.xml")
    def sp(path: str) -> Response:
        return answer(path, "sp")

    return views
