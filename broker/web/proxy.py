"""What the reverse proxy says by itself, made beforehand: our own error page for each status.

The proxy fills in the reference, its id of the request, by server-side includes.
"""

from collections.abc import Mapping

from flask import Flask

from broker.settings import Settings
from broker.web.render import page
from broker.web.setup import install
from broker.web.texts import explain

# Status → the code of its explanation.
STATUSES: Mapping[int, str] = {
    400: "web.bad_request",
    408: "limit.slow",
    413: "limit.body",
    414: "limit.address",
    429: "limit.rate",
    431: "limit.cookies",
    502: "limit.unavailable",
    503: "limit.unavailable",
    504: "limit.unavailable",
}
_PLACE = "-reference-of-the-request-"
_FILLED = '<!--# echo var="request_id" -->'


def proxy_pages(settings: Settings) -> dict[str, str]:
    """File name → the page, Danish with English below it, as every error page is."""
    app = Flask("proxy", static_folder=None, template_folder=None)
    install(app, settings)
    pages = {}
    for status, code in STATUSES.items():
        with app.test_request_context(method="POST", base_url=settings.origin):
            shown = page(
                "saml/error.html",
                status,
                context={
                    "explanation": explain(code),
                    "code": code,
                    "reference": _PLACE,
                    "now": None,
                },
            )
        pages[f"{status}.html"] = shown.get_data(as_text=True).replace(_PLACE, _FILLED)
    return pages
