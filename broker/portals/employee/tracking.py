"""My requests: where each of them is, with whom and since when; withdraw, answer a question."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from flask import Response
from flask import request as asked_of

from broker.db import Connection
from broker.errors import BrokerError, Unknown
from broker.organisations.model import Account
from broker.portals import shell
from broker.portals.employee import days
from broker.portals.employee.done import notice
from broker.portals.employee.naming import Names, names_of, people_behind
from broker.portals.employee.whom import Whom, givers, steps
from broker.portals.employee.working import Working, complain, deed, own
from broker.portals.forms import Form, Needed, Short, TextAreaField
from broker.portals.listing import asked_page, paged
from broker.portals.person import Person
from broker.portals.shell import Crumb
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.model import Role
from broker.roles.requests.lists import Item
from broker.roles.requests.model import OPEN, Decision, Verb
from broker.saml.entities import Localised
from broker.web.language import Text
from broker.web.language import Text as _

REQUESTS = _("My requests")
View = Callable[..., Response]

ACTIONS = {
    "add": _("A new role"),
    "remove": _("Take a role away"),
    "change": _("Change what narrows a role"),
    "extend": _("Extend a role"),
}
STATES = {
    "submitted": _("Waits for a decision"),
    "info_needed": _("Waits for your answer"),
    "approved": _("Approved"),
    "rejected": _("Rejected"),
    "cancelled": _("Withdrawn"),
    "expired": _("Ran out without a decision"),
    "done": _("Approved, and given"),
    "failed": _("Approved, but could not be given"),
}
_VERBS: dict[Verb, Text] = {
    "approve": _("Approved"),
    "reject": _("Rejected"),
    "ask": _("Asked you a question"),
    "answer": _("You answered"),
    "forward": _("Passed on to a colleague"),
    "withdraw": _("You withdrew the request"),
}


class Answer(Form):
    """What one answers to whoever asked back."""

    comment = TextAreaField(
        _("Your answer"), validators=[Needed(_("Write your answer")), Short(500)]
    )


class Withdraw(Form):
    """Nothing to fill in: the page says what happens."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done to a request."""

    words: Text
    who: str | Text = field(repr=False)
    at: datetime
    comment: str = field(repr=False)
    scopes: tuple[Localised, ...] | None  # the narrower ones that were approved
    until: datetime | None  # the earlier end that was approved


@dataclass(frozen=True, slots=True)
class Row:
    """A request on the list."""

    item: Item
    name: Localised
    service: Localised
    action: Text
    state: Text
    due: datetime | None
    open: bool


def row_of(item: Item, names: Names, catalogue: Catalogue, person: Person) -> Row:
    """A request in words."""
    role = catalogue.role(item.filed.request.role)
    return Row(
        item,
        names.role(role),
        names.service(person.federation.path, item.filed.service),
        ACTIONS[item.filed.request.action],
        STATES[item.standing.state],
        days.last_day(item.standing.due),
        item.standing.state in OPEN,
    )


def requests_page(working: Working) -> View:
    """All that one asked for, newest first."""

    def requests(person: Person) -> Response:
        own(person)
        with working.office.reading() as connection:
            catalogue = working.catalogue(connection)
            names = Names(catalogue, person.now)
            mine = working.lists.mine(connection, person.actor, person.now)
            rows = [row_of(one, names, catalogue, person) for one in mine]
        listed = paged(rows, asked_page(asked_of.args.get("page")))
        return shell.page(
            "portals/mine/requests.html", person, crumbs=[Crumb(REQUESTS)], listed=listed
        )

    return requests


def request_page(working: Working) -> View:
    """One request; its form answers a question."""

    def one(person: Person, asked: UUID) -> Response:
        account = own(person)
        form = Answer()
        if form.sent():
            try:
                with working.office.writing() as connection:
                    _mine(working, connection, person, asked)
                    said = deed(person, str(form.comment.data))
                    working.requests.answer(connection, person.actor, asked, said)
            except BrokerError as error:
                _unless_hidden(error)
                complain(form, _names(working, person), error, field="comment")
            else:
                return shell.back(person, "mine.request", asked=asked, done="answered")
        with working.office.reading() as connection:
            item = _mine(working, connection, person, asked)
            told = _told(working, connection, person, account, item)
        crumbs = [
            Crumb(REQUESTS, shell.link(person, "mine.requests")),
            Crumb(item.filed.request.number),
        ]
        return shell.page(
            "portals/mine/request.html",
            person,
            crumbs=crumbs,
            form=form,
            notice=notice(),
            told=told,
        )

    return one


