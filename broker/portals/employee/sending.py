"""When and why, a check of the answers with every conflict, and the receipt."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from flask import Response, request

from broker.db import Connection
from broker.errors import NotAllowed, Refused, Unknown
from broker.organisations.model import Account
from broker.periods import FOREVER
from broker.portals import shell
from broker.portals.employee import days
from broker.portals.employee.asking import ASK
from broker.portals.employee.naming import Names, names_of
from broker.portals.employee.whom import Whom, givers, steps
from broker.portals.employee.working import Working, complain, deed, own
from broker.portals.forms import Form, Needed, Short, StringField, TextAreaField
from broker.portals.person import Person
from broker.portals.shell import Crumb
from broker.roles.grants.terms import latest
from broker.roles.model import Role
from broker.roles.requests import store
from broker.roles.requests.drafts import Draft
from broker.roles.requests.model import Outlook
from broker.roles.requests.sending import spoken
from broker.saml.entities import Localised
from broker.web.language import Text as _

View = Callable[..., Response]
REASON = 500


class Why(Form):
    """From when, until when, and what it is for: for everything in the cart."""

    since = StringField(_("From which day"))
    until = StringField(_("Until and including which day"))
    reason = TextAreaField(
        _("What do you need it for?"),
        validators=[Needed(_("Write what you need the roles for")), Short(REASON)],
    )


class Send(Form):
    """Nothing but the version of the cart that was checked."""


@dataclass(frozen=True, slots=True)
class Line:
    """One role as the check shows it."""

    role: Role
    name: Localised
    service: Localised
    scopes: tuple[Localised, ...]
    narrows: bool
    objections: tuple[Localised, ...]
    remarks: tuple[Localised, ...]
    steps: tuple[Whom, ...]
    expected: datetime | None
    sensitive: bool


def why_page(working: Working) -> View:
    """When and why."""

    def why(person: Person) -> Response:
        account = own(person)
        with working.office.writing() as connection:
            draft = store.draft(connection, account.id, person.now)
            if not draft.picked:
                return shell.back(person, "mine.ask")
            form = Why(
                since=days.written(draft.since),
                until=days.written(days.last_day(draft.until)),
                reason=draft.reason,
            )
            if form.sent():
                changed = _changed(form, draft, person.now)
                if changed is not None:
                    store.keep_draft(connection, account.id, changed, person.now)
                    return shell.back(person, "mine.check")
            ending = _ending(working, connection, draft, person)
        back = Crumb(ASK, shell.link(person, "mine.ask"))
        crumbs = [back, Crumb(_("When and why"))]
        return shell.page("portals/mine/why.html", person, crumbs=crumbs, form=form, ending=ending)

    return why


def _changed(form: Why, draft: Draft, now: datetime) -> Draft | None:
    """The draft with what the form says; None where a field is faulty, which the form then says."""
    said: dict[str, datetime | None] = {}
    for name in ("since", "until"):
        text = str(form[name].data or "")
        try:
            said[name] = days.begins(text, now) if name == "since" else days.ends(text)
        except Refused as error:
            form.refuse(error, field=name)
    try:
        reason = spoken(str(form.reason.data))
    except Refused as error:
        form.refuse(error, field="reason")
        return None
    if form.errors:
        return None
    until = said["until"]
    if until is not None and until <= max(said["since"] or now, now):
        form.refuse(Refused("input.ends_before", "ends before it begins"), field="until")
        return None
    return replace(draft, since=said["since"], until=until, reason=reason)


def _ending(
    working: Working, connection: Connection, draft: Draft, person: Person
) -> list[tuple[Localised, datetime]]:
    """Roles of the cart that end by themselves, and the last day that they can hold."""
    catalogue = working.catalogue(connection)
    found = []
    for one in draft.picked:
        role = catalogue.role(one.role)
        version = role.at(person.now) if role else None
        most = latest(version, draft.since or person.now) if version else FOREVER
        if version is not None and most < FOREVER:
            found.append((version.name, most - timedelta(seconds=1)))
    return found


def check_page(working: Working) -> View:
    """Check your answers; then it is sent."""

    def check(person: Person) -> Response:
        account = own(person)
        with working.office.writing() as connection:
            draft = store.draft(connection, account.id, person.now)
            if not draft.picked:
                return shell.back(person, "mine.ask")
            if not draft.reason:
                return shell.back(person, "mine.why")
            form = Send(version=draft.version)
            stale = request.method == "POST" and form.version.data != draft.version
            if stale:
                form.version.data = draft.version
            elif form.sent():
                sent = _send(working, connection, person, account, draft, form)
                if sent is not None:
                    return shell.back(person, "mine.sent", cart=sent)
            lines = _lines(working, connection, person, account, draft)
            people = givers(connection, person, account)
        crumbs = [Crumb(ASK, shell.link(person, "mine.ask")), Crumb(_("Check your answers"))]
        return shell.page(
            "portals/mine/check.html",
            person,
            crumbs=crumbs,
            form=form,
            draft=draft,
            until=days.last_day(draft.until),
            lines=lines,
            stale=stale,
            blocked=any(line.objections for line in lines),
            alone=not people,
        )

    return check


def _send(
    working: Working,
    connection: Connection,
    person: Person,
    account: Account,
    draft: Draft,
    form: Send,
) -> UUID | None:
    """The number of the cart that was sent; None where something objects, which is then shown."""
    try:
        with connection.begin_nested():
            cart = draft.cart(account.id)
            made = working.sender.send(connection, person.actor, cart, deed(person, draft.reason))
            store.keep_draft(connection, account.id, Draft(), person.now)
    except NotAllowed as error:
        # Lines show their own objections; what is about no line is said at the top.
        if not error.code.startswith("grant."):
            complain(form, Names(working.catalogue(connection), person.now), error)
        return None
    return made[0].cart


def _lines(
    working: Working, connection: Connection, person: Person, account: Account, draft: Draft
) -> list[Line]:
    catalogue = working.catalogue(connection)
    names = names_of(connection, catalogue, [s for p in draft.picked for s in p.scopes], person.now)
    people = givers(connection, person, account)
    lines = []
    asked = deed(person, draft.reason)
    cart = draft.cart(account.id)
    for outlook in working.sender.preview(connection, person.actor, cart, asked):
        role = catalogue.role(outlook.asked.role) if outlook.asked.role else None
        if role is not None:
            lines.append(_line(names, person, role, outlook, people))
    return lines


def _line(
    names: Names, person: Person, role: Role, outlook: Outlook, people: tuple[str, ...]
) -> Line:
    version = names.version(role)
    approvers = [stage.approver for stage in outlook.stages]
    return Line(
        role,
        names.role(role),
        names.service(person.federation.path, role.service),
        tuple(names.scope(one) for one in outlook.asked.scopes),
        bool(version and version.delimitations),
        tuple(names.objection(one) for one in outlook.objections),
        tuple(names.objection(one) for one in outlook.remarks),
        steps(approvers, role, names, person, people),
        days.last_day(outlook.expected),
        sensitive=bool(version and version.sensitivity != "normal"),
    )


def sent_page(working: Working) -> View:
    """The receipt: numbers, who decides, and by when."""

    def sent(person: Person, cart: UUID) -> Response:
        account = own(person)
        with working.office.reading() as connection:
            mine = working.lists.mine(connection, person.actor, person.now)
            items = [one for one in mine if one.filed.request.cart == cart]
            if not items:
                raise Unknown("request.unknown", "no such cart of theirs")
            catalogue = working.catalogue(connection)
            names = Names(catalogue, person.now)
            people = givers(connection, person, account)
            told = []
            for item in items:
                role = catalogue.role(item.filed.request.role)
                approvers = item.standing.approvers[:1]
                told.append(
                    {
                        "item": item,
                        "name": names.role(role),
                        "service": names.service(person.federation.path, item.filed.service),
                        "steps": steps(approvers, role, names, person, people),
                        "due": days.last_day(item.standing.due),
                        "code": item.filed.request.outcome.code
                        if item.filed.request.outcome
                        else None,
                    }
                )
        crumbs = [Crumb(ASK, shell.link(person, "mine.ask")), Crumb(_("Receipt"))]
        return shell.page(
            "portals/mine/sent.html", person, crumbs=crumbs, told=told, alone=not people
        )

    return sent
