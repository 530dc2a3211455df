"""Groups: who is in them, and the roles that they all have by it."""

from uuid import UUID

from flask import Response, request

from broker.db import Connection
from broker.errors import BrokerError, Unknown
from broker.organisations import store as organisations
from broker.organisations.model import Account, AccountState, Group, Membership
from broker.portals import shell
from broker.portals.forms import Form, Needed, Short, StringField, TextAreaField
from broker.portals.listing import SIZE, Listed, asked_page, paged
from broker.portals.office import Office
from broker.portals.organisation import dates
from broker.portals.organisation import held as having
from broker.portals.organisation.counter import Counter, deed, group_of, home, refuse
from broker.portals.organisation.finding import others
from broker.portals.organisation.pages import page
from broker.portals.organisation.people import READS
from broker.portals.organisation.wording import Wording
from broker.portals.permissions import ORGANISATION, may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.roles.grants.store.reports import persons
from broker.web.language import Text
from broker.web.language import Text as _

MAKES = may("group.change", by=ORGANISATION)
JOINS = may("group.member", by=ORGANISATION)
_HERE: tuple[AccountState, ...] = ("active", "pending")
_WHY = Needed(_("Write why"))

DONE: dict[str, Text] = {
    "made": _("The group is made."),
    "renamed": _("The group has its new name."),
    "joined": _("The person is in the group, and has its roles from the next login."),
    "out": _("The person is out of the group, and loses its roles from the next login."),
    "given": _("The role is given. It counts from the next login."),
    "ended": _("The last day is changed."),
    "narrowed": _("The role is narrowed. It counts from the next login."),
    "revoked": _("The role is taken back. It counts no more from the next login."),
}


class Named(Form):
    """A name, and why."""

    name = StringField(_("Name"), validators=[Needed(_("Write a name")), Short(120)])
    reason = TextAreaField(_("Why"), validators=[_WHY, Short(500)])


class Join(Form):
    """Until when somebody is in the group, and why."""

    until = StringField(_("Last day"), validators=[Short(20)])
    reason = TextAreaField(_("Why"), validators=[_WHY, Short(500)])


class Out(Form):
    """Why somebody is no longer in it."""

    reason = TextAreaField(_("Why"), validators=[_WHY, Short(500)])


def routes(office: Office) -> tuple[Route, ...]:
    """The pages."""
    desk, one = _Desk(office), "groups/<uuid:group>"
    member = f"{one}/members/<uuid:account>"
    return (
        Route("groups", "groups", READS, get=desk.listed, menu=_("Groups")),
        Route("group_new", "groups/new", MAKES, get=desk.make, post=desk.make),
        Route("group", one, READS, get=desk.show),
        Route("group_rename", f"{one}/name", MAKES, get=desk.rename, post=desk.rename),
        Route("group_find", f"{one}/members", JOINS, get=desk.find),
        Route("group_join", member, JOINS, get=desk.join, post=desk.join),
        Route("group_out", f"{member}/out", JOINS, get=desk.out, post=desk.out),
    )


