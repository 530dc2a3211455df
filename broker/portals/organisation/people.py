"""Who works here: search by name, mail, unit, role and status."""

from collections.abc import Mapping
from datetime import timedelta

from flask import Response, request

from broker.codelists import store as codes
from broker.db import Connection
from broker.organisations.model import AccountState
from broker.portals.listing import SIZE, Listed, asked_page
from broker.portals.office import Office
from broker.portals.organisation import store
from broker.portals.organisation.counter import Counter, home
from broker.portals.organisation.entitled import offered
from broker.portals.organisation.pages import page
from broker.portals.organisation.store import Found, Search
from broker.portals.organisation.wording import Wording
from broker.portals.permissions import ORGANISATION, may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.roles.grants.scopes import UNITS
from broker.web.language import Text
from broker.web.language import Text as _

READS = may("report.read", by=ORGANISATION)
MOST_UNITS = 10_000
SILENT = timedelta(days=90)
STATES: Mapping[AccountState, Text] = {
    "active": _("active"),
    "pending": _("not begun"),
    "suspended": _("suspended"),
    "left": _("left"),
}
# What may be asked for: a state, everybody who is here, or those who are silent.
STATUS: Mapping[str, Text] = {
    "here": _("Everybody who is here"),
    "active": _("Active"),
    "pending": _("Not begun yet"),
    "suspended": _("Suspended"),
    "left": _("Left"),
    "silent": _("Not logged in for 90 days"),
}
_STATES: Mapping[str, tuple[AccountState, ...]] = {
    "here": ("active", "pending", "suspended"),
    "active": ("active",),
    "pending": ("pending",),
    "suspended": ("suspended",),
    "left": ("left",),
    "silent": ("active",),
}


def routes(office: Office) -> tuple[Route, ...]:
    """The page."""
    desk = _Desk(office)
    return (Route("people", "people", READS, get=desk.listed, menu=_("People")),)


def find(
    connection: Connection, person: Person, wording: Wording
) -> tuple[Listed[Found], dict[str, str]]:
    """The page of people that the address asks for, and what it asks for."""
    asked = {key: request.args.get(key, "").strip()[:100] for key in ("q", "unit", "role")}
    status = request.args.get("status", "here")
    asked["status"] = status if status in STATUS else "here"
    here, number = home(person), asked_page(request.args.get("page"))
    units = None
    if asked["unit"]:
        below = codes.descendants(connection, UNITS, asked["unit"], person.now, MOST_UNITS)
        units = below or (asked["unit"],)
    roles = {str(role.id): role.id for role in offered(connection, person, wording)}
    if asked["role"] not in roles:
        asked["role"] = ""
    search = Search(
        here.id,
        asked["q"],
        units,
        roles.get(asked["role"]),
        _STATES[asked["status"]],
        person.now - SILENT if asked["status"] == "silent" else None,
    )
    rows, total = store.people(
        connection, search, person.now, offset=(number - 1) * SIZE, limit=SIZE
    )
    return Listed(rows, number, total, SIZE), asked


class _Desk:
    def __init__(self, office: Office) -> None:
        self._office = office
        self._counter = Counter(office)

    def listed(self, person: Person) -> Response:
        """The list, filtered as the address says."""
        with self._office.reading() as connection:
            wording = Wording(connection, self._counter.catalogue(connection), person.now)
            listed, asked = find(connection, person, wording)
            wording.learn_units(found.account.home_code for found in listed.rows)
            rows = [(found, wording.unit(found.account.home_code)) for found in listed.rows]
            roles = offered(connection, person, wording)
            unit = wording.unit(asked["unit"]) if asked["unit"] else ""
        return page(
            "portals/org/people.html",
            person,
            crumbs=[Crumb(_("People"))],
            listed=listed,
            rows=rows,
            asked=asked,
            roles=roles,
            unit=unit,
            states=STATES,
            statuses=STATUS,
            most=store.MOST,
            may_add=person.may("person.add", person.thing(organisation=home(person).id)),
        )
