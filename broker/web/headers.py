"""The security headers of every response. R6 tells which pages may post to other sites."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response, request

from broker.web.site import Site

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), "
    "payment=(), usb=()",
}
_HSTS = "max-age=63072000; includeSubDomains"
_CSP = "Content-Security-Policy"


def content_security_policy(*, form_targets: bool, secure: bool) -> str:
    """Nothing from elsewhere, nothing inline, no framing.

    `form_targets` is for the pages whose form ends at an IdP or a service: 'self' would block
    the redirect that follows, and a list of hosts breaks when one of them redirects on (R6).
    On plain http, which only loopback may use, such targets are http as well.
    """
    targets = "'self'"
    if form_targets:
        targets = "https:" if secure else "https: http:"
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            f"form-action {targets}",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )


def allow_form_targets(response: Response, *, secure: bool) -> None:
    """Let the form of this one page end at another site."""
    response.headers[_CSP] = content_security_policy(form_targets=True, secure=secure)


def install_headers(app: Flask, site: Site) -> None:
    """Put the headers on every response; what a view has set itself stays."""
    policy = content_security_policy(form_targets=False, secure=site.secure)
    headers = {**_ALWAYS, _CSP: policy, "Cache-Control": "no-store"}
    if site.secure:
        headers["Strict-Transport-Security"] = _HSTS
    wanted = [(name.lower(), (name, value)) for name, value in headers.items()]
    inner = app.wsgi_app

    # Where a response is already the plain list that it goes out as: each look into Werkzeug's
    # own headers goes through all of them, and these are ten of them for every response.
    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start(
            status: str,
            told: list[tuple[str, str]],
            failed: "OptExcInfo | None" = None,
            /,
        ) -> Callable[[bytes], object]:
            there = {name.lower() for name, _ in told}
            told.extend(header for name, header in wanted if name not in there)
            return start_response(status, told, failed)

        return inner(environ, start)

    app.wsgi_app = answer  # type: ignore[method-assign]  # as Flask's own guide has it

    def keep(response: Response) -> Response:
        if request.endpoint == "static":
            _keep(response)
        return response

    app.after_request(keep)


def _keep(response: Response) -> None:
    """Static files carry no one's data: a year with their version in the address, else an hour."""
    if response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    elif "v" in request.args:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response.headers["Cache-Control"] = "public, max-age=3600"
