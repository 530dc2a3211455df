"""Those who stand in for somebody: named by the holder or a chief, for a while and no longer."""

from uuid import UUID

from flask import Response

from broker.errors import BrokerError, Unknown
from broker.organisations.mandating import MandateService
from broker.organisations.services import RegisteredServices
from broker.organisations.store import write_mandates as rows
from broker.organisations.substituting import SubstituteService
from broker.portals import shell
from broker.portals.forms import Form, Needed, Short, StringField
from broker.portals.office import Office
from broker.portals.organisation.finding import search
from broker.portals.organisation.here import (
    deed_of,
    first_day,
    home_of,
    last_day,
    names_of,
    refuse,
)
from broker.portals.organisation.mandates import KINDS, held_in
from broker.portals.permissions import ORGANISATION, may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.web.language import Text as _


class Name(Form):
    """From when until when, and why."""

    since = StringField(_("First day"), validators=[Short(20)])
    until = StringField(
        _("Last day"), validators=[Needed(_("Write the last day: a substitute ends")), Short(20)]
    )
    reason = StringField(_("Why"), validators=[Needed(_("Write why")), Short(500)])


class Recall(Form):
    """Why it ends sooner."""

    reason = StringField(_("Why"), validators=[Needed(_("Write why")), Short(500)])


def routes(office: Office) -> tuple[Route, ...]:
    """The pages, each with what it needs."""
    mandates = MandateService(office.desk, RegisteredServices())
    service = SubstituteService(office.desk)

    def name(person: Person, mandate: UUID) -> Response:
        found = held_in(mandates, person, mandate)
        with office.reading() as connection:
            looked = search(connection, home_of(person).id, person.now, ("active",))
            names = names_of(connection, {found.account}, person.now)
        form = Name()
        if looked.chosen is not None and form.sent() and _read(form):
            until, since = last_day(form, "until"), first_day(form, "since")
            if until is not None and since is not None and since < person.now:
                since = None  # today began at midnight
            try:
                if until is not None:
                    service.name_substitute(
                        person.actor,
                        mandate,
                        looked.chosen.id,
                        deed_of(person, str(form.reason.data)),
                        until=until,
                        since=since,
                    )
            except Unknown:
                raise
            except BrokerError as error:
                refuse(form, error, field=_FIELDS.get(error.code))
            else:
                return shell.back(person, "org.mandates", done="named")
        return shell.page(
            "portals/org/mandates/substitute.html",
            person,
            crumbs=[
                Crumb(_("Administrators"), shell.link(person, "org.mandates")),
                Crumb(_("Name a substitute")),
            ],
            form=form,
            looked=looked,
            mandate=found,
            name=names.get(found.account, ""),
            kinds=KINDS,
        )

    def recall(person: Person, one: UUID) -> Response:
        with office.reading() as connection:
            found = rows.substitution(connection, one, person.now)
            if found is None:
                raise Unknown("substitute.unknown", "nobody stands in there")
        mandate = held_in(mandates, person, found.mandate)
        form = Recall()
        if form.sent():
            try:
                service.end_substitute(person.actor, one, deed_of(person, str(form.reason.data)))
            except Unknown:
                raise
            except BrokerError as error:
                refuse(form, error, field=_FIELDS.get(error.code))
            else:
                return shell.back(person, "org.mandates", done="recalled")
        with office.reading() as connection:
            names = names_of(connection, {found.substitute, found.principal}, person.now)
        return shell.page(
            "portals/org/mandates/recall.html",
            person,
            crumbs=[
                Crumb(_("Administrators"), shell.link(person, "org.mandates")),
                Crumb(_("Recall a substitute")),
            ],
            form=form,
            found=found,
            mandate=mandate,
            names=names,
            kinds=KINDS,
        )

    needs = may("substitute.name", by=ORGANISATION, fresh=True)
    return (
        Route("substitute_new", "mandates/<uuid:mandate>/substitute", needs, get=name, post=name),
        Route("substitute_end", "substitutes/<uuid:one>/end", needs, get=recall, post=recall),
    )


_FIELDS = {
    "substitute.too_long": "until",
    "change.ends_before_it_begins": "until",
    "change.past": "since",
    "change.reason": "reason",
    "input.cpr": "reason",
    "input.unreadable": "reason",
}


def _read(form: Name) -> bool:
    """Whether both days are dates; what is wrong stands at the fields."""
    last_day(form, "until")
    first_day(form, "since")
    return not (form.until.errors or form.since.errors)
