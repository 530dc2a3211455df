"""The page that sends a browser on by a form: rendered once for each destination and language.

It is the last page of every login, and nothing in it but the form's fields is about anybody.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from flask import Response, render_template
from markupsafe import escape

from broker.saml.entities import Localised
from broker.web import language
from broker.web.render import html
from broker.web.site import this_site

MOST = 2000  # pages that are kept: destinations come from metadata, and there may be many
_TEMPLATE = "saml/post.html"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a form goes, and what its page says of it."""

    target: str
    name: Localised | None
    federation: object  # whose page it is; looked at by the template alone


def post_on(destination: Destination, fields: Iterable[tuple[str, str]]) -> Response:
    """The page with these fields, in the language of this request."""
    before, after = _shell(destination)
    inputs = "\n  ".join(_input(name, value) for name, value in fields)
    return html(f"{before}{inputs}{after}", form_targets=True)


def _shell(destination: Destination) -> tuple[str, str]:
    """The page around the fields. A registry that was read anew has its pages rendered anew."""
    kept = this_site().kept
    key = (language.language(), destination.target, destination.name)
    known = kept.get(key)
    if known is not None and known[0] is destination.federation:
        return known[1], known[2]
    mark = secrets.token_hex(16)
    text = render_template(
        _TEMPLATE,
        target=destination.target,
        service_name=destination.name,
        federation=destination.federation,
        fields=((mark, mark),),
    )
    before, after = text.split(_input(mark, mark))
    if len(kept) >= MOST:
        kept.clear()
    kept[key] = (destination.federation, before, after)
    return before, after


def _input(name: str, value: str) -> str:
    return f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
