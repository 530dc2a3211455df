"""Copying from a colleague: a list to tick, on which nothing sensitive is ticked beforehand."""

from uuid import UUID

from flask import Response, request

from broker.db import Connection
from broker.errors import BrokerError, Refused, Unknown
from broker.organisations.model import Account
from broker.portals import shell
from broker.portals.forms import Form, Needed, Short, StringField, TextAreaField
from broker.portals.office import Office
from broker.portals.organisation.counter import Counter, colleague, deed, refuse
from broker.portals.organisation.finding import others
from broker.portals.organisation.giving import GIVES
from broker.portals.organisation.holders import demand, holder_of
from broker.portals.organisation.pages import page
from broker.portals.organisation.person import at, crumbs
from broker.portals.organisation.wording import Wording
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.roles.grants.copying import Tick, copyable
from broker.roles.requests.model import Request
from broker.web.language import Text as _


class Copy(Form):
    """Why the person needs what is ticked."""

    reason = TextAreaField(
        _("Why"), validators=[Needed(_("Write why they need the roles")), Short(500)]
    )
    case_no = StringField(_("Case number"), validators=[Short(64)])


def routes(office: Office) -> tuple[Route, ...]:
    """The pages."""
    desk, where = _Desk(office), "people/<uuid:account>/copy"
    ticks = f"{where}/<uuid:source>"
    return (
        Route("copy", where, GIVES, get=desk.find),
        Route("copy_from", ticks, GIVES, get=desk.copy, post=desk.copy),
    )


class _Desk:
    def __init__(self, office: Office) -> None:
        self._office = office
        self._counter = Counter(office)

    def find(self, person: Person, account: UUID) -> Response:
        """From whom: to begin with, whoever works in the same unit."""
        text = request.args.get("q", "").strip()[:100]
        with self._office.reading() as connection:
            one = colleague(connection, person, account)
            demand(connection, person, holder_of(connection, person, account, None), "grant.give")
            wording = Wording(connection, self._counter.catalogue(connection), person.now)
            units = None if text or not one.home_code else (one.home_code,)
            found = others(connection, person, wording, text, (account,), units=units)
        return page(
            "portals/org/copy.html",
            person,
            crumbs=crumbs(person, one, _("Copy from a colleague")),
            one=one,
            others=found,
            q=text,
            home=at(person, one),
        )

    def copy(self, person: Person, account: UUID, source: UUID) -> Response:
        """The colleague's roles to tick; what was ticked is given, all of it or nothing."""
        with self._office.reading() as connection:
            one = colleague(connection, person, account)
            other = colleague(connection, person, source)
            demand(connection, person, holder_of(connection, person, account, None), "grant.give")
            ticks = self._ticks(connection, person, one, other)
            wording = Wording(connection, self._counter.catalogue(connection), person.now)
            wording.learn(scope for tick in ticks for scope in tick.wanted.scopes)
            roles = [tick.wanted.role for tick in ticks]
            asks = self._counter.four_eyes.asked(connection, roles, person.now)
            rows = [
                (
                    tick,
                    role,
                    wording.within(role, tick.wanted.scopes),
                    [wording.objection(objection) for objection in tick.objections],
                    [wording.objection(remark) for remark in tick.warnings],
                    tick.wanted.role in asks,
                )
                for tick in ticks
                for role in (wording.role(tick.wanted.role),)
            ]
        form = Copy()
        chosen = request.form.getlist("grant")
        if form.sent():
            try:
                done = self._given(person, ticks, chosen, form)
            except Unknown:
                raise
            except BrokerError as error:
                refuse(form, error)
            else:
                what = "asked" if all(isinstance(d, Request) for d in done) else "several"
                return shell.back(person, "org.person", account=account, done=what)
        ticked = (
            set(chosen)
            if request.method == "POST"
            else {str(tick.source.id) for tick in ticks if tick.ticked}
        )
        return page(
            "portals/org/copy_from.html",
            person,
            crumbs=crumbs(person, one, _("Copy from a colleague")),
            one=one,
            other=other,
            rows=rows,
            ticked=ticked,
            form=form,
            home=at(person, one),
        )

    def _ticks(
        self, connection: Connection, person: Person, one: Account, other: Account
    ) -> tuple[Tick, ...]:
        grants, actor = self._counter.grants, person.actor
        return copyable(grants, connection, actor, other.id, one.id, person.now)

    def _given(
        self, person: Person, ticks: tuple[Tick, ...], chosen: list[str], form: Copy
    ) -> tuple[object, ...]:
        """Give what was ticked. Raises Refused("org.nothing") where that is nothing."""
        wanted = [tick.wanted for tick in ticks if str(tick.source.id) in chosen]
        if not wanted:
            raise Refused("org.nothing", "nothing is ticked")
        why = deed(person, form.reason.data, form.case_no.data)
        with self._office.writing() as connection:
            return self._counter.four_eyes.give_all(connection, person.actor, wanted, why)
