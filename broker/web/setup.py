"""install(): languages, templates, headers, errors and limits, put on one Flask application."""

import hashlib
from pathlib import Path

from flask import Flask, Response, request, send_from_directory
from werkzeug.middleware.proxy_fix import ProxyFix

from broker.clock import Clock, system_clock
from broker.settings import Settings
from broker.web.errors import error_page, install_errors
from broker.web.headers import install_headers
from broker.web.language import install_languages
from broker.web.reference import new_reference
from broker.web.render import install_templates
from broker.web.site import EXTENSION, Site

MAX_BODY = 512 * 1024
STATIC = Path(__file__).parent / "static"
VERSIONED = {".css", ".js", ".svg", ".png"}


def install(app: Flask, settings: Settings, *, clock: Clock = system_clock) -> None:
    """Give the application what every page shares. The clock is for the times that pages show.

    A site of the demo installs the same with an origin of its own:
    `install(app, replace(settings, origin=...))`.
    """
    site = Site(settings.origin, clock, _versions())
    app.extensions[EXTENSION] = site
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY, MAX_FORM_MEMORY_SIZE=MAX_BODY)
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]  # Flask's own way to wrap it
    _only_our_host(app, site)
    install_templates(app, site)
    install_languages(app, secure=site.secure)
    install_headers(app, site)
    install_errors(app)
    app.add_url_rule("/static/<path:filename>", "static", _static)


def _static(filename: str) -> Response:
    response = send_from_directory(STATIC, filename, etag=True)
    if response.status_code != 304 and request.method != "HEAD":
        response.direct_passthrough = False
        response.set_data(response.get_data())  # small, and a browser that leaves keeps none open
    response.close()
    return response


def _only_our_host(app: Flask, site: Site) -> None:
    """A request for another host name gets a page and nothing else: no view ever sees it."""

    def check() -> Response | None:
        if site.is_host(request.headers.get("Host", "")):
            return None
        return error_page("web.host", 400, new_reference())

    app.before_request(check)


def _versions() -> dict[str, str]:
    """Ten digits of the hash of each file that pages link to; the design system's icons are not."""
    ours = (*STATIC.iterdir(), *(STATIC / "guides").glob("*"))
    files = [path for path in ours if path.suffix in VERSIONED]
    files.append(STATIC / "dkfds" / "css" / "dkfds.min.css")
    return {
        path.relative_to(STATIC).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:10]
        for path in files
        if path.is_file()
    }
