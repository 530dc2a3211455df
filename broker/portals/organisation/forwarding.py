"""A request handed to a colleague, and a narrower delimitation chosen for it."""

from uuid import UUID

from flask import Response, request

from broker.db import Connection
from broker.errors import BrokerError, Unknown
from broker.organisations import store
from broker.organisations.model import Account
from broker.organisations.store.write_mandates import mandates_in
from broker.portals import shell
from broker.portals.forms import Form, Needed, RadioField, Short, TextAreaField, choice
from broker.portals.office import Office
from broker.portals.organisation import asked as about
from broker.portals.organisation.asked import Shown
from broker.portals.organisation.counter import Counter, deed, home, refuse
from broker.portals.organisation.pages import page
from broker.portals.organisation.picking import Picker, narrowed, reach_of
from broker.portals.organisation.requests import DECIDES
from broker.portals.organisation.wording import Wording
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.roles.grants.examining import is_read_whole
from broker.roles.grants.facts import Ceiling
from broker.roles.grants.store.effective import entitlements
from broker.roles.requests.store import APPROVING
from broker.web.language import Text as _


class Forward(Form):
    """To whom, and a word to them."""

    to = RadioField(_("To whom"), validators=[Needed(_("Choose somebody"))])
    reason = TextAreaField(
        _("A word to your colleague"), validators=[Needed(_("Write why")), Short(1000)]
    )


def routes(office: Office) -> tuple[Route, ...]:
    """The pages."""
    desk = _Desk(office)
    one = "requests/<uuid:asked>"
    return (
        Route("request_forward", f"{one}/forward", DECIDES, get=desk.forward, post=desk.forward),
        Route("request_narrow", f"{one}/narrow", DECIDES, get=desk.narrow),
    )


def ceiling_of(
    connection: Connection, organisation: UUID, role: UUID, person: Person
) -> tuple[Ceiling, ...]:
    """How far the organisation may hand a role out now."""
    found = entitlements(connection, organisation, person.now, (role,))
    return tuple(limit for one in found for limit in one.ceilings)


class _Desk:
    def __init__(self, office: Office) -> None:
        self._office = office
        self._counter = Counter(office)

    def forward(self, person: Person, asked: UUID) -> Response:
        """Hand a request to somebody who may answer it too."""
        with self._office.reading() as connection:
            shown = about.look(self._counter, connection, person, asked)
            others = _colleagues(connection, person, shown)
        form = Forward()
        form.to.choices = [choice(str(one.id), one.display_name) for one in others]
        if form.sent():
            try:
                with self._office.writing() as connection:
                    why = deed(person, form.reason.data)
                    to = UUID(str(form.to.data))
                    self._counter.requests.forward(connection, person.actor, asked, to, why)
            except Unknown:
                raise
            except BrokerError as error:
                refuse(form, error)
            else:
                return shell.back(person, "org.request", asked=asked, done="forward")
        return page(
            "portals/org/request_forward.html",
            person,
            crumbs=_crumbs(person, shown, _("Send on")),
            shown=shown,
            form=form,
            others=others,
        )

    def narrow(self, person: Person, asked: UUID) -> Response:
        """Choose a delimitation that lies within what was asked for."""
        with self._office.reading() as connection:
            shown = about.look(self._counter, connection, person, asked)
            version, made = shown.role.version, shown.request
            if version is None or shown.role.role is None:
                raise Unknown("role.unknown", "gone")
            catalogue = self._counter.catalogue(connection)
            wording = Wording(connection, catalogue, person.now)
            ceiling = ceiling_of(connection, made.organisation, made.role, person)
            reach = narrowed(reach_of(ceiling, version, wording), made.scopes)
            whole = is_read_whole(catalogue, shown.role.role, person.now)
            picked = Picker(
                connection, version, wording, reach, person.now, made.scopes, whole=whole
            ).look()
        return page(
            "portals/org/request_narrow.html",
            person,
            crumbs=_crumbs(person, shown, _("Narrower delimitation")),
            shown=shown,
            picked=picked,
            until=request.args.get("until", ""),
        )


def _colleagues(connection: Connection, person: Person, shown: Shown) -> tuple[Account, ...]:
    """Who else may approve in the organisation, but for those whom it is about."""
    about_them = (shown.request.requester, shown.request.subject)
    held = mandates_in(connection, home(person).id, person.now)
    ids = {one.account for one in held if one.kind in APPROVING and one.period.covers(person.now)}
    found = [
        store.account(connection, one, person.now)
        for one in sorted(ids - set(about_them))
        if not person.actor.is_any_of(one)
    ]
    active = (one for one in found if one is not None and one.state == "active")
    return tuple(sorted(active, key=lambda one: one.display_name))


def _crumbs(person: Person, shown: Shown, last: object) -> list[Crumb]:
    return [
        Crumb(_("Requests"), shell.link(person, "org.requests")),
        Crumb(shown.request.number, shell.link(person, "org.request", asked=shown.request.id)),
        Crumb(str(last)),
    ]
