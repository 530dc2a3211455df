"""What happened in the organisation: searched by person, role, kind and days, told in words.

Who looks for somebody, and who takes a copy away, stands in the trail itself.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response, request

from broker.audit.events import TrailRead
from broker.audit.store import Entry, Search, count_entries, entries
from broker.audit.tracing import account_tag, kind_tag, role_tag
from broker.db import Connection
from broker.organisations import store
from broker.organisations.model import Account
from broker.organisations.permissions import Thing
from broker.portals import shell
from broker.portals.listing import SIZE, Listed, asked_page
from broker.portals.office import Office
from broker.portals.organisation.finding import MOST
from broker.portals.organisation.here import download, format_of, home_of, names_of
from broker.portals.organisation.telling import Teller, people_in, uuid_of
from broker.portals.permissions import ORGANISATION, may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.roles.exporting import Column, Table
from broker.roles.grants.reports import Reader
from broker.roles.importing.cells import read_since, read_until
from broker.roles.model import Role, RoleVersion
from broker.saml.entities import Localised
from broker.web.language import Text as _
from broker.web.language import dated, said
from broker.web.reference import new_reference

_USUAL = timedelta(days=90)
_MOST_SHOWN = 5000  # beyond, somebody narrows the search
_MOST_EXPORTED = 10_000
KINDS = {
    "grant": _("Roles given and ended"),
    "request": _("Requests"),
    "mandate": _("Mandates"),
    "substitute": _("Substitutes"),
    "account": _("People"),
    "identity": _("Logins of people"),
    "group": _("Groups"),
    "import": _("Imports"),
    "trail": _("Looking at this log"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for, as they typed it; a day that is none is said to be."""

    person: str
    role: str
    kind: str
    since: str
    until: str
    begins: datetime
    ends: datetime
    faults: tuple[str, ...]  # fields that are no dates


def routes(office: Office) -> tuple[Route, ...]:
    """The page, and its copy."""

    def show(person: Person) -> Response:
        asked, number = _asked(person.now), asked_page(request.args.get("page"))
        with office.reading() as connection:
            people = _people(connection, person, asked)
            search = _search(connection, office, person, asked, people)
            total = 0 if search is None else count_entries(connection, search, _MOST_SHOWN)
            number = min(number, max(1, -(-total // SIZE)))
            found: tuple[Entry, ...] = ()
            if search is not None:
                found = entries(connection, search, offset=(number - 1) * SIZE, limit=SIZE)
            teller = _teller(connection, office, person, found)
            roles = _roles(connection, office, person)
        if people is not None and number == 1:
            _record(office, person, asked, people, "searched")
        return shell.page(
            "portals/org/history.html",
            person,
            crumbs=[Crumb(_("Log"))],
            asked=asked,
            listed=Listed([teller.tell(one) for one in found], number, total),
            people=people,
            many=people is not None and len(people) > MOST,
            most=_MOST_SHOWN,
            kinds=KINDS,
            roles=roles,
        )

    def copy(person: Person, kind: str) -> Response:
        ending = format_of(kind)
        asked = _asked(person.now)
        with office.reading() as connection:
            people = _people(connection, person, asked)
            search = _search(connection, office, person, asked, people)
            found = () if search is None else entries(connection, search, limit=_MOST_EXPORTED)
            teller = _teller(connection, office, person, found)
        _record(office, person, asked, people or (), "exported")
        rows = [
            (dated(one.at), one.sentence, one.reason, one.reference)
            for one in map(teller.tell, found)
        ]
        return download((Table("log", _COLUMNS, rows),), _("log"), ending)

    needs = may("report.read", by=ORGANISATION)
    return (
        Route("history", "log", needs, get=show, menu=_("Log")),
        Route("history_copy", "log/copy/<kind>", needs, get=copy),
    )


_COLUMNS = (
    Column("at", Localised("Tidspunkt", "Time")),
    Column("what", Localised("Hvad skete der", "What happened")),
    Column("reason", Localised("Begrundelse", "Reason")),
    Column("reference", Localised("Reference", "Reference")),
)


def _asked(now: datetime) -> Asked:
    args, faults = request.args, []
    begins, ends = now - _USUAL, now + timedelta(seconds=1)
    since, until = args.get("since", "").strip()[:20], args.get("until", "").strip()[:20]
    try:
        begins = read_since(since) or begins
    except ValueError:
        faults.append("since")
    try:
        ends = read_until(until) or ends
    except ValueError:
        faults.append("until")
    return Asked(
        args.get("person", "").strip()[:100],
        args.get("role", "")[:200],
        args.get("kind", "")[:20],
        since,
        until,
        begins,
        ends,
        tuple(faults),
    )


def _people(connection: Connection, person: Person, asked: Asked) -> tuple[Account, ...] | None:
    """Everybody of that name, those who left too; None where nobody is asked for."""
    if not asked.person:
        return None
    home = home_of(person).id
    return store.accounts(connection, home, person.now, text=asked.person, limit=MOST + 1)


def _search(
    connection: Connection,
    office: Office,
    person: Person,
    asked: Asked,
    people: tuple[Account, ...] | None,
) -> Search | None:
    """The search; None where it can find nothing. Raises NotAllowed."""
    home = home_of(person)
    person.demand("report.read", Thing(home.federation, home.id))
    criteria: list[Collection[str]] = []
    if people is not None:
        criteria.append([account_tag(one.id) for one in people[:MOST]])
    if asked.role:
        role = office.catalogue.current_in(connection).role_by_urn(home.federation, asked.role)
        criteria.append([role_tag(asked.role), *([role_tag(role.id)] if role else [])])
    if asked.kind in KINDS:
        criteria.append([kind_tag(asked.kind)])
    if people == () or asked.faults:
        return None
    return Search(str(home.id), asked.begins, asked.ends, tuple(criteria))


def _roles(connection: Connection, office: Office, person: Person) -> list[tuple[str, str]]:
    """The roles that the organisation may give, to choose among."""
    catalogue = office.catalogue.current_in(connection)
    found = Reader(connection, catalogue, person.actor).entitled(home_of(person).id, person.now)
    named = {
        role.urn: _named(role, version)
        for _right, role in found
        if (version := role.at(person.now)) is not None
    }
    return sorted(named.items(), key=lambda pair: pair[1].casefold())


def _named(role: Role, version: RoleVersion) -> str:
    """What a role is called, with its service."""
    return f"{said(version.name)} ({role.service or _('national')})"


def _teller(
    connection: Connection, office: Office, person: Person, found: tuple[Entry, ...]
) -> Teller:
    catalogue, path = office.catalogue.current_in(connection), person.federation.path
    roles = {}
    for urn in {str(entry.fields.get("role")) for entry in found}:
        own = uuid_of(urn)
        role = catalogue.role_by_urn(path, urn) or (catalogue.role(own) if own else None)
        version = role.at(person.now) if role else None
        if role is not None and version is not None:
            roles[urn] = _named(role, version)
    return Teller(names_of(connection, people_in(found), person.now), roles)


def _record(
    office: Office, person: Person, asked: Asked, people: tuple[Account, ...], what: str
) -> None:
    """Before anything is shown: who looks is told of first."""
    event = TrailRead(
        federation=person.federation.path,
        organisation=str(home_of(person).id),
        what="exported" if what == "exported" else "searched",
        people=tuple(str(one.id) for one in people[:MOST]),
        role=asked.role or None,
        since=asked.begins.isoformat(),
        until=asked.ends.isoformat(),
        by=person.actor.by,
        seat=person.actor.seat,
    )
    with office.writing() as connection:
        office.audit.append(connection, event, at=person.now, reference=new_reference())
