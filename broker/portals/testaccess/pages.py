"""The pages of those who decide about vendors: owners for their services, operators for all."""

from dataclasses import dataclass
from uuid import UUID

from flask import Response, request

from broker.errors import Refused, Unknown
from broker.portals import shell
from broker.portals.casework.making import deed, party
from broker.portals.forms import Form, Needed, Short, TextAreaField
from broker.portals.listing import asked_page, paged
from broker.portals.office import Office
from broker.portals.permissions import Need
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.portals.testaccess.making import vendors
from broker.portals.testaccess.showing import AccessRow, rows, shown
from broker.portals.testaccess.wording import DONE, HAPPENED
from broker.saml.keys import Certificate
from broker.vendors.model import LASTING, SystemCertificate
from broker.vendors.service import Evidence
from broker.web.language import Text as _

NAME = _("Vendors with test access")


class Why(Form):
    """A reason alone."""

    reason = TextAreaField(_("Why"), validators=[Needed(_("Write why")), Short(500)])


@dataclass(frozen=True, slots=True)
class VendorPages:
    """The same pages in one section or another."""

    office: Office
    section: str
    look: Need
    change: Need
    everywhere: bool = False  # at every service of the federation, not at one's own alone

    def routes(self) -> tuple[Route, ...]:
        """The list, one, and the two things that are done to it."""
        one = "vendors/<uuid:access>"
        return (
            Route("vendors", "vendors", self.look, get=self.listed, menu=NAME),
            Route("keys", "vendors/<service>/certificates", self.look, get=self.certificates),
            Route("access", one, self.look, get=self.one),
            Route("extend", f"{one}/extend", self.change, get=self.extend, post=self.extend),
            Route("revoke", f"{one}/revoke", self.change, get=self.revoke, post=self.revoke),
        )

    def listed(self, person: Person) -> Response:
        """Who has access to which interface; those that can be used alone unless all are asked."""
        services = None if self.everywhere else person.services
        found = vendors(self.office).of_vendors(party(person), person.federation.path, services)
        every = rows(self.office, found, person.now)
        interfaces = {f"{one.access.service}/{one.access.interface}": one for one in every}
        chosen, whole = request.args.get("interface", ""), request.args.get("all") == "1"
        sought = request.args.get("q", "").strip()[:100].casefold()
        kept = [
            one
            for one in every
            if (whole or one.state in LASTING)
            and chosen in ("", f"{one.access.service}/{one.access.interface}")
            and _fits(one, sought)
        ]
        return shell.page(
            "portals/vendor/decide_list.html",
            person,
            listed=paged(kept, asked_page(request.args.get("page"))),
            interfaces=sorted(interfaces.items()),
            chosen=chosen,
            whole=whole,
            any=bool(every),
            services={one.access.service: one.service for one in every},
        )

    def certificates(self, person: Person, service: str) -> Response:
        """What counts now, as a file for the test environment: each certificate under its names."""
        known, path, who = vendors(self.office), person.federation.path, party(person)
        found = rows(self.office, known.of_vendors(who, path, (service,)), person.now)
        if not found:
            raise Unknown("vendor.unknown", "no vendor at such a service of theirs")
        blocks = []
        for one in found:
            if one.state == "open":
                kept = known.evidence(who, path, one.access.id).certificates
                blocks += [written(one, each) for each in kept if each.until is None]
        response = Response("\n".join(blocks), content_type="application/x-pem-file")
        name = f"{found[0].access.service}-vendors.pem"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        response.headers["Cache-Control"] = "no-store"
        return response

    def one(self, person: Person, access: UUID) -> Response:
        """One access with its evidence."""
        evidence = self._evidence(person, access)
        view = shown(self.office, person, evidence)
        kept = person.thing(service=evidence.access.service)
        return shell.page(
            "portals/vendor/decide_one.html",
            person,
            crumbs=self._crumbs(person, evidence.access.product),
            notice=DONE.get(request.args.get("done", "")),
            view=view,
            happened=HAPPENED,
            may_change=person.may("vendor.end", kept),
        )

    def extend(self, person: Person, access: UUID) -> Response:
        """Another year."""
        return self._change(person, access, "extend")

    def revoke(self, person: Person, access: UUID) -> Response:
        """Take it back."""
        return self._change(person, access, "revoke")

    def _change(self, person: Person, access: UUID, what: str) -> Response:
        evidence = self._evidence(person, access)
        person.demand(
            "vendor.extend" if what == "extend" else "vendor.end",
            person.thing(service=evidence.access.service),
        )
        form = Why(version=str(evidence.access.version))
        service = vendors(self.office)
        act = service.extend if what == "extend" else service.revoke
        if form.sent():
            said = str(form.version.data)
            version = int(said) if said.isascii() and said.isdigit() else 0
            why = " ".join(str(form.reason.data).split())
            try:
                act(party(person), access, version, deed(person, why))
            except Refused as error:
                form.refuse(error, field="reason" if error.code.startswith("input.") else None)
                form.version.data = str(evidence.access.version)
            else:
                done = "extended" if what == "extend" else "revoked"
                return shell.back(person, f"{self.section}.access", access=access, done=done)
        title = _("Prolong the access") if what == "extend" else _("Take the access back")
        return shell.page(
            "portals/vendor/decide_change.html",
            person,
            crumbs=self._crumbs(person, evidence.access.product, title),
            form=form,
            view=shown(self.office, person, evidence),
            what=what,
            title=title,
        )

    def _evidence(self, person: Person, access: UUID) -> Evidence:
        return vendors(self.office).evidence(party(person), person.federation.path, access)

    def _crumbs(self, person: Person, *names: _ | str) -> list[Crumb]:
        home = Crumb(NAME, shell.link(person, f"{self.section}.vendors"))
        return [home, *(Crumb(name) for name in names)]


def written(one: AccessRow, certificate: SystemCertificate) -> str:
    """A certificate as text, below whose it is, for what and until when."""
    access = one.access
    names = f"{access.service}/{access.interface}; {access.organisation}; CVR {access.cvr}"
    about = f"# {names}; {access.product}; {one.last:%Y-%m-%d}"
    pem = Certificate(certificate.der).pem().decode()
    return f"{about}\n# SHA-256 {certificate.fingerprint}\n{pem}"


def _fits(one: AccessRow, sought: str) -> bool:
    access = one.access
    return not sought or any(
        sought in text.casefold() for text in (access.organisation, access.product, access.cvr)
    )
