"""The desk: somebody is found, and what happened to their logins is told in words.

Whoever looks says why first. Every page about a person is in the audit trail.
"""

from dataclasses import dataclass
from uuid import UUID

from flask import Response, request

from broker.audit.flights import store as flights
from broker.audit.flights.model import Flight
from broker.db import Connection
from broker.errors import BrokerError, Unknown
from broker.organisations import store as organisations
from broker.organisations.model import Account
from broker.organisations.store.finding import accounts_of_person, find_people
from broker.portals import shell
from broker.portals.forms import Form, Needed, Short, StringField
from broker.portals.listing import SIZE, Listed, asked_page
from broker.portals.looking import store as looks
from broker.portals.looking.model import Look
from broker.portals.looking.service import Looking, What
from broker.portals.office import Office
from broker.portals.operator.telling import Teller
from broker.portals.operator.words import account_state
from broker.portals.permissions import OPERATORS, may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.roles.grants.store import reports
from broker.web.language import Text as _

SEARCH = _("Help a user")


class Search(Form):
    """Whom or what somebody asks about, and why."""

    sought = StringField(_("Name, mail or reference"), validators=[Short()])
    reason = StringField(
        _("Why do you look"), validators=[Needed(_("Write why you look")), Short(500)]
    )
    case_no = StringField(_("Case number"), validators=[Short(64)])


