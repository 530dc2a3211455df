"""Another name, another unit, gone and back: each says first what it means for their access."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import Response, request

from broker.db import Connection
from broker.errors import BrokerError, Unknown
from broker.organisations.model import Account
from broker.portals import shell
from broker.portals.forms import Form, HiddenField, Needed, Short, StringField, TextAreaField
from broker.portals.office import Office
from broker.portals.organisation import dates
from broker.portals.organisation import held as having
from broker.portals.organisation.adding import Placed
from broker.portals.organisation.counter import Counter, colleague, deed, refuse
from broker.portals.organisation.pages import page
from broker.portals.organisation.person import at, crumbs
from broker.portals.organisation.wording import Wording
from broker.portals.permissions import ORGANISATION, may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.roles.grants.model import Grant
from broker.roles.grants.moving import unit_move
from broker.web.language import Text as _

CHANGES = may("person.change", by=ORGANISATION)
LEAVES = may("person.leave", by=ORGANISATION)
_WHY = Needed(_("Write why"))


class Change(Form):
    """Another name or mail address."""

    name = StringField(_("Name"), validators=[Needed(_("Write the name")), Short(200)])
    email = StringField(_("Mail address at work"), validators=[Short(254)])
    reason = TextAreaField(_("Why"), validators=[_WHY, Short(500)])


class Move(Placed):
    """Another unit, and from when."""

    since = StringField(_("First day in the new unit"), validators=[Short(20)])
    reason = TextAreaField(_("Why"), validators=[_WHY, Short(500)])
    step = HiddenField()


class Leave(Form):
    """The last day, and why."""

    until = StringField(_("Last day"), validators=[Short(20)])
    reason = TextAreaField(_("Why"), validators=[_WHY, Short(500)])


class Undo(Form):
    """Why they are back."""

    reason = TextAreaField(_("Why"), validators=[_WHY, Short(500)])


def routes(office: Office) -> tuple[Route, ...]:
    """The pages."""
    desk, where = _Desk(office), "people/<uuid:account>"
    return (
        Route("change", f"{where}/change", CHANGES, get=desk.change, post=desk.change),
        Route("move", f"{where}/move", CHANGES, get=desk.move, post=desk.move),
        Route("leave", f"{where}/leave", LEAVES, get=desk.leave, post=desk.leave),
        Route("undo_leave", f"{where}/back", LEAVES, get=desk.undo, post=desk.undo),
    )


class _Desk:
    def __init__(self, office: Office) -> None:
        self._office = office
        self._counter = Counter(office)

    def change(self, person: Person, account: UUID) -> Response:
        """Correct name and mail address; what somebody else changed meanwhile is shown."""
        one = self._one(person, account)
        version = one.period.since.isoformat()
        form = Change(name=one.display_name, email=one.email or "", version=version)
        changes = form.changed({"name": one.display_name, "email": one.email or ""}, version)

        def do() -> str:
            self._counter.people.change(
                person.actor,
                account,
                deed(person, form.reason.data),
                display_name=str(form["name"].data),
                email=str(form.email.data or ""),
            )
            return "changed"

        if not changes and (done := self._done(person, account, form, do)):
            return done
        return page(
            "portals/org/change.html",
            person,
            409 if changes else 200,
            crumbs=crumbs(person, one, _("Correct name and mail address")),
            one=one,
            form=form,
            changes=changes,
            home=at(person, one),
        )

    def move(self, person: Person, account: UUID) -> Response:
        """Another unit: first what it means for every role, then it is done."""
        one, form, effects = self._one(person, account), Move(step="look"), None
        unit: str | None = None
        with self._office.reading() as connection:
            wording = Wording(connection, self._counter.catalogue(connection), person.now)
            if form.sent():
                try:
                    unit = form.code(connection, person)
                    since = dates.starts(form.since.data, person.now)
                    effects = _effects(connection, wording, one, unit, since or person.now)
                except BrokerError as error:
                    refuse(form, error, _FIELDS.get(error.code))
            names = (wording.unit(one.home_code), wording.unit(unit))

        def do() -> str:
            self._counter.people.move(
                person.actor,
                account,
                unit,
                deed(person, form.reason.data),
                since=dates.starts(form.since.data, person.now),
            )
            return "moved"

        if effects is not None and form.step.data == "move":
            if done := self._done(person, account, form, do):
                return done
            effects = None
        return page(
            "portals/org/move.html" if effects is None else "portals/org/move_look.html",
            person,
            crumbs=crumbs(person, one, _("Move to another unit")),
            one=one,
            form=form,
            effects=effects,
            unit=unit,
            old=names[0],
            new=names[1],
            home=at(person, one),
        )

    def leave(self, person: Person, account: UUID) -> Response:
        """Gone, now or after a last day: nothing of theirs counts then."""
        one, form = self._one(person, account), Leave()

        def do() -> str:
            ends = dates.ends(form.until.data)
            since = None if ends is None or ends <= person.now else ends
            why = deed(person, form.reason.data)
            self._counter.people.leave(person.actor, account, why, since=since)
            return "leaving" if since else "left"

        if done := self._done(person, account, form, do):
            return done
        with self._office.reading() as connection:
            wording = Wording(connection, self._counter.catalogue(connection), person.now)
            listed = having.of_person(connection, wording, one)
        return page(
            "portals/org/leave.html",
            person,
            crumbs=crumbs(person, one, _("The person leaves")),
            one=one,
            form=form,
            held=listed,
            home=at(person, one),
        )

    def undo(self, person: Person, account: UUID) -> Response:
        """Back, with all they had."""
        one, form = self._one(person, account), Undo()

        def do() -> str:
            why = deed(person, form.reason.data)
            self._counter.people.undo_leave(person.actor, account, why)
            return "undone"

        if done := self._done(person, account, form, do):
            return done
        return page(
            "portals/org/undo_leave.html",
            person,
            crumbs=crumbs(person, one, _("Bring the person back")),
            one=one,
            form=form,
            home=at(person, one),
        )

    def _one(self, person: Person, account: UUID) -> Account:
        with self._office.reading() as connection:
            return colleague(connection, person, account)

    @staticmethod
    def _done(person: Person, account: UUID, form: Form, do: Callable[[], str]) -> Response | None:
        """Do what the form asks for where it was sent; None where it has to be shown again."""
        if request.method != "POST" or not form.sent():
            return None
        try:
            what = do()
        except Unknown:
            raise
        except BrokerError as error:
            refuse(form, error, _FIELDS.get(error.code))
            return None
        return shell.back(person, "org.person", account=account, done=what)


_FIELDS = {"org.unit": "unit", "org.which": "unit", "input.mail": "email"}


def _effects(
    connection: Connection, wording: Wording, one: Account, unit: str | None, since: datetime
) -> dict[str, list[tuple[str, str, str]]]:
    """What follows, what is lost and what stays as it is, each role in words."""
    found = unit_move(connection, wording.catalogue, one.id, unit, since)

    def told(grants: tuple[Grant, ...]) -> list[tuple[str, str, str]]:
        wording.learn(scope for grant in grants for scope in grant.scopes)
        rows = []
        for grant in grants:
            role = wording.role(grant.role)
            rows.append((role.name, role.service, wording.within(role, grant.scopes)))
        return rows

    return {"follow": told(found.follow), "lost": told(found.lost), "look": told(found.look)}
