"""The pages, each with what it needs of the person: nothing but a login."""

from flask import Response

from broker.cases import store
from broker.portals import shell
from broker.portals.applicant.applying import Applying
from broker.portals.applicant.links import Links
from broker.portals.casework.deciding import CasePage
from broker.portals.casework.wording import STATE
from broker.portals.office import Office
from broker.portals.permissions import SIGNED_IN
from broker.portals.person import Person
from broker.portals.routes import Route, Section, Task
from broker.web.language import Text as _


def section(office: Office) -> Section:
    """The section of this portal."""
    applying, links = Applying(office), Links(office)
    case = CasePage(office, "cases.overview", _("My applications"))

    def overview(person: Person) -> Response:
        asked = store.Asked(person.federation.path, over=True, opened_person=person.session.person)
        with office.reading() as connection:
            rows, _total = store.listed(connection, asked)
        return shell.page("portals/cases/mine.html", person, rows=rows, states=STATE)

    def tasks(person: Person) -> tuple[Task, ...]:
        asked = store.Asked(
            person.federation.path, state="asked", opened_person=person.session.person
        )
        with office.reading() as connection:
            rows, _total = store.listed(connection, asked)
        href = [shell.link(person, "cases.case", reference=row.reference) for row in rows]
        words = _("A question about your application waits for your answer")
        return tuple(Task(words, one) for one in href)

    return Section(
        "cases",
        _("Applications"),
        (
            Route("overview", "", SIGNED_IN, get=overview, menu=_("My applications")),
            Route(
                "apply",
                "new",
                SIGNED_IN,
                get=applying.page,
                post=applying.page,
                menu=_("Apply for membership"),
            ),
            Route("officer", "officer/<code>", SIGNED_IN, get=links.officer, post=links.officer),
            Route("claim", "claim/<code>", SIGNED_IN, get=links.claim, post=links.claim),
            Route("case", "<reference>", SIGNED_IN, get=case.show, post=case.act),
        ),
        purpose=_("Apply for your organisation to become a member, and see how it goes."),
        tasks=tasks,
        only=lambda person: person.account is None,
    )
