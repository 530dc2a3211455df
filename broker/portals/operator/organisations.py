"""Organisations as the operator sees them: state, administrators, alarms, and what helps."""

from dataclasses import dataclass
from uuid import UUID

from flask import Response, request

from broker.cases import store as cases
from broker.errors import BrokerError
from broker.mail.cases import ClaimFacts
from broker.mail.model import Event, Recipient
from broker.organisations import store
from broker.organisations.appointing import AppointService
from broker.organisations.claims import LIFE
from broker.organisations.mandating import Wanted
from broker.organisations.model import Organisation, OrganisationState
from broker.organisations.people import NewPerson
from broker.organisations.service import OrganisationService
from broker.organisations.services import RegisteredServices
from broker.portals import shell
from broker.portals.casework.lists import row
from broker.portals.casework.making import deed
from broker.portals.forms import (
    Form,
    Needed,
    RadioField,
    Short,
    StringField,
    TextAreaField,
    choice,
)
from broker.portals.listing import asked_page, paged
from broker.portals.office import Office
from broker.portals.operator.rights import entitled
from broker.portals.permissions import OPERATORS, may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.web.language import Text
from broker.web.language import Text as _
from broker.web.render import go_to

STATES: dict[OrganisationState, Text] = {
    "pending": _("Not active yet"),
    "active": _("Is active"),
    "suspended": _("Is suspended"),
    "closed": _("Closed"),
}
_DONE = {
    "appointed": _("The administrator has been named, and has got a mail with a link."),
    "active": _("The organisation is active."),
    "suspended": _("The organisation is suspended. Nothing that its people have counts now."),
}


class Appoint(Form):
    """Somebody who administers from the first day."""

    name = StringField(_("Name"), validators=[Needed(_("Write the name")), Short()])
    email = StringField(_("Mail address"), validators=[Needed(_("Write the mail address"))])
    reason = TextAreaField(
        _("How you know that they speak for the organisation"),
        validators=[Needed(_("Write how you know it")), Short(500)],
    )


class Become(Form):
    """Another state of an organisation."""

    state = RadioField(
        _("What to do with it"),
        choices=[choice("suspended", _("Suspend")), choice("active", _("Let it be active"))],
        validators=[Needed(_("Choose what should happen"))],
    )
    reason = TextAreaField(_("Why"), validators=[Needed(_("Write why")), Short(500)])