@dataclass(frozen=True, slots=True)
class Desk:
    """The pages, over one office."""

    office: Office

    @property
    def looking(self) -> Looking:
        """Who may look, and what is kept of it."""
        return Looking(self.office.audit)

    def search(self, person: Person) -> Response:
        """The form."""
        form = Search()
        return self._search(person, form)

    def begin(self, person: Person) -> Response:
        """A look begins."""
        form = Search()
        if form.sent():
            try:
                with self.office.writing() as connection:
                    look = self.looking.begin(
                        connection,
                        person.actor,
                        person.federation.path,
                        str(form.sought.data or ""),
                        str(form.reason.data or ""),
                        str(form.case_no.data or ""),
                        person.now,
                    )
            except BrokerError as error:
                if error.code not in ("desk.cpr", "desk.short", "desk.reason"):
                    raise
                form.refuse(error, field="reason" if error.code == "desk.reason" else "sought")
            else:
                return shell.back(person, "operator.found", look=look.id)
        return self._search(person, form)

    def found(self, person: Person, look: UUID) -> Response:
        """What a look found: people, or the ends of one login."""
        with self.office.writing() as connection:
            opened = self._opened(connection, person, look)
            path = person.federation.path
            if opened.reference is None:
                people = find_people(connection, path, opened.sought, person.now)
                return shell.page(
                    "portals/operator/desk_found.html",
                    person,
                    crumbs=self._crumbs(person, opened, last=True),
                    look=opened,
                    people=people,
                    account_state=account_state,
                )
            self.looking.saw(connection, opened, "login", None, opened.reference, person.now)
            flown = flights.under(connection, path, opened.reference)
            about = [self._account(connection, flight, person) for flight in flown]
        teller = self.teller(person)
        return shell.page(
            "portals/operator/desk_login.html",
            person,
            crumbs=self._crumbs(person, opened, last=True),
            look=opened,
            reference=opened.reference,
            told=[(teller.tell(one), account) for one, account in zip(flown, about, strict=True)],
        )

    def person(self, person: Person, look: UUID, account: UUID) -> Response:
        """Somebody, and their latest logins."""
        with self.office.writing() as connection:
            opened = self._opened(connection, person, look)
            whom = self.whom(connection, person, account)
            self.looking.saw(connection, opened, "person", whom.id, "", person.now)
            home = organisations.organisation(connection, whom.organisation, person.now)
            identities = organisations.identities(connection, whom.id)
            persons = [whom.person] if whom.person else []
            flown = flights.of_persons(connection, person.federation.path, persons)
            kin = organisations.same_human(connection, whom.id) - {whom.id}
            others = [organisations.account(connection, one, person.now) for one in sorted(kin)]
        teller = self.teller(person)
        return shell.page(
            "portals/operator/desk_person.html",
            person,
            crumbs=(*self._crumbs(person, opened), Crumb(whom.display_name)),
            look=opened,
            whom=whom,
            account_state=account_state,
            home=home,
            identities=identities,
            logins=[teller.tell(one) for one in flown],
            others=[one for one in others if one is not None],
        )

    def login(self, person: Person, look: UUID, account: UUID, reference: str) -> Response:
        """One login of somebody."""
        with self.office.writing() as connection:
            opened = self._opened(connection, person, look)
            whom = self.whom(connection, person, account)
            self.looking.saw(connection, opened, "login", whom.id, reference, person.now)
            every = flights.under(connection, person.federation.path, reference)
        flown = [one for one in every if one.person is not None and one.person == whom.person]
        if not flown:
            raise Unknown("desk.login", "no login of that person's under the reference")
        teller = self.teller(person)
        crumb = Crumb(
            whom.display_name,
            shell.link(person, "operator.desk_person", look=opened.id, account=whom.id),
        )
        return shell.page(
            "portals/operator/desk_login.html",
            person,
            crumbs=(*self._crumbs(person, opened), crumb, Crumb(reference)),
            look=opened,
            reference=reference,
            told=[(teller.tell(one), whom) for one in flown],
        )

    def looked(self, person: Person) -> Response:
        """Who looked, when and why: for operators among themselves, and for auditors."""
        number = asked_page(request.args.get("page"))
        with self.office.reading() as connection:
            rows, total = looks.latest(connection, person.federation.path, number, SIZE)
            whose = reports.persons(connection, {look.account for look in rows}, person.now)
        return shell.page(
            "portals/operator/desk_looks.html",
            person,
            crumbs=(Crumb(_("Who has looked")),),
            listed=Listed(rows, number, total),
            whose={key: one.name for key, one in whose.items()},
        )

    # --- parts ------------------------------------------------------------------------------

    def teller(self, person: Person) -> Teller:
        """What tells flights of this federation."""
        with self.office.reading() as connection:
            catalogue = self.office.catalogue.current_in(connection)
        return Teller(self.office.registry.current(), catalogue, person.federation.path)

    def whom(self, connection: Connection, person: Person, account: UUID) -> Account:
        """An account of this federation. Raises Unknown("account.unknown")."""
        whom = organisations.account(connection, account, person.now)
        if whom is None or whom.federation != person.federation.path:
            raise Unknown("account.unknown", "no account of this federation")
        return whom

    def saw(
        self, connection: Connection, person: Person, look: UUID, what: What, account: UUID
    ) -> tuple[Look, Account]:
        """A page about somebody, under a look that counts; it is in the audit trail."""
        opened = self._opened(connection, person, look)
        whom = self.whom(connection, person, account)
        self.looking.saw(connection, opened, what, whom.id, "", person.now)
        return opened, whom

    def _opened(self, connection: Connection, person: Person, look: UUID) -> Look:
        return self.looking.opened(
            connection, person.actor, person.federation.path, look, person.now
        )

    def _account(self, connection: Connection, flight: Flight, person: Person) -> Account | None:
        """Whose login it was: the account that acted, else the only one that the person has."""
        if flight.account is not None:
            return organisations.account(connection, flight.account, person.now)
        if flight.person is None:
            return None
        known = accounts_of_person(connection, flight.person, person.now)
        return known[0] if len(known) == 1 else None

    def _search(self, person: Person, form: Search) -> Response:
        return shell.page(
            "portals/operator/desk_search.html", person, crumbs=(Crumb(SEARCH),), form=form
        )

    def _crumbs(self, person: Person, look: Look, *, last: bool = False) -> tuple[Crumb, ...]:
        search = Crumb(SEARCH, shell.link(person, "operator.desk"))
        where = None if last else shell.link(person, "operator.found", look=look.id)
        return (search, Crumb(look.sought, where))


def routes(office: Office) -> tuple[Route, ...]:
    """The pages of the desk."""
    desk, look = Desk(office), may("desk.look", by=OPERATORS)
    return (
        Route("desk", "desk", look, get=desk.search, post=desk.begin, menu=SEARCH),
        Route("looks", "desk/looks", may("federation.read", by=OPERATORS), get=desk.looked),
        Route("found", "desk/<uuid:look>", look, get=desk.found),
        Route("desk_person", "desk/<uuid:look>/<uuid:account>", look, get=desk.person),
        Route("desk_login", "desk/<uuid:look>/<uuid:account>/<reference>", look, get=desk.login),
    )
