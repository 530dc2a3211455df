"""The guides: every reason code with what becomes of it, and a guide for each kind of person."""

from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, Response
from markupsafe import Markup

from broker.errors import Unknown
from broker.guides.books import LIBRARY, book, render, text
from broker.login.codes import CODES
from broker.login.failure import Hears, Verdict, verdict
from broker.metadata.model import Federation
from broker.metadata.registry import RegistryCache
from broker.saml import names
from broker.web.language import Text, speaking
from broker.web.language import Text as _
from broker.web.render import page
from broker.web.site import this_site
from broker.web.texts import Explanation, explain

_HEARS = {
    Hears.PAGE: _("our page alone"),
    Hears.BACK: _("our page, and the service by a button"),
    Hears.AT_ONCE: _("the service at once"),
}
_STATUSES: tuple[tuple[str, Text], ...] = (
    (names.SUCCESS, _("The login or the logout succeeded.")),
    (names.PARTIAL_LOGOUT, _("Our session ended; somebody did not confirm the logout.")),
    (names.UNKNOWN_PRINCIPAL, _("A logout named a person or a session that we do not know.")),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One code as the page shows it."""

    code: str
    http: int
    hears: Text
    status: str | None
    sub_status: str | None
    explanation: Explanation


def blueprint(registry: RegistryCache) -> Blueprint:
    """The pages of all guides; everybody may read them, also who cannot log in."""
    views = Blueprint("guides", __name__)

    @views.get("/guide/codes")
    def codes() -> Response:
        """Every reason code, by family."""
        return page("guides/codes.html", context=catalogue())

    @views.get("/<federation>/guide/")
    def shelf(federation: str) -> Response:
        """The guides that there are."""
        known = registry.current().federation(federation)
        return page("guides/shelf.html", context={"federation": known, "books": LIBRARY})

    @views.get("/<federation>/guide/<name>")
    def guide(federation: str, name: str) -> Response:
        """One guide."""
        known, found = registry.current().federation(federation), book(name)
        if found is None:
            raise Unknown("web.not_found", "no such guide")
        return page("guides/book.html", context=opened(known, name))

    return views


def opened(federation: Federation, name: str) -> dict[str, object]:
    """What the page of a guide shows."""
    language = speaking()
    asset = this_site().asset
    rendered = render(
        text(name, language),
        places(federation),
        lambda picture: asset(f"guides/{picture}-{language}.png"),
        str(_("Table")),
    )
    return {
        "federation": federation,
        "book": book(name),
        "body": Markup(rendered.html),  # noqa: S704 # shipped text, rendered with html=False
        "chapters": rendered.chapters,
    }


def places(federation: Federation) -> dict[str, str]:
    """What a guide's text may name in braces."""
    base = f"{federation.origin}/{federation.path}"
    contact = federation.contact
    return {
        "base": base,
        "portal": f"{base}/portal/",
        "guide": f"{base}/guide",
        "codes": f"{federation.origin}/guide/codes",
        "metadata": f"{base}/metadata",
        "idp": federation.idp_entity_id,
        "desk": contact.name,
        "mail": contact.mail,
        "phone": contact.phone,
        "hours": contact.hours.of(speaking()),
    }


def catalogue() -> dict[str, object]:
    """What the page of reason codes shows."""
    rows = [_row(code) for code in CODES]
    families = [
        (family, explain(family), list(found))
        for family, found in groupby(rows, key=lambda row: row.code.partition(".")[0])
    ]
    return {"families": families, "statuses": [(_short(s), t) for s, t in _STATUSES]}


def _row(code: str) -> Row:
    found: Verdict = verdict(code, passive=False)
    told = found.hears is not Hears.PAGE
    return Row(
        code=code,
        http=found.http,
        hears=_HEARS[found.hears],
        status=_short(found.status.code) if told else None,
        sub_status=_short(found.status.sub_code) if told and found.status.sub_code else None,
        explanation=explain(code),
    )


def _short(status: str) -> str:
    """A SAML status without the part that all of them begin with."""
    return status.removeprefix(names.STATUS)
