"""Who has access to what: now, on a day that was, or as it is planned; on a page or in a file."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import Response, abort, request

from broker.codelists import store as codes
from broker.db import Connection
from broker.errors import Refused
from broker.periods import Period
from broker.portals.listing import Listed, asked_page
from broker.portals.office import Office
from broker.portals.organisation import dates, store
from broker.portals.organisation.counter import Counter, home
from broker.portals.organisation.entitled import Offer, offered
from broker.portals.organisation.pages import VIAS, page
from broker.portals.organisation.people import MOST_UNITS, READS
from broker.portals.organisation.store import Access
from broker.portals.organisation.wording import Named, Wording
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.roles.exporting import Column, Format, Table, export
from broker.roles.grants.facts import EffectiveGrant, Via
from broker.roles.grants.scopes import UNITS
from broker.roles.grants.store.reports import Asked as Which
from broker.roles.grants.store.reports import persons
from broker.saml.entities import Localised
from broker.web.language import Text as _
from broker.web.language import dated, speaking
from broker.web.language import day as spelled_day

SIZE = 50
NOON = timedelta(hours=12)
_FORMATS: dict[str, Format] = {"csv": "csv", "xlsx": "xlsx"}
_COLUMNS = (
    Column("name", Localised("Navn", "Name")),
    Column("unit", Localised("Enhed", "Unit")),
    Column("unit_code", Localised("Enhedens SOR-nummer", "SOR number of the unit")),
    Column("service", Localised("Tjeneste", "Service")),
    Column("role", Localised("Rolle", "Role")),
    Column("urn", Localised("Rollens URN", "URN of the role")),
    Column("delimitation", Localised("Afgrænsning", "Delimitation")),
    Column("since", Localised("Fra", "From")),
    Column("until", Localised("Til og med", "Until")),
    Column("via", Localised("Kommer fra", "Comes from")),
    Column("via_name", Localised("Gruppe eller rollepakke", "Group or role package")),
    Column("reason", Localised("Begrundelse", "Reason")),
    Column("case_no", Localised("Sagsnummer", "Case number")),
    Column("used", Localised("Sidst brugt", "Last used")),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One role of somebody."""

    account: UUID
    name: str
    unit: str
    role: Named
    within: str
    period: Period
    via: Via
    via_name: str


@dataclass(frozen=True, slots=True)
class Question:
    """What the address asks, and what of it could be understood."""

    asked: dict[str, str]
    at: datetime
    access: Access | None  # None where neither service, role nor unit is chosen
    wrong_day: bool


def routes(office: Office) -> tuple[Route, ...]:
    """The pages."""
    desk = _Desk(office)
    return (
        Route("access", "access", READS, get=desk.show, menu=_("Who has access")),
        Route("access_file", "access/file/<kind>", READS, get=desk.file),
    )


