"""Invitations into the team, also to suppliers: sent, withdrawn, and accepted behind the link."""

from datetime import datetime
from uuid import UUID

from flask import Response

from broker.errors import BrokerError, NotAllowed, Unknown
from broker.invitations.model import Asked, Invitation, InvitationState, Target
from broker.invitations.service import Guest, InvitationService
from broker.metadata.model import Service
from broker.organisations.model import Deed, MandateKind
from broker.organisations.services import RegisteredServices
from broker.portals import shell
from broker.portals.forms import Form, Needed, RadioField, Short, StringField, TextAreaField, choice
from broker.portals.moments import Moment, read_moment
from broker.portals.office import Office
from broker.portals.permissions import Need, may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.portals.switching.board import Switchboard
from broker.web.language import Text
from broker.web.language import Text as _
from broker.web.reference import new_reference

KINDS: dict[MandateKind, Text] = {
    "service_owner": _("Owner: decides about the service, and who is in its team"),
    "service_tech": _("Technician: metadata, certificates and tests"),
}
STATES: dict[InvitationState, Text] = {
    "waiting": _("Waits for an answer"),
    "accepted": _("Has accepted"),
    "withdrawn": _("Was withdrawn"),
    "expired": _("Ran out without an answer"),
    "dead": _("Closed: the code was guessed wrong too often"),
}
DONE = {
    "invited": _("The invitation has been sent. It can be accepted for seven days."),
    "withdrawn": _("The invitation has been withdrawn, and its link is dead."),
    "accepted": _("Welcome. You are in the team now."),
}
Row = tuple[Invitation, InvitationState, Text]


class Invite(Form):
    """Whom, from where, as what, until when, and why."""

    name = StringField(_("Name"), validators=[Needed(_("Write the name")), Short()])
    email = StringField(_("Mail address"), validators=[Needed(_("Write the mail address"))])
    cvr = StringField(
        _("CVR number of their organisation"),
        validators=[Needed(_("Write the CVR number, eight digits"))],
    )
    kind = RadioField(
        _("Part in the team"),
        choices=[choice(kind, words) for kind, words in KINDS.items()],
        default="service_tech",
    )
    until = StringField(_("Until when"), validators=[Moment()])
    reason = TextAreaField(_("Why"), validators=[Needed(_("Write why")), Short(500)])


class Withdraw(Form):
    """A reason alone."""

    reason = TextAreaField(_("Why"), validators=[Needed(_("Write why")), Short(500)])


def listed(office: Office, person: Person, service: str) -> tuple[Row, ...]:
    """The invitations of a service, each with how far it has come."""
    found = _service(office).listed(person.actor, person.federation.path, service, person.now)
    states = ((one, one.state(person.now)) for one in found)
    return tuple((one, state, STATES[state]) for one, state in states)


def routes(office: Office) -> tuple[Route, ...]:
    """Send one, withdraw one, and what stands behind the link of one."""
    board, invitations = Switchboard.of(office), _service(office)

    def invite(person: Person, service: str) -> Response:
        found, form = board.service(person, service), Invite()
        if form.sent():
            target = _target(person, found)
            try:
                asked = _asked(form, read_moment(form.until.data))
                deed = _deed(person, str(form.reason.data))
                invitations.invite(person.actor, target, asked, deed)
            except BrokerError as error:
                fields = {"input.cvr": "cvr", "input.mail": "email"}
                form.refuse(error, field=fields.get(error.code))
            else:
                return shell.back(person, "service.team", service=service, done="invited")
        return shell.page(
            "portals/service/team_invite.html",
            person,
            crumbs=_crumbs(person, service, _("Invite somebody")),
            form=form,
            service=found,
        )

    def withdraw(person: Person, service: str, invitation: UUID) -> Response:
        found = board.service(person, service)
        who = next((one for one, *_rest in listed(office, person, service)
                    if one.id == invitation), None)  # fmt: skip
        if who is None:
            raise Unknown("invitation.unknown", "not an invitation of this service")
        form = Withdraw()
        if form.sent():
            deed = _deed(person, str(form.reason.data))
            path = person.federation.path
            try:
                invitations.withdraw(person.actor, path, service, invitation, deed)
            except BrokerError as error:
                form.refuse(error)
            else:
                return shell.back(person, "service.team", service=service, done="withdrawn")
        return shell.page(
            "portals/service/team_withdraw.html",
            person,
            crumbs=_crumbs(person, service, _("Withdraw the invitation")),
            form=form,
            service=found,
            who=who,
        )

    def invited(person: Person, code: str) -> Response:
        guest, form = _guest(person), Form()
        asked = invitations.look(guest, code, _deed(person, "link in a mail"))
        if form.sent():
            deed = _deed(person, "link in a mail")
            try:
                invitations.accept(guest, code, deed)
            except BrokerError as error:
                form.refuse(error)
            else:
                return shell.back(person, "service.team", service=asked.service, done="accepted")
        registry = office.registry.current()
        service = registry.service_by_code(person.federation.path, asked.service)
        return shell.page(
            "portals/service/invited.html",
            person,
            crumbs=[Crumb(_("Invitation"))],
            form=form,
            asked=asked,
            name=service.name,
            kind=KINDS[asked.kind],
        )

    change = may("mandate.give", "mandate.take", by=("service_owner",), fresh=True)
    at = "team/<service>"
    return (
        Route("team_invite", f"{at}/invite", change, get=invite, post=invite),
        Route(
            "team_withdraw",
            f"{at}/invitations/<uuid:invitation>/withdraw",
            change,
            get=withdraw,
            post=withdraw,
        ),
        # Whoever is invited looks after nothing yet; they log in anew to take it on.
        Route(
            "invited",
            "invited/<code>",
            Need(account=True, fresh=True),
            get=invited,
            post=invited,
        ),
    )


def _service(office: Office) -> InvitationService:
    return InvitationService(office.desk, RegisteredServices(), office.letters)


def _target(person: Person, service: Service) -> Target:
    home = person.federation
    return Target(home.path, home.name, home.base, service.code, service.name)


def _asked(form: Invite, ends: datetime | None) -> Asked:
    cvr = "".join(str(form.cvr.data).split())
    return Asked(str(form.name.data), str(form.email.data), cvr, form.kind.data, ends)


def _guest(person: Person) -> Guest:
    """Who holds the link. Whoever came in past the login has shown no organisation."""
    if person.account is None or person.cvr is None or person.emergency:
        raise NotAllowed("invitation.organisation", "no login of an organisation")
    return Guest(person.actor, person.account.id, person.federation.path, person.cvr)


def _deed(person: Person, reason: str) -> Deed:
    return Deed(person.now, reason, new_reference())


def _crumbs(person: Person, service: str, last: Text) -> list[Crumb]:
    team = shell.link(person, "service.team", service=service)
    return [Crumb(_("Team"), team), Crumb(last)]
