"""Who administers the organisation: mandates appointed and withdrawn.

What may be done is asked of the services; a page that changes a mandate takes a login of a
moment ago, and nobody gives one to himself.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Response, request

from broker.errors import BrokerError, NotAllowed, Unknown
from broker.organisations import store
from broker.organisations.mandating import MandateService, Wanted
from broker.organisations.model import Account, Mandate, MandateKind, Substitution
from broker.organisations.permissions import Thing
from broker.organisations.services import RegisteredServices
from broker.organisations.store import write_mandates as rows
from broker.portals import shell
from broker.portals.forms import Form, Needed, RadioField, Short, StringField, choice
from broker.portals.office import Office
from broker.portals.organisation.finding import search
from broker.portals.organisation.here import (
    deed_of,
    download,
    format_of,
    home_of,
    last_day,
    names_of,
    refuse,
)
from broker.portals.permissions import ORGANISATION, may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.roles.exporting import Column, Table
from broker.saml.entities import Localised
from broker.web.language import Text, day
from broker.web.language import Text as _
from broker.web.language import last_day as last
from broker.web.render import go_to

KINDS: dict[MandateKind, Text] = {
    "org_chief": _("Chief administrator"),
    "org_admin": _("Administrator"),
    "org_approver": _("Approver"),
    "org_reader": _("Reader"),
}
_GIVEN: tuple[tuple[MandateKind, Text], ...] = (
    ("org_admin", _("Administrator: people, roles and requests")),
    ("org_approver", _("Approver: decides on requests")),
    ("org_reader", _("Reader: sees who has what, and changes nothing")),
)
_DONE = {
    "given": _("The mandate has been given. The other administrators have been told by mail."),
    "ended": _("The mandate has been withdrawn."),
    "named": _("The substitute has been named."),
    "recalled": _("The substitute has been recalled."),
}


class Appoint(Form):
    """What somebody is to do, where, until when and why."""

    kind = RadioField(
        _("Mandate"), choices=[choice(value, label) for value, label in _GIVEN], default="org_admin"
    )
    unit = StringField(_("Only for one unit and below (SOR code)"), validators=[Short(18)])
    until = StringField(_("Last day"), validators=[Short(20)])
    reason = StringField(_("Why"), validators=[Needed(_("Write why")), Short(500)])
    case_no = StringField(_("Case number"), validators=[Short(64)])


class Withdraw(Form):
    """Why somebody is not to do it any more."""

    reason = StringField(_("Why"), validators=[Needed(_("Write why")), Short(500)])
    case_no = StringField(_("Case number"), validators=[Short(64)])


@dataclass(frozen=True, slots=True)
class Held:
    """A mandate as the list shows it."""

    mandate: Mandate
    name: str
    standing_in: tuple[Substitution, ...]
    own: bool
    may_take: bool
    may_name: bool


def routes(office: Office) -> tuple[Route, ...]:
    """The pages, each with what it needs."""
    service = MandateService(office.desk, RegisteredServices())

    def listed(person: Person) -> Response:
        home = home_of(person)
        held = service.listed(person.actor, home.id, person.now)
        with office.reading() as connection:
            stand_ins = {m.id: rows.substitutes(connection, m.id, person.now) for m in held}
            involved = {m.account for m in held}
            involved |= {one.substitute for found in stand_ins.values() for one in found}
            names = names_of(connection, involved, person.now)
            left = store.administrators(connection, home.id, person.now)
        lines = [_held(person, m, names, stand_ins[m.id]) for m in held]
        if kind := request.args.get("to"):
            return download((_table(lines, names),), _("administrators"), format_of(kind))
        return shell.page(
            "portals/org/mandates/list.html",
            person,
            crumbs=[Crumb(_("Administrators"))],
            notice=_DONE.get(request.args.get("done", "")),
            lines=sorted(lines, key=lambda one: (list(KINDS).index(one.mandate.kind), one.name)),
            names=names,
            kinds=KINDS,
            left=left,
            may_give=any(_may_give(person, kind) for kind, _words in _GIVEN),
        )

    def appoint(person: Person) -> Response:
        home = home_of(person)
        with office.reading() as connection:
            looked = search(connection, home.id, person.now)
        form = Appoint()
        if looked.chosen is not None and form.sent():
            until = last_day(form, "until")
            if not form.until.errors and _given(person, service, looked.chosen, form, until):
                return shell.back(person, "org.mandates", done="given")
        return shell.page(
            "portals/org/mandates/new.html",
            person,
            crumbs=_crumbs(person, _("Appoint somebody")),
            form=form,
            looked=looked,
        )

    def withdraw(person: Person, mandate: UUID) -> Response:
        found = held_in(service, person, mandate)
        form = Withdraw()
        if form.sent():
            try:
                deed = deed_of(person, str(form.reason.data), form.case_no.data)
                service.take(person.actor, mandate, deed)
            except (NotAllowed, Unknown):
                raise
            except BrokerError as error:
                refuse(form, error, field="reason")
            else:
                if person.actor.is_any_of(found.account):  # the page may be theirs no more
                    return go_to(f"/{person.federation.path}/portal/")
                return shell.back(person, "org.mandates", done="ended")
        with office.reading() as connection:
            names = names_of(connection, {found.account}, person.now)
            left = store.administrators(connection, home_of(person).id, person.now)
        return shell.page(
            "portals/org/mandates/end.html",
            person,
            crumbs=_crumbs(person, _("Withdraw a mandate")),
            form=form,
            mandate=found,
            name=names.get(found.account, ""),
            kinds=KINDS,
            own=person.actor.is_any_of(found.account),
            left=left,
        )

    return (
        Route(
            "mandates",
            "mandates",
            may("organisation.read", by=ORGANISATION),
            get=listed,
            menu=_("Administrators"),
        ),
        Route(
            "mandate_new",
            "mandates/new",
            may("mandate.give", by=ORGANISATION, fresh=True),
            get=appoint,
            post=appoint,
        ),
        Route(
            "mandate_end",
            "mandates/<uuid:mandate>/end",
            may("mandate.take", by=ORGANISATION, fresh=True),
            get=withdraw,
            post=withdraw,
        ),
    )


def held_in(service: MandateService, person: Person, mandate: UUID) -> Mandate:
    """A mandate of the person's own organisation. Raises Unknown("mandate.unknown")."""
    held = service.listed(person.actor, home_of(person).id, person.now)
    found = next((one for one in held if one.id == mandate), None)
    if found is None:
        raise Unknown("mandate.unknown", "no such mandate in the organisation")
    return found


