"""What goes wrong outside a login: the same page, a reference, and one line in the log."""

import logging
from types import TracebackType

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException

from broker.errors import BrokerError, NotAllowed, Unavailable, Unknown
from broker.web.reference import new_reference
from broker.web.render import page
from broker.web.texts import explain

_LOG = logging.getLogger("broker.web")
AGAIN = "5"  # seconds; what is not there now may be in a moment

# HTTP status → the code of its explanation.
_CODES = {
    400: "web.bad_request",
    403: "web.forbidden",
    404: "web.not_found",
    405: "web.method",
    413: "limit.body",
    414: "limit.address",
    415: "web.media_type",
    431: "limit.cookies",
}


def error_page(code: str, status: int, reference: str) -> Response:
    """The page for a refusal that knows no federation, no service and no flow."""
    has_front_page = any(rule.rule == "/" for rule in current_app.url_map.iter_rules())
    return page(
        "saml/error.html",
        status,
        context={
            "explanation": explain(code),
            "code": code,
            "reference": reference,
            "back": {"href": "/"} if has_front_page else None,
        },
    )


def frames(traceback: TracebackType | None) -> list[str]:
    """Where an exception passed, as file:line, innermost last."""
    found = []
    while traceback is not None:
        found.append(f"{traceback.tb_frame.f_code.co_filename}:{traceback.tb_lineno}")
        traceback = traceback.tb_next
    return found


def install_errors(app: Flask) -> None:
    """Answer every error of this application with a page of ours."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(BrokerError, _broker)
    app.register_error_handler(Exception, _surprise)


def _http(error: HTTPException) -> Response:
    """What werkzeug refuses, and redirects, which are no errors."""
    plain = error.get_response(request.environ)
    if error.code is None or error.code < 400:
        return Response(plain.get_data(), plain.status_code, plain.headers)
    if error.code >= 500:
        return _logged("internal.error", error.code)
    response = _logged(_CODES.get(error.code, "web.bad_request"), error.code)
    for name in ("Allow", "Retry-After"):
        if name in plain.headers:
            response.headers[name] = plain.headers[name]
    return response


def _broker(error: BrokerError) -> Response:
    """One of our own that no view has answered for."""
    match error:
        case Unknown():
            status = 404
        case NotAllowed():
            status = 403
        case Unavailable():
            status = 503
        case _:
            status = 400
    response = _logged(error.code, status, detail=error.detail)
    if status == 503:
        response.headers["Retry-After"] = AGAIN
    return response


def _surprise(error: Exception) -> Response:
    """A bug: its type and where it passed are logged. Its words may hold a person, and are not."""
    reference = new_reference()
    _LOG.error(
        "internal.error",
        extra={
            "reference": reference,
            "status": 500,
            "exception": f"{type(error).__module__}.{type(error).__qualname__}",
            "frames": frames(error.__traceback__),
        },
    )
    return error_page("internal.error", 500, reference)


def _logged(code: str, status: int, detail: str = "") -> Response:
    reference = new_reference()
    fields = {"reference": reference, "status": status, "method": request.method}
    if detail:
        fields["detail"] = detail
    _LOG.log(logging.ERROR if status >= 500 else logging.INFO, code, extra=fields)
    return error_page(code, status, reference)
