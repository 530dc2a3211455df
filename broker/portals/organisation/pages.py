"""Pages of this portal: the shell's, with days and periods as people say them."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from flask import Response

from broker.periods import FOREVER, Period
from broker.portals import shell
from broker.portals.forms import Form
from broker.portals.person import Person
from broker.web.language import Text, day
from broker.web.language import Text as _

VIAS: dict[str, Text] = {
    "direct": _("direct"),
    "group": _("group"),
    "bundle": _("role package"),
    "request": _("request"),
    "import": _("import"),
}


def page(
    template: str,
    person: Person,
    status: int = 200,
    *,
    crumbs: Sequence[shell.Crumb] = (),
    notice: Text | str | None = None,
    form: Form | None = None,
    **context: object,
) -> Response:
    """A page of this portal. `last` and `period` say days; `counted` says how many."""
    told: dict[str, object] = {
        "last": last,
        "period": _periods(person.now),
        "counted": counted,
        "vias": VIAS,
        **context,
    }
    return shell.page(
        template,
        person,
        status,
        crumbs=crumbs,
        notice=notice,
        form=form,
        form_targets=False,
        **told,
    )


def last(until: datetime) -> str:
    """The last day on which something holds."""
    if until >= FOREVER:
        return str(_("no end"))
    return day(until - timedelta(seconds=1))


def counted(number: int | str, one: str, many: str) -> str:
    """How many of something there are, or "more than" so many: `many` holds {n}."""
    return one if number == 1 else many.format(n=number)


def _periods(now: datetime) -> Callable[[Period], str]:
    def spelled(period: Period) -> str:
        since, until = day(period.since), last(period.until)
        endless = period.until >= FOREVER
        if period.since > now:
            words = _("from {since}, without an end") if endless else _("{since} to {until}")
        else:
            words = _("without an end") if endless else _("until {until}")
        return str(words).format(since=since, until=until)

    return spelled
