"""The security headers of every response. R6 tells which pages may post to other sites."""

from flask import Flask, Response, request

from broker.web.site import Site

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

    def add(response: Response) -> Response:
        for name, value in _ALWAYS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault(_CSP, policy)
        if site.secure:
            response.headers.setdefault("Strict-Transport-Security", _HSTS)
        if request.endpoint == "static":
            _keep(response)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    app.after_request(add)


def _keep(response: Response) -> None:
    """Static files carry no one's data: a year with their version in the address, else an hour."""
    if response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    elif "v" in request.args:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response.headers["Cache-Control"] = "public, max-age=3600"
