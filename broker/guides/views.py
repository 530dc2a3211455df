"""/guide/codes: every reason code and what it means; /guide/service: how to register one."""

from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, Response

from broker.login.codes import CODES
from broker.login.failure import Hears, Verdict, verdict
from broker.saml import names
from broker.web.language import Text
from broker.web.language import Text as _
from broker.web.render import page
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


def blueprint() -> Blueprint:
    """The pages of the operator's guide."""
    views = Blueprint("guides", __name__, url_prefix="/guide")

    @views.get("/codes")
    def codes() -> Response:
        """Every reason code, by family."""
        return page("guides/codes.html", context=catalogue())

    @views.get("/service")
    def service() -> Response:
        """How a service is registered, for its owner."""
        return page("guides/service.html", context={})

    return views


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