@dataclass(frozen=True, slots=True)
class Organisations:
    """The pages of organisations."""

    office: Office

    def listed(self, person: Person) -> Response:
        """All of the federation, filtered by the address."""
        args, path = request.args, person.federation.path
        search, state = args.get("q", "").strip().casefold(), args.get("state", "")
        with self.office.reading() as connection:
            found = store.organisations(connection, path, person.now)
            none, alone = store.understaffed(connection, person.now, path)
        alarmed = {**dict.fromkeys(alone, 1), **{one.organisation: 0 for one in none}}
        rows = [
            one
            for one in found
            if all(word in f"{one.name} {one.cvr}".casefold() for word in search.split())
            and state in ("", one.state)
            and (args.get("alarm") != "1" or one.id in alarmed)
        ]
        return shell.page(
            "portals/operator/organisations.html",
            person,
            listed=paged(rows, asked_page(args.get("page"))),
            alarmed=alarmed,
            states=STATES,
            search=args.get("q", ""),
            state=state,
            alarm=args.get("alarm") == "1",
        )

    def show(self, person: Person, organisation: UUID) -> Response:
        """One organisation."""
        home = self._home(person, organisation)
        with self.office.reading() as connection:
            people = store.holders(
                connection, home.federation, person.now, "org_chief", "org_admin",
                organisation=home.id,
            )  # fmt: skip
            asked = cases.Asked(home.federation, over=True, organisation=home.id)
            files, _total = cases.listed(connection, asked, size=10)
            why = store.reason_of_state(connection, home.id, person.now)
            left = store.administrators(connection, home.id, person.now)
        return shell.page(
            "portals/operator/organisation.html",
            person,
            crumbs=self._crumbs(person, home),
            notice=_DONE.get(request.args.get("done", "")),
            home=home,
            state=STATES[home.state],
            people=people,
            left=left,
            why=why,
            cases=[row(one, person.now) for one in files],
            entitled=entitled(self.office, person, home),
        )

    def appoint(self, person: Person, organisation: UUID) -> Response:
        """Name an administrator: the way back where all have gone, and a second one."""
        home, form = self._home(person, organisation), Appoint()
        if form.sent():
            newcomer = NewPerson(str(form.name.data), str(form.email.data))
            service = AppointService(self.office.desk, self.office.identities, RegisteredServices())
            try:
                added, _given = service.appoint(
                    person.actor, home.id, newcomer, Wanted("org_admin"),
                    deed(person, str(form.reason.data)),
                )  # fmt: skip
            except BrokerError as error:
                form.refuse(error)
            else:
                self._write_to(person, home, str(form.email.data), added.account, added.code)
                return self._back(person, home, "appointed")
        return shell.page(
            "portals/operator/appoint.html",
            person,
            crumbs=self._crumbs(person, home, _("Name an administrator")),
            form=form,
            home=home,
        )

    def become(self, person: Person, organisation: UUID) -> Response:
        """Suspend it, or let it be active."""
        home, form = self._home(person, organisation), Become()
        if form.sent():
            service, state = OrganisationService(self.office.desk), str(form.state.data)
            act = service.suspend if state == "suspended" else service.activate
            try:
                act(person.actor, home.id, deed(person, str(form.reason.data)))
            except BrokerError as error:
                form.refuse(error)
            else:
                return self._back(person, home, state)
        return shell.page(
            "portals/operator/become.html",
            person,
            crumbs=self._crumbs(person, home, _("Suspend or activate")),
            form=form,
            home=home,
        )

    def _write_to(
        self, person: Person, home: Organisation, to: str, account: UUID, code: str | None
    ) -> None:
        """The link, in a mail of its own: an account without one is made anew by the operator."""
        if code is None:
            return
        url = f"{person.federation.base}/portal/cases/claim/{code}"
        facts = ClaimFacts(person.federation.name, home.name, url, person.now + LIFE)
        event = Event("case-claim", str(account), "appointed", facts)
        with self.office.writing() as connection:
            recipient = Recipient(to, "asked", "da")
            self.office.letters.put(connection, event, (recipient,), person.now)

    def _home(self, person: Person, organisation: UUID) -> Organisation:
        service = OrganisationService(self.office.desk)
        return service.read(person.actor, organisation, person.now)

    def _crumbs(
        self, person: Person, home: Organisation, page: Text | None = None
    ) -> tuple[Crumb, ...]:
        first = Crumb(_("Organisations"), shell.link(person, "operator.organisations"))
        if page is None:
            return (first, Crumb(home.name))
        own = shell.link(person, "operator.organisation", organisation=home.id)
        return (first, Crumb(home.name, own), Crumb(page))

    @staticmethod
    def _back(person: Person, home: Organisation, done: str) -> Response:
        own = shell.link(person, "operator.organisation", organisation=home.id)
        return go_to(f"{own}?done={done}")


def routes(office: Office) -> tuple[Route, ...]:
    """The pages of organisations."""
    pages = Organisations(office)
    needs = may("organisation.read", by=OPERATORS)
    one = "organisations/<uuid:organisation>"
    return (
        Route("organisations", "organisations", needs, get=pages.listed, menu=_("Organisations")),
        Route("organisation", one, needs, get=pages.show),
        Route(
            "appoint",
            f"{one}/administrator",
            may("organisation.change", by=OPERATORS, fresh=True),
            get=pages.appoint,
            post=pages.appoint,
        ),
        Route(
            "become",
            f"{one}/state",
            may("organisation.change", by=OPERATORS),
            get=pages.become,
            post=pages.become,
        ),
    )