_COLUMNS = (
    Column("name", Localised("Navn", "Name")),
    Column("mandate", Localised("Bemyndigelse", "Mandate")),
    Column("unit", Localised("Enhed", "Unit")),
    Column("since", Localised("Siden", "Since")),
    Column("until", Localised("Sidste dag", "Last day")),
    Column("substitutes", Localised("Stedfortrædere", "Substitutes")),
)


def _table(lines: list[Held], names: dict[UUID, str]) -> Table:
    """The list as a file."""
    rows = [
        (
            one.name,
            str(KINDS[one.mandate.kind]),
            one.mandate.unit_code,
            day(one.mandate.period.since),
            last(one.mandate.period.until) if one.mandate.period.ends else None,
            ", ".join(names.get(it.substitute, "") for it in one.standing_in),
        )
        for one in lines
    ]
    return Table("mandates", _COLUMNS, rows)


def _given(
    person: Person, service: MandateService, account: Account, form: Appoint, until: datetime | None
) -> bool:
    kind: MandateKind = next((k for k, _words in _GIVEN if k == form.kind.data), "org_reader")
    wanted = Wanted(kind, unit=form.unit.data or None, until=until)
    deed = deed_of(person, str(form.reason.data), form.case_no.data)
    try:
        service.give(person.actor, account.id, wanted, deed)
    except Unknown:
        raise
    except BrokerError as error:
        fields = {"input.too_long": "unit", "input.cpr": "reason"}
        refuse(form, error, field=fields.get(error.code))
        return False
    return True


def _may_give(person: Person, kind: MandateKind) -> bool:
    return person.may(
        "mandate.give", Thing(person.federation.path, home_of(person).id, mandate=kind)
    )


def _held(
    person: Person, mandate: Mandate, names: dict[UUID, str], standing_in: tuple[Substitution, ...]
) -> Held:
    path, home = mandate.federation, mandate.organisation
    taking = Thing(path, home, subject=mandate.account, mandate=mandate.kind)
    own = person.actor.is_any_of(mandate.account)
    chief = any(one.kind == "org_chief" for one in person.actor.mandates)
    return Held(
        mandate,
        names.get(mandate.account, ""),
        standing_in,
        own,
        person.may("mandate.take", taking),
        (own or chief) and person.may("substitute.name", Thing(path, home)),
    )


def _crumbs(person: Person, last: Text) -> list[Crumb]:
    return [Crumb(_("Administrators"), shell.link(person, "org.mandates")), Crumb(last)]
