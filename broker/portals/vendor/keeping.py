"""One access of one's company: what it is, its certificate, and giving it back."""

from dataclasses import dataclass
from uuid import UUID

from flask import Response, request

from broker.errors import Refused
from broker.portals import shell
from broker.portals.casework.building import issuers, refusal
from broker.portals.casework.making import deed, party
from broker.portals.forms import Form, Needed, Short, TextAreaField
from broker.portals.office import Office
from broker.portals.person import Person
from broker.portals.shell import Crumb
from broker.portals.testaccess.making import vendors
from broker.portals.testaccess.showing import AccessView, shown
from broker.portals.testaccess.wording import DONE, HAPPENED
from broker.portals.vendor.forms import Certificate, sent_certificate
from broker.vendors.model import RENEWABLE
from broker.web.language import Text as _


class Back(Form):
    """Why it is needed no more."""

    reason = TextAreaField(_("Why"), validators=[Needed(_("Write why")), Short(500)])


@dataclass(frozen=True, slots=True)
class Keeping:
    """The pages of one access."""

    office: Office

    def show(self, person: Person, access: UUID) -> Response:
        """What it is and what happened to it; who asked can do something about it."""
        view = self._view(person, access)
        found = view.row.access
        near = found.until - person.now <= RENEWABLE
        askable = view.row.offer is not None and view.row.offer.askable(person.now)
        return shell.page(
            "portals/vendor/access.html",
            person,
            crumbs=[Crumb(found.product)],
            notice=DONE.get(request.args.get("done", "")),
            view=view,
            happened=HAPPENED,
            keeps=found.kept_by(party(person)),
            renewable=near and askable and found.ended_how is None,
        )

    def certify(self, person: Person, access: UUID) -> Response:
        """A new certificate."""
        view, form = self._view(person, access), Certificate()
        data = sent_certificate(form) if request.method == "POST" else b""
        if form.sent():
            known = issuers(self.office, person.federation.path)
            why = deed(person, "nyt certifikat")
            try:
                if not data:
                    raise Refused("vendor.no_certificate", "nothing was sent")
                vendors(self.office).certify(party(person), access, data, why, known)
            except Refused as error:
                form.certificate.errors = [refusal(error)]
            else:
                return shell.back(person, "vendor.access", access=access, done="certified")
        return self._form("portals/vendor/certificate.html", person, view, form,
                          _("New certificate"))  # fmt: skip

    def give_back(self, person: Person, access: UUID) -> Response:
        """Needed no more."""
        view = self._view(person, access)
        form = Back(version=str(view.row.access.version))
        if form.sent():
            said = str(form.version.data)
            version = int(said) if said.isascii() and said.isdigit() else 0
            why = deed(person, " ".join(str(form.reason.data).split()))
            try:
                vendors(self.office).give_back(party(person), access, version, why)
            except Refused as error:
                form.refuse(error, field="reason" if error.code.startswith("input.") else None)
            else:
                return shell.back(person, "vendor.access", access=access, done="given_back")
        return self._form("portals/vendor/give_back.html", person, view, form,
                          _("Give the access back"))  # fmt: skip

    def _view(self, person: Person, access: UUID) -> AccessView:
        service = vendors(self.office)
        evidence = service.evidence(party(person), person.federation.path, access)
        return shown(self.office, person, evidence)

    def _form(
        self, template: str, person: Person, view: AccessView, form: Form, title: _
    ) -> Response:
        found = view.row.access
        return shell.page(
            template,
            person,
            crumbs=[
                Crumb(found.product, shell.link(person, "vendor.access", access=found.id)),
                Crumb(title),
            ],
            form=form,
            view=view,
            keeps=found.kept_by(party(person)),
        )
