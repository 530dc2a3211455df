"""page(): a template and its context as a response."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Flask, Response, g, render_template, request
from jinja2 import StrictUndefined

from broker.resources import resource
from broker.web import language
from broker.web.headers import allow_form_targets
from broker.web.site import Site, this_site
from broker.web.texts import level

FLOW = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def page(
    template: str,
    status: int = 200,
    *,
    form_targets: bool = False,
    context: Mapping[str, object],
) -> Response:
    """Render a page in the language of this request.

    Set `form_targets` where a form of the page posts to another site, or to us and is then
    redirected to one.
    """
    site = this_site()
    if status >= 400 and "code" in context:
        g.refusal = context["code"]  # for whoever counts refusals
    text = render_template(template, **{"now": site.clock(), **context})
    return html(text, status, form_targets=form_targets)


def html(text: str, status: int = 200, *, form_targets: bool = False) -> Response:
    """A page that is rendered, in the language of this request."""
    response = Response(text, status, content_type="text/html; charset=utf-8")
    response.headers["Content-Language"] = language.language()
    response.headers["Cache-Control"] = "no-store"
    if form_targets:
        allow_form_targets(response, secure=this_site().secure)
    return response


def go_to(url: str) -> Response:
    """Send the browser on with a GET, whatever it came with."""
    return Response(status=303, headers={"Location": url})


def switch_language() -> str | None:
    """The address of this page in the other language, or None where it cannot be asked for again.

    Of the query only a flow's id is kept, and that somebody wants to choose anew: nothing that
    a stranger wrote into the address comes back in the page.
    """
    if request.method not in ("GET", "HEAD"):
        return None
    query: dict[str, str] = {"lang": language.other()}
    flow = request.args.get("flow", "")
    if FLOW.fullmatch(flow):
        query["flow"] = flow
    if "1" in (request.args.get("vaelg"), request.args.get("again")):
        query["vaelg"] = "1"
    return f"?{urlencode(query)}"


def install_templates(app: Flask, site: Site) -> None:
    """Let the application find the templates, and give them what they all use."""
    app.template_folder = str(resource("templates"))
    app.jinja_options = {
        **app.jinja_options,
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
    }
    environment = app.jinja_env
    environment.globals.update(
        asset=site.asset,
        speaking=language.speaking,
        other_language=language.other,
        in_other=language.in_other,
        switch_language=switch_language,
    )
    environment.filters.update(
        said=language.said,
        level=level,
        dated=language.dated,
        day=language.day,
        last_day=language.last_day,
    )