def withdraw_page(working: Working) -> View:
    """Withdraw a request: asked once more, on a page of its own."""

    def withdraw(person: Person, asked: UUID) -> Response:
        account = own(person)
        form = Withdraw()
        if form.sent():
            try:
                with working.office.writing() as connection:
                    _mine(working, connection, person, asked)
                    said = deed(person, "withdrawn by whoever asked")
                    working.requests.withdraw(connection, person.actor, asked, said)
            except BrokerError as error:
                _unless_hidden(error)
                complain(form, _names(working, person), error)
            else:
                return shell.back(person, "mine.request", asked=asked, done="withdrawn")
        with working.office.reading() as connection:
            item = _mine(working, connection, person, asked)
            told = _told(working, connection, person, account, item)
        number = item.filed.request.number
        crumbs = [
            Crumb(REQUESTS, shell.link(person, "mine.requests")),
            Crumb(number, shell.link(person, "mine.request", asked=asked)),
            Crumb(_("Withdraw")),
        ]
        return shell.page("portals/mine/withdraw.html", person, crumbs=crumbs, form=form, told=told)

    return withdraw


def _names(working: Working, person: Person) -> Names:
    return Names(working.office.catalogue.current(), person.now)


def _unless_hidden(error: BrokerError) -> None:
    if isinstance(error, Unknown):
        raise error


def _mine(working: Working, connection: Connection, person: Person, asked: UUID) -> Item:
    """A request of one's own. Raises Unknown for everybody else's, whatever mandates one has."""
    item = working.lists.one(connection, person.actor, asked, person.now)
    request = item.filed.request
    if not person.actor.is_any_of(request.requester, request.subject):
        raise Unknown("request.unknown", "somebody else's")
    return item


def _told(
    working: Working, connection: Connection, person: Person, account: Account, item: Item
) -> dict[str, object]:
    catalogue, request = working.catalogue(connection), item.filed.request
    scopes = [*request.scopes, *(s for one in request.decisions for s in one.scopes or ())]
    names = names_of(connection, catalogue, scopes, person.now)
    role = catalogue.role(request.role)
    people = givers(connection, person, account)
    return {
        "row": row_of(item, names, catalogue, person),
        "request": request,
        "standing": item.standing,
        "scopes": [names.scope(one) for one in request.scopes],
        "until": days.last_day(request.period.ends),
        "due": days.last_day(item.standing.due),
        "stages": _stages(item, role, names, person, people),
        "history": _history(connection, request.decisions, names, person.now),
        "outcome": names.objection(request.outcome) if request.outcome else None,
        "answering": item.standing.state == "info_needed",
    }


def _stages(
    item: Item, role: Role | None, names: Names, person: Person, people: tuple[str, ...]
) -> list[tuple[str, Whom]]:
    """Every step with how it stands: passed, now, or still to come."""
    found = []
    request, standing = item.filed.request, item.standing
    for number, stage in enumerate(request.stages):
        (whom,) = steps([stage.approver], role, names, person, people)
        if number < request.stage or standing.state == "done":
            state = "passed"
        elif number == request.stage and standing.state in OPEN:
            state = "now"
        else:
            state = "later" if standing.state in OPEN else "never"
        found.append((state, whom))
    if standing.escalations:
        further = steps(standing.approvers[1:], role, names, person, people)
        found += [("now", whom) for whom in further]
    return found


def _history(
    connection: Connection, decisions: tuple[Decision, ...], names: Names, at: datetime
) -> list[Step]:
    people = people_behind(connection, [one.label for one in decisions], at)
    return [
        Step(
            _VERBS[one.verb],
            people[one.label],
            one.at,
            "" if one.verb == "withdraw" else one.comment,
            None if one.scopes is None else tuple(names.scope(s) for s in one.scopes),
            days.last_day(one.until),
        )
        for one in decisions
    ]