class _Desk:
    def __init__(self, office: Office) -> None:
        self._office = office
        self._counter = Counter(office)

    def show(self, person: Person) -> Response:
        """A page of it."""
        with self._office.reading() as connection:
            now = Wording(connection, self._counter.catalogue(connection), person.now)
            offers = offered(connection, person, now)
            question = _question(connection, person, offers)
            wording = Wording(connection, now.catalogue, question.at)
            number, listed = asked_page(request.args.get("page")), None
            rows: list[Row] = []
            if question.access is not None:
                found, total = store.access(
                    connection,
                    question.access,
                    question.at,
                    offset=(number - 1) * SIZE,
                    limit=SIZE,
                )
                rows = _rows(connection, wording, found)
                listed = Listed(rows, number, total, SIZE)
            unit = now.unit(question.asked["unit"]) if question.asked["unit"] else ""
        today = question.at == person.now
        return page(
            "portals/org/access.html",
            person,
            crumbs=[Crumb(_("Who has access"))],
            asked=question.asked,
            wrong_day=question.wrong_day,
            services=_services(offers),
            roles=offers,
            unit=unit,
            listed=listed,
            rows=rows,
            most=store.MOST,
            query={key: value for key, value in question.asked.items() if value},
            day_words=dated(question.at) if today else spelled_day(question.at),
        )

    def file(self, person: Person, kind: str) -> Response:
        """All of it as a file that is safe to open."""
        if kind not in _FORMATS:
            abort(404)
        with self._office.reading() as connection:
            now = Wording(connection, self._counter.catalogue(connection), person.now)
            question = _question(connection, person, offered(connection, person, now))
            if question.access is None:
                raise Refused("org.choose", "neither service, role nor unit")
            table = self._table(connection, person, question.access, question.at)
        made = export((table,), _FORMATS[kind], speaking())
        response = Response(made.data, content_type=made.media_type)
        name = f"{question.at:%Y-%m-%d}-adgang.{made.ending}"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        response.headers["Cache-Control"] = "no-store"
        return response

    def _table(self, connection: Connection, person: Person, asked: Access, at: datetime) -> Table:
        which = Which(
            federation=person.federation.path,
            organisation=asked.organisation,
            service=asked.service,
            roles=None if asked.role is None else (asked.role,),
            units=asked.units,
        )
        lines = self._counter.reader(connection, person).lines(which, at)
        wording = Wording(connection, self._counter.catalogue(connection), at)
        wording.learn(scope for line in lines for scope in line.grant.scopes)
        wording.learn_units(line.person.home for line in lines)
        rows = []
        for line in lines:
            grant, role = line.grant, wording.role(line.role.id)
            rows.append(
                (
                    line.person.name,
                    wording.unit(line.person.home),
                    line.person.home,
                    role.service,
                    role.name,
                    line.role.urn,
                    wording.within(role, grant.scopes),
                    dates.first_day(grant.period.since),
                    dates.last_day(grant.period.until),
                    str(VIAS[grant.via]),
                    grant.via_name,
                    grant.reason,
                    grant.case_no,
                    dates.first_day(grant.used_at) if grant.used_at else None,
                )
            )
        return Table(line_name(), _COLUMNS, rows)


def line_name() -> str:
    """What the sheet is called."""
    return str(_("Who has access"))


def _question(connection: Connection, person: Person, offers: tuple[Offer, ...]) -> Question:
    asked = {
        key: request.args.get(key, "").strip()[:100] for key in ("service", "role", "unit", "day")
    }
    at, wrong = person.now, False
    try:
        begins = dates.starts(asked["day"], person.now)
        at = begins + NOON if begins else person.now
    except (Refused, OverflowError):
        wrong = True
    roles = {str(one.id): one.id for one in offers}
    if asked["role"] not in roles:
        asked["role"] = ""
    if asked["service"] not in dict(_services(offers)):
        asked["service"] = ""
    if not any(asked[key] for key in ("service", "role", "unit")):
        return Question(asked, at, None, wrong)
    units = None
    if asked["unit"]:
        below = codes.descendants(connection, UNITS, asked["unit"], at, MOST_UNITS)
        units = below or (asked["unit"],)
    here = home(person)
    access = Access(
        here.id,
        None if asked["role"] else asked["service"] or None,
        roles.get(asked["role"]),
        units,
    )
    return Question(asked, at, access, wrong)


def _services(offers: tuple[Offer, ...]) -> list[tuple[str, str]]:
    found = {one.role.service: one.named.service for one in offers if one.role.service}
    return sorted(found.items(), key=lambda pair: pair[1].casefold())


def _rows(connection: Connection, wording: Wording, found: tuple[EffectiveGrant, ...]) -> list[Row]:
    names = persons(connection, {one.account for one in found}, wording.at)
    wording.learn(scope for one in found for scope in one.scopes)
    wording.learn_units(one.home for one in names.values())
    rows = []
    for one in found:
        role, who = wording.role(one.role), names.get(one.account)
        rows.append(
            Row(
                one.account,
                who.name if who else "",
                wording.unit(who.home if who else None),
                role,
                wording.within(role, one.scopes),
                one.period,
                one.via,
                one.via_name or "",
            )
        )
    return rows
