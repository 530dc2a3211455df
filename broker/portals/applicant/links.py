"""Links in mails: of the security officer who approves, and of an administrator who begins.

A link proves nothing by itself. Whoever uses it is logged in, for the organisation of the case.
Looking at it changes nothing, so what looks at links before people do spends none.
"""

from dataclasses import dataclass

from flask import Response, request

from broker.errors import NotAllowed, Refused
from broker.organisations.claims import Arrival, ClaimService
from broker.portals import shell
from broker.portals.casework.deciding import APPROVED
from broker.portals.casework.forms import Officer
from broker.portals.casework.making import cases, deed, party
from broker.portals.casework.showing import shown
from broker.portals.mounting import login_url
from broker.portals.office import Office
from broker.portals.person import Person
from broker.portals.shell import Crumb
from broker.web.language import Text as _
from broker.web.render import go_to


@dataclass(frozen=True, slots=True)
class Links:
    """The pages of links."""

    office: Office

    def officer(self, person: Person, code: str) -> Response:
        """What the security officer approves or refuses."""
        service, who = cases(self.office), party(person)
        case, step = service.of_code(who, code)
        if who.cvr != case.cvr:
            raise NotAllowed("case.officer_cvr", "logged in for another organisation")
        form = Officer(version=str(case.version))
        if form.sent():
            choice, said = str(form.deed.data), str(form.reason.data or "").strip()
            if choice == "refuse" and not said:
                form.reason.errors = [_("Write why")]
            else:
                act = service.approve if choice == "approve" else service.refuse
                version = str(form.version.data)
                asked = int(version) if version.isdigit() else 0
                try:
                    why = deed(person, said or APPROVED)
                    act(who, case.id, step, asked, why, code=code)
                except Refused as error:
                    form.refuse(error)
                else:
                    return go_to(request.path)
        found = case.step(step)
        crumbs = (Crumb(_("Approve an application")),)
        return shell.page(
            "portals/cases/officer.html",
            person,
            crumbs=crumbs,
            form=form,
            view=shown(self.office, person, case),
            step=found,
            own=self._own(person, case.opened_by.person),
        )

    def claim(self, person: Person, code: str) -> Response:
        """Let whoever is logged in have the account that the link is for."""
        if request.method == "GET":
            return shell.page(
                "portals/cases/claim.html", person, crumbs=(Crumb(_("Begin as administrator")),)
            )
        idps = self.office.registry.current().idps_by_entity(
            person.federation.path, [person.session.idp]
        )
        if not idps or person.cvr is None:
            raise NotAllowed("claim.wrong", "a login of no organisation")
        arrival = Arrival(person.federation.path, person.session.person, (), person.cvr, idps[0])
        ClaimService(self.office.desk, self.office.identities).use(
            arrival, code, deed(person, "link i mail")
        )
        # The next login asserts the account that is theirs from now on.
        return go_to(login_url(person.federation, f"/{person.federation.path}/portal/"))

    @staticmethod
    def _own(person: Person, opener: object) -> bool:
        return person.session.person == opener
