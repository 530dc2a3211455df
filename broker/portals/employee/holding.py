"""One role of mine: everything about it, extend it, or give it back."""

from collections.abc import Callable
from uuid import UUID

from flask import Response

from broker.db import Connection
from broker.errors import BrokerError, NotAllowed, Refused, Unknown
from broker.organisations.model import Account
from broker.portals import shell
from broker.portals.employee import days
from broker.portals.employee.naming import Names
from broker.portals.employee.overview import Held, roles_held
from broker.portals.employee.whom import Whom, givers, steps
from broker.portals.employee.working import Working, complain, deed, own
from broker.portals.forms import Form, Needed, Short, StringField, TextAreaField
from broker.portals.person import Person
from broker.portals.shell import Crumb
from broker.roles.requests.model import Asked, Outlook
from broker.web.language import Text, said
from broker.web.language import Text as _

GIVEN_BACK = "given back by whoever held it"
View = Callable[..., Response]


class Extend(Form):
    """Until when, and what it is still needed for."""

    until = StringField(
        _("New last day"), validators=[Needed(_("Write the last day on which you need the role"))]
    )
    reason = TextAreaField(
        _("What do you still need it for?"),
        validators=[Needed(_("Write what you still need the role for")), Short(500)],
    )


class GiveBack(Form):
    """Perhaps why."""

    reason = TextAreaField(_("Why"), validators=[Short(500)])


def role_page(working: Working) -> View:
    """One role that somebody has."""

    def show(person: Person, held: UUID) -> Response:
        account = own(person)
        with working.office.reading() as connection:
            one = _mine(connection, working, person, account, held)
            people = givers(connection, person, account)
        crumbs = [Crumb(said(one.name))]
        return shell.page("portals/mine/role.html", person, crumbs=crumbs, one=one, people=people)

    return show


def extend_page(working: Working) -> View:
    """Ask for a role to end later; who decided it first decides this as well."""

    def extend(person: Person, held: UUID) -> Response:
        account = own(person)
        form = Extend()
        with working.office.writing() as connection:
            one = _mine(connection, working, person, account, held)
            if not one.can_be_longer():
                raise NotAllowed("request.not_extendable", "no end of its own")
            form.version.data = one.period.until.isoformat()
            if form.sent():
                cart = _send(working, connection, person, account, one, form)
                if cart is not None:
                    return shell.back(person, "mine.sent", cart=cart)
            deciders = _steps(working, connection, person, account, one)
        return shell.page(
            "portals/mine/extend.html",
            person,
            crumbs=_crumbs(person, one, _("Extend")),
            one=one,
            form=form,
            steps=deciders,
            until=days.last_day(one.period.ends),
        )

    return extend


def _send(
    working: Working,
    connection: Connection,
    person: Person,
    account: Account,
    one: Held,
    form: Extend,
) -> UUID | None:
    try:
        until = days.ends(str(form.until.data))
    except Refused as error:
        form.refuse(error, field="until")
        return None
    asked = Asked("extend", account.id, None, one.id, (), None, until)
    try:
        with connection.begin_nested():
            made = working.sender.send(
                connection, person.actor, [asked], deed(person, str(form.reason.data))
            )
    except NotAllowed as error:
        names = Names(working.catalogue(connection), person.now)
        complain(form, names, error, field="until" if error.code.startswith("grant.") else None)
        return None
    except Refused as error:
        form.refuse(error, field="reason")
        return None
    return made[0].cart


def _steps(
    working: Working, connection: Connection, person: Person, account: Account, one: Held
) -> tuple[Whom, ...]:
    """Who would decide; nobody where it is extended at once."""
    asked = Asked("extend", account.id, None, one.id, (), None, one.period.until)
    outlooks: tuple[Outlook, ...] = working.sender.preview(
        connection, person.actor, [asked], deed(person, "")
    )
    approvers = [stage.approver for stage in outlooks[0].stages]
    names = Names(working.catalogue(connection), person.now)
    return steps(approvers, one.role, names, person, givers(connection, person, account))


def give_back_page(working: Working) -> View:
    """Give a role back: asked once more, and then it counts no more."""

    def give_back(person: Person, held: UUID) -> Response:
        account = own(person)
        form = GiveBack()
        with working.office.reading() as connection:
            one = _mine(connection, working, person, account, held)
        if not one.mine:
            raise NotAllowed("grant.not_yours", "held through a group")
        if form.sent():
            try:
                why = " ".join(str(form.reason.data or "").split()) or GIVEN_BACK
                with working.office.writing() as connection:
                    working.grants.give_back(connection, person.actor, held, deed(person, why))
            except BrokerError as error:
                names = Names(working.office.catalogue.current(), person.now)
                field = "reason" if isinstance(error, Refused) else None
                complain(form, names, error, field=field)
            else:
                return shell.back(person, "mine.overview", done="given_back")
        crumbs = _crumbs(person, one, _("Give back"))
        return shell.page("portals/mine/give_back.html", person, crumbs=crumbs, one=one, form=form)

    return give_back


def _mine(
    connection: Connection, working: Working, person: Person, account: Account, held: UUID
) -> Held:
    """A role that this account has or will have. Raises Unknown for all others."""
    for one in roles_held(connection, working, person, account):
        if one.id == held:
            return one
    raise Unknown("grant.unknown", "not a grant of theirs")


def _crumbs(person: Person, one: Held, last: Text) -> list[Crumb]:
    where = shell.link(person, "mine.role", held=one.id)
    return [Crumb(said(one.name), where), Crumb(last)]
