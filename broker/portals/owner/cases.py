"""Cases in which an organisation asks for roles of a service: its owner decides their part."""

from dataclasses import replace

from flask import Response

from broker.cases import store
from broker.portals import shell
from broker.portals.casework.deciding import CasePage
from broker.portals.casework.lists import asked, filters, listed
from broker.portals.office import Office
from broker.portals.permissions import OWNERS, may
from broker.portals.person import Person
from broker.portals.routes import Route, Task
from broker.web.language import Text as _


def routes(office: Office) -> tuple[Route, ...]:
    """The pages of cases."""
    case = CasePage(office, "service.cases", _("Organisations that apply"))
    needs = may("case.decide.service_owner", by=OWNERS)

    def overview(person: Person) -> Response:
        said = filters()
        question = replace(asked(person, said), services=_owned(person))
        return shell.page(
            "portals/service/cases.html",
            person,
            filters=said,
            listed=listed(office, person, question),
        )

    return (
        Route("cases", "cases", needs, get=overview, menu=_("Organisations that apply")),
        Route("case", "cases/<reference>", needs, get=case.show, post=case.act),
    )


def tasks(office: Office, person: Person) -> tuple[Task, ...]:
    """What waits for the owner, for the front page."""
    question = store.Asked(
        person.federation.path, waits_for="service_owner", services=_owned(person)
    )
    with office.reading() as connection:
        waiting = store.counted(connection, question)
    if not waiting:
        return ()
    words = _("Organisations that apply for your services:")
    return (Task(f"{words} {waiting}", shell.link(person, "service.cases", waits="service_owner")),)


def _owned(person: Person) -> tuple[str, ...]:
    held = person.actor.mandates
    return tuple(sorted({m.service for m in held if m.service and m.kind == "service_owner"}))
