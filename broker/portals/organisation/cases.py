"""More services for an organisation that is a member: its administrator asks, and follows it."""

from dataclasses import replace

from flask import Response, request

from broker.cases import wanting
from broker.cases.documents import Accessing
from broker.errors import NotAllowed, Refused
from broker.portals import shell
from broker.portals.casework.deciding import CasePage
from broker.portals.casework.forms import Roles, offer, refuse, wanted
from broker.portals.casework.lists import asked, filters, listed
from broker.portals.casework.making import cases, deed, party
from broker.portals.office import Office
from broker.portals.permissions import ORGANISATION, may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.web.language import Text as _
from broker.web.render import go_to


def routes(office: Office) -> tuple[Route, ...]:
    """The pages of cases."""
    case = CasePage(office, "org.cases", _("More services"))
    needs = may("case.open", by=ORGANISATION)

    def overview(person: Person) -> Response:
        home, said = person.organisation, filters()
        if home is None:
            raise NotAllowed("portal.no_account", "of no organisation")
        question = replace(
            asked(person, replace(said, state=said.state or "all")), organisation=home.id
        )
        rows = listed(office, person, question)
        return shell.page("portals/org/cases.html", person, listed=rows)

    def new(person: Person) -> Response:
        home, form = person.organisation, Roles()
        if home is None:
            raise NotAllowed("portal.no_account", "of no organisation")
        offer(form, office, person)
        if form.sent():
            try:
                reference = _send(office, person, form)
            except Refused as error:
                form.refuse(error)
            except NotAllowed as error:
                refuse(form, error, "unit")
            else:
                return go_to(f"{shell.link(person, 'org.case', reference=reference)}?done=opened")
        elif request.method == "GET":
            form.purpose.data = ""
        crumbs = (
            Crumb(_("More services"), shell.link(person, "org.cases")),
            Crumb(_("Ask for more roles")),
        )
        return shell.page("portals/org/case_new.html", person, crumbs=crumbs, form=form)

    return (
        Route("cases", "cases", needs, get=overview, menu=_("More services")),
        Route("case_new", "cases/new", needs, get=new, post=new),
        Route("case", "cases/<reference>", needs, get=case.show, post=case.act),
    )


def _send(office: Office, person: Person, form: Roles) -> str:
    home = person.organisation
    if home is None:
        raise NotAllowed("portal.no_account", "of no organisation")
    asked_for = Accessing(wanted(form, office, person), str(form.purpose.data)).checked()
    with office.reading() as connection:
        catalogue = office.catalogue.current_in(connection)
        wanting.checked(connection, catalogue, home.federation, asked_for.roles, person.now)
        opening = wanting.accessing(connection, party(person), home, asked_for, person.now)
    return cases(office).open(party(person), opening, deed(person, "flere roller")).reference
