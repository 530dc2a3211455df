"""The application of an organisation: prefilled with what the login says."""

from dataclasses import dataclass

from flask import Response, request

from broker.cases import wanting
from broker.errors import NotAllowed, Refused
from broker.portals import shell
from broker.portals.casework.forms import Apply, application, offer, refuse, wanted
from broker.portals.casework.making import cases, deed, party
from broker.portals.office import Office
from broker.portals.person import Person
from broker.portals.shell import Crumb
from broker.web.language import Text as _
from broker.web.render import go_to


@dataclass(frozen=True, slots=True)
class Applying:
    """The page and what it sends."""

    office: Office

    def page(self, person: Person) -> Response:
        """The form; sent and in order, it is a case."""
        session = person.session
        form = Apply()
        offer(form, self.office, person)
        if request.method == "GET":
            form.name.data = session.workplace or ""
            form.applicant_name.data = person.name
        known = self._known(person)
        if person.cvr is None or known or not form.sent():
            return self._shown(person, form, known=known)
        try:
            reference = self._send(person, form, person.cvr)
        except Refused as error:
            form.refuse(error)
        except NotAllowed as error:  # a limit that the roles do not take, or no such unit
            refuse(form, error, "unit")
        else:
            return go_to(f"{shell.link(person, 'cases.case', reference=reference)}?done=opened")
        return self._shown(person, form, known=known)

    def _send(self, person: Person, form: Apply, cvr: str) -> str:
        path, who = person.federation.path, party(person)
        asked = application(form, cvr, wanted(form, self.office, person)).checked()
        with self.office.reading() as connection:
            catalogue = self.office.catalogue.current_in(connection)
            wanting.checked(connection, catalogue, path, asked.roles, person.now)
            opening = wanting.joining(connection, path, who, asked, person.now)
        return cases(self.office).open(who, opening, deed(person, "ansøgning")).reference

    def _known(self, person: Person) -> bool:
        """Whether there is a member of that number: then its administrators are to be asked."""
        if person.cvr is None:
            return False
        with self.office.reading() as connection:
            return wanting.is_member(connection, person.federation.path, person.cvr, person.now)

    def _shown(self, person: Person, form: Apply, *, known: bool) -> Response:
        crumbs = (Crumb(_("Apply for membership")),)
        return shell.page("portals/cases/apply.html", person, crumbs=crumbs, form=form, known=known)
