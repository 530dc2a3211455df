"""When a service switches: before the others, back again, or later, which an operator grants."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response

from broker.errors import BrokerError, Refused
from broker.metadata.rollover.model import Phase
from broker.portals import shell
from broker.portals.forms import Form, Needed, Short, StringField, TextAreaField
from broker.portals.moments import Moment, read_moment
from broker.portals.permissions import OWNERS, may
from broker.portals.person import Person
from broker.portals.routes import Route, View
from broker.portals.shell import Crumb
from broker.portals.switching.board import Switchboard
from broker.portals.switching.standing import Standing, standing
from broker.web.language import Text
from broker.web.language import Text as _


class Early(Form):
    """From when; now where nothing is written."""

    at = StringField(_("When"), validators=[Moment(needed=False)])
    reason = TextAreaField(_("Why"), validators=[Needed(_("Write why")), Short(500)])


class Plainly(Form):
    """A reason alone."""

    reason = TextAreaField(_("Why"), validators=[Needed(_("Write why")), Short(500)])


class Late(Form):
    """Until when, and why."""

    at = StringField(_("Until when"), validators=[Moment()])
    reason = TextAreaField(_("Why"), validators=[Needed(_("Write why")), Short(500)])


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that may be decided: its page, its form, and what is done."""

    code: str
    title: Text
    form: type[Form]
    do: Callable[[Switchboard, Person, Standing, Form], None]
    fresh: bool = True


def _early(board: Switchboard, person: Person, stands: Standing, form: Form) -> None:
    since = read_moment(form["at"].data)
    board.plans.override(
        stands.plan.code,
        stands.service.code,
        "early",
        board.occasion(person, str(form["reason"].data)),
        since=since,
        federation=person.federation.path,
    )


def _back(board: Switchboard, person: Person, stands: Standing, form: Form) -> None:
    occasion = board.occasion(person, str(form["reason"].data))
    code, partner, path = stands.plan.code, stands.service.code, person.federation.path
    if stands.phase < Phase.SWITCHED:  # then the plan itself says the old one
        board.plans.override(code, partner, "follow", occasion, federation=path)
    else:
        board.plans.rollback(code, occasion, partner=partner, federation=path)


def _follow(board: Switchboard, person: Person, stands: Standing, form: Form) -> None:
    occasion = board.occasion(person, str(form["reason"].data))
    board.plans.override(
        stands.plan.code,
        stands.service.code,
        "follow",
        occasion,
        federation=person.federation.path,
    )


def _late(board: Switchboard, person: Person, stands: Standing, form: Form) -> None:
    until = read_moment(form["at"].data)
    if until is None:
        raise Refused("rollover.period", "no instant")
    occasion = board.occasion(person, str(form["reason"].data))
    board.postponing.ask(stands.plan, stands.service.code, until, occasion)


KINDS = (
    Kind("early", _("Switch before the others"), Early, _early),
    # Whoever is cut off must not first be sent through a login.
    Kind("back", _("Back to the old certificate"), Plainly, _back, fresh=False),
    Kind("follow", _("Follow the plan again"), Plainly, _follow),
    Kind("late", _("Ask to switch later"), Late, _late),
)


def time_routes(board: Switchboard) -> tuple[Route, ...]:
    """One page for each thing that may be decided about the time of a switch."""
    return tuple(
        Route(
            f"certificate_{kind.code}",
            f"certificates/<service>/{kind.code}",
            may("service.change", by=OWNERS, fresh=kind.fresh),
            get=_view(board, kind),
            post=_view(board, kind),
        )
        for kind in KINDS
    )


def _view(board: Switchboard, kind: Kind) -> View:
    def view(person: Person, service: str) -> Response:
        found = board.service(person, service)
        person.demand("service.change", person.thing(service=service))
        stands = standing(board, person, found)
        if stands is None:
            raise Refused("rollover.nothing_planned", "no change concerns the service now")
        form = kind.form()
        if form.sent():
            try:
                kind.do(board, person, stands, form)
            except BrokerError as error:
                form.refuse(error)
            else:
                return shell.back(person, "service.certificate", service=service, done=kind.code)
        own = shell.link(person, "service.certificate", service=service)
        return shell.page(
            "portals/service/certificate_time.html",
            person,
            crumbs=[
                Crumb(_("Certificates"), shell.link(person, "service.certificates")),
                Crumb(service, own),
                Crumb(kind.title),
            ],
            form=form,
            kind=kind,
            service=found,
            stands=stands,
        )

    return view
