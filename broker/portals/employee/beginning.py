"""The first visit of somebody without an account: create oneself, or know what to do instead."""

from collections.abc import Callable
from uuid import UUID

from flask import Response, request

from broker.db import Connection
from broker.errors import BrokerError, NotAllowed, Unknown
from broker.organisations import store as organisations
from broker.organisations.joining import JoiningService, Newcomer, Prospect, prospect
from broker.portals import shell
from broker.portals.employee.working import Working, deed
from broker.portals.forms import Form, RadioField, Short, StringField, choice
from broker.portals.mounting import login_url
from broker.portals.person import Person
from broker.portals.shell import Crumb
from broker.web.language import Text as _
from broker.web.render import go_to

JOINED = "created themselves at their first visit"
View = Callable[[Person], Response]


class Begin(Form):
    """What the login does not tell: a work address, and where they work."""

    organisation = RadioField(_("Where do you work?"), choices=[], validate_choice=False)
    email = StringField(_("Work mail"), validators=[Short(254)])


def start_page(working: Working) -> View:
    """Who we see, what is missing, and what they can do about it."""

    def start(person: Person) -> Response:
        if person.account is not None:
            return shell.back(person, "mine.overview")
        who = _newcomer(working, person)
        with working.office.reading() as connection:
            found = prospect(connection, who, deed(person, JOINED)) if who else Prospect("no_cvr")
            deciders = _deciders(connection, found, person)
        form = Begin(organisation=str(found.organisations[0].id) if found.organisations else None)
        form.organisation.choices = [choice(str(o.id), o.name) for o in found.organisations]
        if who is not None and found.standing == "free" and form.sent():
            try:
                _join(working, person, who, form)
            except (NotAllowed, Unknown):
                raise
            except BrokerError as error:
                form.refuse(error, field="email" if error.code == "input.mail" else None)
            else:
                # The broker asserts the account from now on, as at any service.
                want = shell.link(person, "mine.ask" if _service() else "mine.overview")
                query = f"?service={_service()}" if _service() else "?done=joined"
                return go_to(login_url(person.federation, want + query))
        return shell.page(
            "portals/mine/start.html",
            person,
            crumbs=[Crumb(_("First visit"))],
            form=form,
            found=found,
            who=who,
            alone=deciders == 0 and found.standing == "free",
        )

    return start


def _join(working: Working, person: Person, who: Newcomer, form: Begin) -> None:
    chosen = str(form.organisation.data or "")
    try:
        where = UUID(chosen)
    except ValueError:
        raise NotAllowed("join.not_here", "no organisation of that number") from None
    service = JoiningService(working.office.desk, working.office.identities)
    service.join(who, where, str(form.email.data or ""), None, deed(person, JOINED))


def _newcomer(working: Working, person: Person) -> Newcomer | None:
    """Who the session says has come; None where the login named no organisation."""
    found = working.registry.idps_by_entity(person.federation.path, [person.session.idp])
    if not found or person.session.cvr is None:
        return None
    name = person.session.full_name or ""
    return Newcomer(
        person.federation.path, person.session.person, person.session.cvr, found[0], name
    )


def _deciders(connection: Connection, found: Prospect, person: Person) -> int:
    """How many there decide requests: where nobody does, the operator hears of each."""
    return sum(
        len(organisations.deciders(connection, one.id, person.now)) for one in found.organisations
    )


def _service() -> str:
    code = request.args.get("service", "")[:64]
    return code if code.replace("-", "").isalnum() and code.isascii() else ""
