"""Somebody new: added, with a code that lets them in at their first login."""

from uuid import UUID

from flask import Response, request

from broker.db import Connection
from broker.errors import BrokerError, Refused, Unknown
from broker.organisations.claims import LIFE
from broker.organisations.people import NewPerson
from broker.portals.forms import Form, Needed, RadioField, Short, StringField, TextAreaField
from broker.portals.office import Office
from broker.portals.organisation import units
from broker.portals.organisation.counter import Counter, colleague, deed, home, refuse
from broker.portals.organisation.pages import page
from broker.portals.organisation.person import crumbs
from broker.portals.permissions import ORGANISATION, may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb, link
from broker.web.language import Text as _

ADDS = may("person.add", by=ORGANISATION)


class Placed(Form):
    """A unit, and which one where several fit."""

    unit = StringField(_("Unit"), validators=[Short(100)])
    which = RadioField(_("Which of these?"), choices=[], validate_choice=False)

    def code(self, connection: Connection, person: Person) -> str | None:
        """The unit that was said; None for none.

        Raises Refused("org.unit"), and "org.which" where several fit: the form then asks.
        """
        text = str(self.which.data or "").strip() or str(self.unit.data or "").strip()
        if not text:
            return None
        found = units.fitting(connection, text, home(person), person.now)
        if len(found) > 1:
            units.offer(self.which, found)
            raise Refused("org.which", "several units fit")
        return found[0].code


class Add(Placed):
    """Who it is, where they work, and why they are added."""

    name = StringField(_("Name"), validators=[Needed(_("Write the name")), Short(200)])
    email = StringField(_("Mail address at work"), validators=[Short(254)])
    reason = TextAreaField(_("Why"), validators=[Needed(_("Write why")), Short(500)])


class Again(Form):
    """Why a new code is needed."""

    reason = TextAreaField(_("Why"), validators=[Needed(_("Write why")), Short(500)])


def routes(office: Office) -> tuple[Route, ...]:
    """The pages."""
    desk = _Desk(office)
    code = "people/<uuid:account>/code"
    return (
        Route("add", "people/add", ADDS, get=desk.add, post=desk.add),
        Route("invite", code, ADDS, get=desk.invite, post=desk.invite),
    )


class _Desk:
    def __init__(self, office: Office) -> None:
        self._office = office
        self._counter = Counter(office)

    def add(self, person: Person) -> Response:
        """Add somebody; the code is shown once."""
        form, here = Add(), home(person)
        if form.sent():
            try:
                with self._office.reading() as connection:
                    unit = form.code(connection, person)
                fresh = NewPerson(str(form["name"].data), str(form.email.data or "") or None, unit)
                why = deed(person, form.reason.data)
                added = self._counter.people.add(person.actor, here.id, fresh, why)
            except BrokerError as error:
                refuse(form, error, _FIELDS.get(error.code))
            else:
                return self._code(person, added.account, added.code or "")
        listed = Crumb(_("People"), link(person, "org.people"))
        return page(
            "portals/org/add.html",
            person,
            crumbs=[listed, Crumb(_("Add or invite somebody"))],
            form=form,
        )

    def invite(self, person: Person, account: UUID) -> Response:
        """Another code for somebody who has not begun; the earlier one ends."""
        with self._office.reading() as connection:
            one = colleague(connection, person, account)
        form = Again()
        if form.sent():
            try:
                why = deed(person, form.reason.data)
                code = self._counter.claims.issue(person.actor, account, why)
            except Unknown:
                raise
            except BrokerError as error:
                refuse(form, error)
            else:
                return self._code(person, account, code)
        return page(
            "portals/org/invite.html",
            person,
            crumbs=crumbs(person, one, _("New code")),
            one=one,
            form=form,
        )

    def _code(self, person: Person, account: UUID, code: str) -> Response:
        """The code, which is never shown again: so this is the answer to the form itself."""
        with self._office.reading() as connection:
            one = colleague(connection, person, account)
        return page(
            "portals/org/code.html",
            person,
            crumbs=crumbs(person, one, _("Code for the first login")),
            one=one,
            code=code,
            where=request.url_root.rstrip("/") + link(person, "org.claim"),
            until=person.now + LIFE,
        )


_FIELDS = {
    "org.unit": "unit",
    "org.which": "unit",
    "input.mail": "email",
}
