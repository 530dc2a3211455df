"""The front page, and our metadata at its stable addresses."""

from flask import Blueprint, Response, request

from broker.clock import Clock
from broker.errors import Unknown
from broker.metadata.listing import files_of
from broker.metadata.publish import CONTENT_TYPE, Published, Publisher, Side
from broker.metadata.published.drafting import NOW, Wanted
from broker.metadata.published.tokens import Tokens
from broker.metadata.readiness.seeing import Fetches
from broker.metadata.registry import RegistryCache
from broker.web.language import Text as _
from broker.web.language import in_other
from broker.web.render import page

_SIDES: dict[str, Side] = {"idp": "idp", "sp": "sp"}
_SECONDS = 300  # that an answer of "nothing is planned" may be kept
MOST = 100  # services of a federation that the front page lists; nobody looks through more
_NOTHING = _(
    "No document is published at this address now, because no change of our keys needs one. "
    "This is not an error: the address stays, and a document will be here as soon as a change "
    "is announced. Keep asking; what counts now is at the address without what stands between "
    "metadata/ and the name of the file."
)


def blueprint(
    registry: RegistryCache,
    publisher: Publisher,
    clock: Clock,
    tokens: Tokens,
    fetches: Fetches,
) -> Blueprint:
    """`/<path>/metadata/`, the documents below it, and the front page that links to them."""
    views = Blueprint("metadata", __name__)

    @views.get("/")
    def home() -> Response:
        known = registry.current()
        counts = {home.path: known.counts(home.path)[0] for home in known.federations}
        few = [path for path, count in counts.items() if count <= MOST]
        services = [service for path in few for service in known.services(path)]
        shown = {"federations": known.federations, "services": services, "counts": counts}
        return page("home.html", context=shown)

    @views.get("/<path>/metadata/")
    def files(path: str) -> Response:
        known, now = registry.current(), clock()
        federation = known.federation(path)
        sides: tuple[Side, ...] = ("idp", "sp")
        listed = [files_of(federation, side, publisher, known.rollovers, now) for side in sides]
        return page("metadata/files.html", context={"federation": federation, "sides": listed})

    def answer(path: str, side: Side, wanted: Wanted, token: str | None = None) -> Response:
        known, now = registry.current(), clock()
        federation = known.federation(path)
        if token is None:
            agent = request.headers.get("User-Agent", "")
            partner = fetches.whose(known, path, side, request.remote_addr or "", agent)
        else:
            found = tokens.partner(known, path, side, token)
            partner, wanted = found.code, Wanted("own", partner=found.code, reads=found.reads)
        try:
            published = publisher.document(federation, side, now, known.rollovers, wanted)
        except Unknown as error:
            if error.code != "metadata.nothing_planned":
                raise
            return _nothing_planned(side)
        if request.method == "GET":
            fetches.seen(path, published.draft, partner, now)
        return _document(published, f"{path}-{wanted.which}-{side}.xml", own=token is not None)

    at = "/<path>/metadata/"
    file = "<any(idp, sp):side>.xml"

    @views.get(f"{at}{file}")
    def now_counts(path: str, side: str) -> Response:
        return answer(path, _SIDES[side], NOW)

    @views.get(f"{at}next/{file}", defaults={"which": "next"})
    @views.get(f"{at}both/{file}", defaults={"which": "both"})
    def changing(path: str, side: str, which: str) -> Response:
        return answer(path, _SIDES[side], Wanted("next" if which == "next" else "both"))

    @views.get(f"{at}epoch/<epoch>/{file}")
    def of_epoch(path: str, side: str, epoch: str) -> Response:
        return answer(path, _SIDES[side], Wanted("epoch", epoch))

    @views.get(f"{at}m/<token>/{file}")
    def own(path: str, side: str, token: str) -> Response:
        return answer(path, _SIDES[side], NOW, token)

    return views


def _document(published: Published, filename: str, *, own: bool) -> Response:
    """A document as it is sent; a cache may keep it until the plan or a command may change it."""
    response = Response(published.content, content_type=CONTENT_TYPE)
    response.set_etag(published.etag)
    shared = "private" if own else "public"  # a partner's own address tells us that it asked
    response.headers["Cache-Control"] = f"{shared}, max-age={published.seconds}"
    response.headers["Content-Disposition"] = f'inline; filename="{filename}"'
    response.make_conditional(request)
    return response


def _nothing_planned(side: Side) -> Response:
    """404 that explains itself: a page for people, a few lines of text for programs, never XML."""
    kinds = request.accept_mimetypes
    if kinds["text/html"] > kinds["text/plain"]:
        response = page("metadata/nothing.html", 404, context={"side": side, "words": _NOTHING})
    else:
        both = f"{_NOTHING}\n\n{in_other(_NOTHING.__str__)}\n"
        response = Response(both, 404, content_type="text/plain; charset=utf-8")
        response.headers["Cache-Control"] = f"public, max-age={_SECONDS}"
    response.vary.update(("Accept", "Accept-Language", "Cookie"))
    return response