class _Desk:
    def __init__(self, office: Office) -> None:
        self._office = office
        self._counter = Counter(office)

    def listed(self, person: Person) -> Response:
        """Every group, by name, with how many are in it."""
        here, number = home(person), asked_page(request.args.get("page"))
        with self._office.reading() as connection:
            total = organisations.number_of_groups(connection, here.id)
            number = min(number, max(1, -(-total // SIZE)))
            groups = organisations.some_groups(
                connection, here.id, offset=(number - 1) * SIZE, limit=SIZE
            )
            many = organisations.how_many_in(connection, [one.id for one in groups], person.now)
        return page(
            "portals/org/groups.html",
            person,
            crumbs=[Crumb(_("Groups"))],
            listed=Listed(groups, number, total),
            rows=[(one, many.get(one.id, 0)) for one in groups],
            may_make=person.may("group.change", person.thing(organisation=here.id)),
        )

    def make(self, person: Person) -> Response:
        """A new group."""
        form, here = Named(), home(person)
        if form.sent():
            try:
                why = deed(person, form.reason.data)
                made = self._counter.groups.create(
                    person.actor, here.id, str(form["name"].data), why
                )
            except BrokerError as error:
                refuse(form, error, "name" if error.code == "group.exists" else None)
            else:
                return shell.back(person, "org.group", group=made, done="made")
        listed = Crumb(_("Groups"), shell.link(person, "org.groups"))
        return page(
            "portals/org/group_name.html",
            person,
            crumbs=[listed, Crumb(_("Make a group"))],
            form=form,
            group=None,
            back=shell.link(person, "org.groups"),
        )

    def show(self, person: Person, group: UUID) -> Response:
        """Who is in it, and its roles."""
        with self._office.reading() as connection:
            one = group_of(connection, person, group)
            wording = Wording(connection, self._counter.catalogue(connection), person.now)
            held = having.of_group(connection, wording, group, one.organisation)
            members = paged(
                _members(connection, person, group), asked_page(request.args.get("page"))
            )
        thing = person.thing(organisation=one.organisation)
        return page(
            "portals/org/group.html",
            person,
            crumbs=_crumbs(person, one),
            notice=DONE.get(request.args.get("done", "")),
            group=one,
            held=held,
            listed=members,
            may={
                "give": person.may("grant.give", thing),
                "revoke": person.may("grant.revoke", thing),
                "join": person.may("group.member", thing),
                "rename": person.may("group.change", thing),
            },
        )

    def rename(self, person: Person, group: UUID) -> Response:
        """Another name; one that somebody gave it meanwhile is shown."""
        with self._office.reading() as connection:
            one = group_of(connection, person, group)
        form = Named(name=one.name, version=one.name)
        changes = form.changed({"name": one.name}, one.name)
        if not changes and form.sent():
            try:
                why = deed(person, form.reason.data)
                self._counter.groups.rename(person.actor, group, str(form["name"].data), why)
            except Unknown:
                raise
            except BrokerError as error:
                refuse(form, error, "name" if error.code == "group.exists" else None)
            else:
                return shell.back(person, "org.group", group=group, done="renamed")
        return page(
            "portals/org/group_name.html",
            person,
            409 if changes else 200,
            crumbs=_crumbs(person, one, _("Another name")),
            form=form,
            changes=changes,
            group=one,
            back=shell.link(person, "org.group", group=group),
        )

    def find(self, person: Person, group: UUID) -> Response:
        """Whom to put into it."""
        text = request.args.get("q", "").strip()[:100]
        with self._office.reading() as connection:
            one = group_of(connection, person, group)
            inside = organisations.members(connection, group, person.now)
            wording = Wording(connection, self._counter.catalogue(connection), person.now)
            found = others(
                connection,
                person,
                wording,
                text,
                inside | person.actor.accounts,  # the person is one of these
                states=_HERE,
            )
        return page(
            "portals/org/group_find.html",
            person,
            crumbs=_crumbs(person, one, _("Put somebody in")),
            group=one,
            others=found,
            q=text,
        )

    def join(self, person: Person, group: UUID, account: UUID) -> Response:
        """Put somebody in: the roles that come with it stand on the page."""
        with self._office.reading() as connection:
            one, other = self._both(connection, person, group, account)
            wording = Wording(connection, self._counter.catalogue(connection), person.now)
            held = having.of_group(connection, wording, group, one.organisation)
        form = Join()
        if form.sent():
            try:
                why = deed(person, form.reason.data)
                until = dates.ends(form.until.data)
                self._counter.groups.join(person.actor, group, account, why, until=until)
            except Unknown:
                raise
            except BrokerError as error:
                refuse(form, error, "until" if error.code == "org.date" else None)
            else:
                return shell.back(person, "org.group", group=group, done="joined")
        return page(
            "portals/org/group_join.html",
            person,
            crumbs=_crumbs(person, one, _("Put somebody in")),
            group=one,
            other=other,
            held=held,
            form=form,
        )

    def out(self, person: Person, group: UUID, account: UUID) -> Response:
        """Take somebody out."""
        with self._office.reading() as connection:
            one, other = self._both(connection, person, group, account)
            wording = Wording(connection, self._counter.catalogue(connection), person.now)
            held = having.of_group(connection, wording, group, one.organisation)
        form = Out()
        if form.sent():
            try:
                why = deed(person, form.reason.data)
                self._counter.groups.leave(person.actor, group, account, why)
            except Unknown:
                raise
            except BrokerError as error:
                refuse(form, error)
            else:
                return shell.back(person, "org.group", group=group, done="out")
        return page(
            "portals/org/group_out.html",
            person,
            crumbs=_crumbs(person, one, _("Take somebody out")),
            group=one,
            other=other,
            held=held,
            form=form,
        )

    @staticmethod
    def _both(
        connection: Connection, person: Person, group: UUID, account: UUID
    ) -> tuple[Group, Account]:
        one = group_of(connection, person, group)
        other = organisations.account(connection, account, person.now)
        if other is None or other.organisation != one.organisation:
            raise Unknown("account.unknown", "no such account here")
        return one, other


def _members(connection: Connection, person: Person, group: UUID) -> list[tuple[str, Membership]]:
    found = organisations.memberships(connection, group, person.now)
    names = persons(connection, {one.account for one in found}, person.now)
    rows = [(names[one.account].name, one) for one in found if one.account in names]
    return sorted(rows, key=lambda row: (row[0].casefold(), row[1].period.since))


def _crumbs(person: Person, one: Group, last: Text | None = None) -> list[Crumb]:
    listed = Crumb(_("Groups"), shell.link(person, "org.groups"))
    if last is None:
        return [listed, Crumb(one.name)]
    return [listed, Crumb(one.name, shell.link(person, "org.group", group=one.id)), Crumb(last)]
