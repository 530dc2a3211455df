"""The team of a service: who looks after it, until when; given to colleagues, and taken."""

from uuid import UUID

from flask import Response, request

from broker.errors import BrokerError, Unknown
from broker.organisations import store
from broker.organisations.mandating import MandateService, Wanted
from broker.organisations.model import Account, Deed
from broker.organisations.permissions import Thing
from broker.organisations.services import RegisteredServices
from broker.portals import shell
from broker.portals.forms import Form, Needed, RadioField, Short, StringField, TextAreaField, choice
from broker.portals.moments import Moment, read_moment
from broker.portals.office import Office
from broker.portals.owner import inviting
from broker.portals.permissions import OWNERS, may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.portals.switching.board import Switchboard
from broker.web.language import Text as _
from broker.web.reference import new_reference

KINDS = inviting.KINDS
DONE = {
    "given": _("They are in the team now."),
    "taken": _("They are not in the team any more."),
    **inviting.DONE,
}
MOST = 10  # colleagues that a search shows


class Give(Form):
    """Who, as what, until when, and why."""

    account = RadioField(_("Who"), validators=[Needed(_("Choose a colleague"))])
    kind = RadioField(
        _("Part in the team"),
        choices=[choice(kind, words) for kind, words in KINDS.items()],
        default="service_tech",
    )
    until = StringField(_("Until when"), validators=[Moment()])
    reason = TextAreaField(_("Why"), validators=[Needed(_("Write why")), Short(500)])


class Why(Form):
    """A reason alone."""

    reason = TextAreaField(_("Why"), validators=[Needed(_("Write why")), Short(500)])


def routes(office: Office) -> tuple[Route, ...]:
    """The team, somebody new in it, and somebody out of it."""
    board = Switchboard.of(office)
    service_of = MandateService(office.desk, RegisteredServices())

    def shown(person: Person, service: str) -> Response:
        found, path = board.service(person, service), person.federation.path
        thing = Thing(path, service=service, mandate="service_tech")
        return shell.page(
            "portals/service/team.html",
            person,
            crumbs=_crumbs(person, service, Crumb(_("Team"))),
            notice=DONE.get(request.args.get("done", "")),
            service=found,
            team=service_of.team(person.actor, path, service, person.now),
            kinds=KINDS,
            invitations=inviting.listed(office, person, service),
            may_give=person.may("mandate.take", thing),
        )

    def give(person: Person, service: str) -> Response:
        found = board.service(person, service)
        sought, form = request.values.get("q", "").strip(), Give()
        colleagues = _colleagues(office, person, sought)
        form.account.choices = [choice(str(one.id), _called(one)) for one in colleagues]
        if form.sent():
            wanted = Wanted(form.kind.data, service, until=read_moment(form.until.data))
            deed = Deed(person.now, str(form.reason.data), new_reference())
            try:
                service_of.give(person.actor, UUID(str(form.account.data)), wanted, deed)
            except BrokerError as error:
                form.refuse(error)
            else:
                return shell.back(person, "service.team", service=service, done="given")
        return shell.page(
            "portals/service/team_give.html",
            person,
            crumbs=_crumbs(person, service, Crumb(_("Somebody new in the team"))),
            form=form,
            service=found,
            sought=sought,
            colleagues=colleagues,
        )

    def take(person: Person, service: str, mandate: UUID) -> Response:
        found, path = board.service(person, service), person.federation.path
        team = service_of.team(person.actor, path, service, person.now)
        who = next((account for one, account in team if one.id == mandate), None)
        if who is None:
            raise Unknown("mandate.unknown", "not one of this team")
        form = Why()
        if form.sent():
            deed = Deed(person.now, str(form.reason.data), new_reference())
            try:
                service_of.take(person.actor, mandate, deed)
            except BrokerError as error:
                form.refuse(error)
            else:
                return shell.back(person, "service.team", service=service, done="taken")
        return shell.page(
            "portals/service/team_take.html",
            person,
            crumbs=_crumbs(person, service, Crumb(_("Out of the team"))),
            form=form,
            service=found,
            who=who,
        )

    look = may("service.read", by=OWNERS)
    change = may("mandate.give", "mandate.take", by=("service_owner",), fresh=True)
    at = "team/<service>"
    return (
        Route("team", at, look, get=shown),
        Route("team_give", f"{at}/give", change, get=give, post=give),
        Route("team_take", f"{at}/<uuid:mandate>/take", change, get=take, post=take),
    )


def _colleagues(office: Office, person: Person, sought: str) -> tuple[Account, ...]:
    """People of one's own organisation whose name or mail has what was written, but not oneself."""
    if not sought or person.organisation is None:
        return ()
    with office.reading() as connection:
        found = store.accounts(
            connection,
            person.organisation.id,
            person.now,
            text=sought,
            states=("active", "pending"),
            limit=MOST + 1,
        )
    return tuple(one for one in found if not person.actor.is_any_of(one.id))[:MOST]


def _called(account: Account) -> str:
    return f"{account.display_name} ({account.email})" if account.email else account.display_name


def _crumbs(person: Person, service: str, last: Crumb) -> list[Crumb]:
    steps = [Crumb(_("Certificates"), shell.link(person, "service.certificates"))]
    if request.endpoint != "portal.service_team":
        steps.append(Crumb(_("Team"), shell.link(person, "service.team", service=service)))
    return [*steps, last]
