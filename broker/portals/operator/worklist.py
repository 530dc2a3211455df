"""The operator's work list: every case, its age, whom it waits for; and one with its history."""

from flask import Response

from broker.portals import shell
from broker.portals.casework.deciding import CasePage
from broker.portals.casework.lists import asked, counts, filters, listed
from broker.portals.office import Office
from broker.portals.permissions import OPERATORS, may
from broker.portals.person import Person
from broker.portals.routes import Route, Task
from broker.web.language import Text as _


def routes(office: Office) -> tuple[Route, ...]:
    """The pages of cases."""
    case = CasePage(office, "operator.cases", _("Cases"))
    needs = may("case.read", by=OPERATORS)

    def worklist(person: Person) -> Response:
        said = filters()
        waiting, late = counts(office, person)
        return shell.page(
            "portals/operator/cases.html",
            person,
            filters=said,
            listed=listed(office, person, asked(person, said)),
            waiting=waiting,
            late=late,
        )

    return (
        Route("cases", "cases", needs, get=worklist, menu=_("Cases")),
        Route("case", "cases/<reference>", needs, get=case.show, post=case.act),
    )


def tasks(office: Office, person: Person) -> tuple[Task, ...]:
    """What waits for the operator, for the front page."""
    waiting, late = counts(office, person)
    if not waiting:
        return ()
    words, overdue = _("Cases that wait for the operator:"), _("overdue:")
    also = f" ({overdue} {late})" if late else ""
    return (
        Task(f"{words} {waiting}{also}", shell.link(person, "operator.cases", waits="operator")),
    )
