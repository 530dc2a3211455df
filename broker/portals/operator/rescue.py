"""Organisations that nobody administers, and the way back: the operator appoints somebody new.

Who speaks for the organisation is found out first and written down as the reason. The record
says that no other administrator was there, and everybody with a mandate gets a mail.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Response, request

from broker.errors import BrokerError, Unknown
from broker.organisations import store
from broker.organisations.appointing import AppointService
from broker.organisations.mandating import MandateService, Wanted
from broker.organisations.model import MandateKind, Organisation
from broker.organisations.people import NewPerson
from broker.organisations.services import RegisteredServices
from broker.portals import shell
from broker.portals.forms import Form, Needed, RadioField, Short, StringField, choice
from broker.portals.office import Office
from broker.portals.organisation.finding import search
from broker.portals.organisation.here import deed_of, refuse
from broker.portals.permissions import OPERATORS, may
from broker.portals.person import Person
from broker.portals.routes import Route, Task
from broker.portals.shell import Crumb
from broker.web.language import Text as _

_KINDS = [
    choice("org_admin", _("Administrator")),
    choice("org_chief", _("Chief administrator")),
]


class Appoint(Form):
    """Somebody who works there already, and how it is known that they may."""

    kind = RadioField(_("Mandate"), choices=_KINDS, default="org_admin")
    reason = StringField(
        _("How do you know who speaks for the organisation?"),
        validators=[Needed(_("Write how you found out")), Short(500)],
    )
    case_no = StringField(_("Case number"), validators=[Needed(_("Write the case")), Short(64)])


class Newcomer(Appoint):
    """Somebody who is not known here yet."""

    display_name = StringField(_("Name"), validators=[Needed(_("Write the name")), Short(200)])
    email = StringField(
        _("Mail address"), validators=[Needed(_("Write the mail address")), Short(254)]
    )


@dataclass(frozen=True, slots=True)
class Alone:
    """An organisation with fewer administrators than it needs."""

    organisation: Organisation
    since: datetime | None  # nobody is there since; None where one person is


def routes(office: Office) -> tuple[Route, ...]:
    """The pages, each with what it needs."""
    mandates = MandateService(office.desk, RegisteredServices())
    appointing = AppointService(office.desk, office.identities, RegisteredServices())

    def listed(person: Person) -> Response:
        return shell.page(
            "portals/operator/rescue/list.html",
            person,
            crumbs=[Crumb(_("Without administrator"))],
            notice=_("The administrator has been appointed.") if request.args.get("done") else None,
            alone=_alone(office, person),
        )

    def show(person: Person, organisation: UUID) -> Response:
        with office.reading() as connection:
            home = _home(store.organisation(connection, organisation, person.now), person)
            looked = search(connection, home.id, person.now)
            left = store.administrators(connection, home.id, person.now)
        form = Appoint()
        if looked.chosen is not None and form.sent():
            try:
                deed = deed_of(person, str(form.reason.data), form.case_no.data)
                mandates.give(person.actor, looked.chosen.id, Wanted(_kind(form)), deed)
            except BrokerError as error:
                _refused(form, error)
            else:
                return shell.back(person, "operator.rescues", done=1)
        return shell.page(
            "portals/operator/rescue/show.html",
            person,
            crumbs=_crumbs(person, home),
            form=form,
            organisation=home,
            looked=looked,
            left=left,
        )

    def newcomer(person: Person, organisation: UUID) -> Response:
        with office.reading() as connection:
            home = _home(store.organisation(connection, organisation, person.now), person)
        form, code = Newcomer(), None
        if form.sent():
            new = NewPerson(str(form.display_name.data), form.email.data or None)
            deed = deed_of(person, str(form.reason.data), form.case_no.data)
            try:
                wanted = Wanted(_kind(form))
                added, _given = appointing.appoint(person.actor, home.id, new, wanted, deed)
            except BrokerError as error:
                _refused(form, error)
            else:
                code = added.code
        return shell.page(
            "portals/operator/rescue/newcomer.html",
            person,
            crumbs=_crumbs(person, home),
            form=form,
            organisation=home,
            code=code,
        )

    give = may("mandate.give", by=OPERATORS, fresh=True)
    return (
        Route(
            "rescues",
            "rescues",
            may("federation.read", by=OPERATORS),
            get=listed,
            menu=_("Without administrator"),
        ),
        Route("rescue", "rescues/<uuid:organisation>", give, get=show, post=show),
        Route(
            "rescue_new",
            "rescues/<uuid:organisation>/newcomer",
            give,
            get=newcomer,
            post=newcomer,
        ),
    )


def tasks(office: Office, person: Person) -> tuple[Task, ...]:
    """What the front page says while an organisation has nobody."""
    with office.reading() as connection:
        path = person.federation.path
        waiting = store.number_without_administrator(connection, person.now, path)
    if not waiting:
        return ()
    words = _("Organisations without administrator: %(count)s")
    return (Task(str(words) % {"count": waiting}, shell.link(person, "operator.rescues")),)


def _alone(office: Office, person: Person) -> tuple[Alone, ...]:
    """Those without anybody, the longest first; then those with one."""
    path, now = person.federation.path, person.now
    with office.reading() as connection:
        nobody, one = store.understaffed(connection, now, path)
        homes = {it.id: it for it in store.organisations(connection, path, now)}
    asked = [(it.organisation, it.since) for it in nobody] + [(it, None) for it in one]
    return tuple(Alone(homes[id_], since) for id_, since in asked if id_ in homes)


def _home(found: Organisation | None, person: Person) -> Organisation:
    if found is None or found.federation != person.federation.path:
        raise Unknown("organisation.unknown", "none of this federation")
    return found


def _kind(form: Appoint) -> MandateKind:
    return "org_chief" if form.kind.data == "org_chief" else "org_admin"


def _refused(form: Appoint, error: BrokerError) -> None:
    fields = {"input.mail": "email", "input.cpr": "reason", "change.reason": "reason"}
    field = fields.get(error.code)
    refuse(form, error, field=field if field in form else None)


def _crumbs(person: Person, home: Organisation) -> list[Crumb]:
    first = Crumb(_("Without administrator"), shell.link(person, "operator.rescues"))
    return [first, Crumb(home.name)]
