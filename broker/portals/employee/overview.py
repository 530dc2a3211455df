"""What I have: which role, how narrowed, from where, from when until when and why; what ends."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from flask import Response

from broker.db import Connection
from broker.discovery.folding import alphabetical
from broker.errors import Unknown
from broker.organisations.model import Account
from broker.periods import Period
from broker.portals import shell
from broker.portals.employee import days
from broker.portals.employee.done import notice
from broker.portals.employee.naming import VIAS, Names, names_of, people_behind
from broker.portals.employee.tracking import Row, row_of
from broker.portals.employee.whom import givers
from broker.portals.employee.working import Working, own
from broker.portals.person import Person
from broker.portals.routes import Task
from broker.roles.grants import store as grant_store
from broker.roles.grants.facts import Scope
from broker.roles.grants.store import effective, issuing
from broker.roles.model import Role
from broker.roles.requests import store
from broker.saml.entities import Localised
from broker.web.language import Text, said
from broker.web.language import Text as _

SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Held:
    """One role of somebody, as the page tells of it."""

    id: UUID
    role: Role | None
    name: Localised
    about: Localised
    service: Localised
    start: str | None  # where the service begins
    scopes: tuple[Localised, ...]
    via: Text
    via_name: str | None
    period: Period
    by: str | Text = field(repr=False)
    reason: str = field(repr=False)
    soon: bool
    future: bool
    mine: bool  # held by the account itself, and not through a group

    def last_day(self) -> datetime | None:
        """The last day on which it counts."""
        return days.last_day(self.period.ends)

    def can_be_longer(self) -> bool:
        """Whether there is an end that could be put off."""
        return self.mine and self.period.ends is not None


@dataclass(frozen=True, slots=True)
class Derived:
    """A role that a login gave by itself, of what the identity provider said; as of that login."""

    name: Localised
    service: Localised
    units: tuple[str, ...]
    idp: Localised
    at: datetime


def roles_held(
    connection: Connection, working: Working, person: Person, account: Account
) -> tuple[Held, ...]:
    """Everything that is granted to somebody now or will be, by service."""
    catalogue, at = working.catalogue(connection), person.now
    now = effective.of_account(connection, account.id, at)
    living = grant_store.living_of(connection, accounts=(account.id,), groups=(), at=at)
    future = [one for one in living if one.period.since > at and one.revoked_at is None]
    scopes = [s for one in now for s in one.scopes]
    scopes += [s for one in future for s in one.scopes]
    names = names_of(connection, catalogue, scopes, at)
    people = people_behind(connection, [*(g.by for g in now), *(g.by_label for g in future)], at)
    told = [
        _Told(
            one.id,
            catalogue.role(one.role),
            one.scopes,
            one.period,
            VIAS[one.via],
            one.via_name,
            people[one.by],
            one.reason,
            mine=one.via != "group",
        )
        for one in now
    ]
    told += [
        _Told(
            one.id,
            catalogue.role(one.role),
            one.scopes,
            one.period,
            VIAS["request" if one.request else "direct"],
            None,
            people[one.by_label],
            one.reason,
            mine=True,
        )
        for one in future
    ]
    services = {one.role.service: one.role for one in told if one.role is not None}
    path = person.federation.path
    starts = {code: _start(working, path, role) for code, role in services.items()}
    found = [_held(person, names, one, starts) for one in told]
    return tuple(sorted(found, key=lambda one: (alphabetical(said(one.service)), said(one.name))))


@dataclass(frozen=True, slots=True)
class _Told:
    """What a grant says, that counts now or will."""

    id: UUID
    role: Role | None
    scopes: tuple[Scope, ...]
    period: Period
    via: Text
    via_name: str | None
    by: str | Text = field(repr=False)
    reason: str = field(repr=False)
    mine: bool


def _held(
    person: Person, names: Names, one: _Told, starts: Mapping[str | None, str | None]
) -> Held:
    path, at = person.federation.path, person.now
    return Held(
        one.id,
        one.role,
        names.role(one.role),
        names.about(one.role),
        names.service(path, one.role.service if one.role else None),
        starts[one.role.service] if one.role else None,
        tuple(names.scope(scope) for scope in one.scopes),
        one.via,
        one.via_name,
        one.period,
        one.by,
        one.reason,
        soon=one.period.ends is not None and one.period.ends <= at + SOON,
        future=one.period.since > at,
        mine=one.mine,
    )


def _start(working: Working, path: str, role: Role | None) -> str | None:
    if role is None or role.service is None:
        return None
    try:
        return working.registry.service_by_code(path, role.service).start_url
    except Unknown:
        return None


def roles_derived(
    connection: Connection, working: Working, person: Person, account: Account
) -> tuple[Derived, ...]:
    """What rules gave at the last login to each service, of what the identity provider said."""
    catalogue, path = working.catalogue(connection), person.federation.path
    names, seen, found = Names(catalogue, person.now), set[str](), list[Derived]()
    for row in issuing.issues_of(connection, (account.id,)):
        service, at, items = str(row["service"]), row["at"], row["items"]
        if service in seen or not isinstance(items, list) or not isinstance(at, datetime):
            continue
        seen.add(service)
        for item in items:
            role = catalogue.role_by_urn(path, item["role"])
            if item["source"] != "rule" or role is None:
                continue
            units = tuple(unit.partition(":")[2] for unit in item["units"])
            idp = idp_name(working, path, str(row["idp"]))
            named = names.service(path, service)
            found.append(Derived(names.role(role), named, units, idp, at))
    return tuple(found)


def idp_name(working: Working, path: str, code: str) -> Localised:
    """What an identity provider is called; its code where it is gone."""
    try:
        return working.registry.idp_by_code(path, code).name
    except Unknown:
        return Localised(code, code)


def in_progress(connection: Connection, working: Working, person: Person) -> tuple[Row, ...]:
    """Requests of this person that nobody has finished."""
    catalogue = working.catalogue(connection)
    names = Names(catalogue, person.now)
    mine = working.lists.mine(connection, person.actor, person.now)
    rows = (row_of(one, names, catalogue, person) for one in mine)
    return tuple(row for row in rows if row.open)


def overview_page(working: Working) -> Callable[[Person], Response]:
    """The front page of the section."""

    def overview(person: Person) -> Response:
        if person.account is None:
            return shell.back(person, "mine.start")
        account = own(person)
        with working.office.reading() as connection:
            held = roles_held(connection, working, person, account)
            return shell.page(
                "portals/mine/overview.html",
                person,
                notice=notice(),
                held=[one for one in held if not one.future],
                future=[one for one in held if one.future],
                ending=[one for one in held if one.soon and not one.future],
                derived=roles_derived(connection, working, person, account),
                requests=in_progress(connection, working, person),
                picked=len(store.draft(connection, account.id, person.now).picked),
                people=givers(connection, person, account),
            )

    return overview


def tasks(working: Working) -> Callable[[Person], tuple[Task, ...]]:
    """What waits for somebody: questions to answer, and roles that end soon."""

    def waiting(person: Person) -> tuple[Task, ...]:
        account = person.account
        if account is None:
            return ()
        with working.office.reading() as connection:
            open_ones = in_progress(connection, working, person)
            held = effective.of_account(connection, account.id, person.now)
        asked = [one for one in open_ones if one.item.standing.state == "info_needed"]
        found = [
            Task(
                _("Somebody asks you a question about your request"),
                shell.link(person, "mine.request", asked=one.item.filed.request.id),
            )
            for one in asked
        ]
        if any(one.period.ends and one.period.ends <= person.now + SOON for one in held):
            found.append(
                Task(_("You have roles that end soon"), shell.link(person, "mine.overview"))
            )
        return tuple(found)

    return waiting
