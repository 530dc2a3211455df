"""What ends soon, and several of them extended at once, each by its own rules."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import Response, request

from broker.db import Connection
from broker.errors import BrokerError, Refused
from broker.portals import shell
from broker.portals.forms import Form, Needed, Short, StringField, TextAreaField
from broker.portals.listing import Listed, asked_page
from broker.portals.office import Office
from broker.portals.organisation import dates, store
from broker.portals.organisation.counter import Counter, deed, home, refuse, told
from broker.portals.organisation.pages import page
from broker.portals.organisation.people import READS
from broker.portals.organisation.wording import Named, Wording
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.roles.grants import store as grant_store
from broker.web.language import Text as _

DAYS = (14, 30, 60, 90)
SIZE = 50


class Extend(Form):
    """Until when, and why."""

    until = StringField(_("New last day"), validators=[Needed(_("Write the last day")), Short(20)])
    reason = TextAreaField(_("Why"), validators=[Needed(_("Write why")), Short(500)])


@dataclass(frozen=True, slots=True)
class Row:
    """One role that ends."""

    id: UUID
    name: str
    href: str
    role: Named
    within: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Done:
    """How many were extended, and why others were not."""

    number: int
    failed: tuple[tuple[str, str, str], ...]


def routes(office: Office) -> tuple[Route, ...]:
    """The page."""
    desk = _Desk(office)
    menu = _("Ends soon")
    return (Route("expiring", "expiring", READS, get=desk.show, post=desk.show, menu=menu),)


class _Desk:
    def __init__(self, office: Office) -> None:
        self._office = office
        self._counter = Counter(office)

    def show(self, person: Person) -> Response:
        """The list; what is ticked is extended, and what could not be is told."""
        form, done = Extend(), Done(0, ())
        may = person.may("grant.change", person.thing(organisation=home(person).id))
        ticked = request.form.getlist("grant")
        if may and form.sent():
            try:
                done = self._extend(person, form, ticked)
            except BrokerError as error:
                refuse(form, error, "until" if error.code == "org.date" else None)
            else:
                ticked, form = [], Extend(formdata=None)
        number, days = asked_page(request.args.get("page")), _days()
        with self._office.reading() as connection:
            listed, rows = self._rows(connection, person, number, days)
        return page(
            "portals/org/expiring.html",
            person,
            crumbs=[Crumb(_("Ends soon"))],
            form=form,
            listed=listed,
            rows=rows,
            days=days,
            ticked={value.partition(" ")[0] for value in ticked},
            may_extend=may,
            done=done.number,
            failed=done.failed,
        )

    def _rows(
        self, connection: Connection, person: Person, number: int, days: int
    ) -> tuple[Listed[Row], list[Row]]:
        here, at = home(person).id, person.now
        before = at + timedelta(days=days)
        total = store.ending(connection, here, at, before)
        found = store.ending_page(
            connection, here, at, before, offset=(number - 1) * SIZE, limit=SIZE
        )
        grants = {one.id: one for one in grant_store.grants(connection, [id_ for id_, _ in found])}
        wording = Wording(connection, self._counter.catalogue(connection), at)
        wording.learn(scope for grant in grants.values() for scope in grant.scopes)
        rows = []
        for id_, name in found:
            grant = grants[id_]
            role = wording.role(grant.role)
            href = (
                shell.link(person, "org.person", account=grant.account)
                if grant.account
                else shell.link(person, "org.group", group=grant.group)
            )
            within = wording.within(role, grant.scopes)
            rows.append(Row(id_, name, href, role, within, grant.period.until))
        return Listed(rows, number, total, SIZE), rows

    def _extend(self, person: Person, form: Extend, ticked: list[str]) -> Done:
        """Extend each by itself, in one transaction.

        Raises Refused("org.date" | "org.nothing"). What somebody changed meanwhile is left.
        """
        until = dates.ends(form.until.data)
        if until is None:
            raise Refused("org.date", "no day")
        if not ticked:
            raise Refused("org.nothing", "nothing is ticked")
        number, failed = 0, []
        here = home(person).id
        with self._office.writing() as connection:
            wording = Wording(connection, self._counter.catalogue(connection), person.now)
            for value in ticked[: 2 * SIZE]:
                id_, seen = _parted(value)
                known = grant_store.grant(connection, id_)
                if known is None or known.organisation != here:
                    continue
                role = wording.role(known.role)
                try:
                    if known.period.until.isoformat() != seen:
                        raise Refused("org.changed", "changed meanwhile")
                    # A savepoint: whatever a rule objects to leaves nothing behind.
                    with connection.begin_nested():
                        self._counter.four_eyes.extend(
                            connection, person.actor, id_, until, deed(person, form.reason.data)
                        )
                    number += 1
                except BrokerError as error:
                    failed.append((role.name, role.service, told(error)))
        return Done(number, tuple(failed))


def _parted(value: str) -> tuple[UUID, str]:
    """A grant, and when it ended as the page was made. Raises Refused("org.nothing")."""
    id_, _, seen = value.partition(" ")
    try:
        return UUID(id_), seen
    except ValueError as error:
        raise Refused("org.nothing", "no grant") from error


def _days() -> int:
    asked = request.args.get("days", "30")
    return int(asked) if asked in map(str, DAYS) else 30
