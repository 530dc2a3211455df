"""`broker roles who|expiring|unused`: who has access to what, and for how long."""

from datetime import datetime, timedelta
from uuid import UUID

import click

from broker.cli.office import Asked, minute, print_json
from broker.cli.organisation_options import FEDERATION, JSON
from broker.cli.printing import print_table
from broker.cli.roles_office import RolesOffice, in_role_words, shown, since_of
from broker.codelists import store as codes
from broker.db import Connection, reading
from broker.roles.grants.reports import Line, Reader
from broker.roles.grants.scopes import UNITS, spelled
from broker.roles.grants.store.reports import Asked as Which

MOST_UNITS = 10_000
AS = click.option("--as", "as_account", type=click.UUID, metavar="ACCOUNT", help="As they see it.")
ORGANISATION = click.option("--organisation", metavar="CVR|ID", help="Only in this one.")
SERVICE = click.option("--service", metavar="CODE", help="Only roles of this service.")


@click.command()
@ORGANISATION
@SERVICE
@click.option("--role", metavar="SERVICE/CODE|URN", help="Only this role.")
@click.option("--account", type=click.UUID, help="Only this person.")
@click.option("--unit", metavar="SOR", help="Only people at or below this unit.")
@click.option("--at", metavar="DATE", help="As it was or will be then.")
@click.option("--count", is_flag=True, help="How many, not who.")
@FEDERATION
@AS
@JSON
@in_role_words
def who(
    *,
    organisation: str | None,
    service: str | None,
    role: str | None,
    account: UUID | None,
    unit: str | None,
    at: str | None,
    count: bool,
    federation: str | None,
    as_account: UUID | None,
    as_json: bool,
) -> None:
    """Who has access to what, now or on a date."""
    desk = RolesOffice.here()
    when = since_of("--at", at, desk.now) or desk.now
    which = _which(desk, federation, organisation, service)
    home = desk.office.federation(federation)
    with reading(desk.office.engine) as connection:
        asked = Which(
            federation=which.federation,
            organisation=which.organisation,
            service=which.service,
            roles=None if role is None else (desk.role(role, home).id,),
            account=account,
            units=None if unit is None else _units(connection, unit, when),
        )
        reader = _reader(desk, connection, as_account)
        if count:
            counts = reader.counts(asked, when)
            rows = [(one.place.name, one.place.cvr, shown(one.role), one.holders) for one in counts]
            _print_counts(rows, as_json=as_json)
        else:
            _print_lines(reader.lines(asked, when), as_json=as_json)


@click.command()
@ORGANISATION
@SERVICE
@click.option("--days", type=click.IntRange(1, 3660), default=30, show_default=True)
@FEDERATION
@AS
@JSON
@in_role_words
def expiring(
    *,
    organisation: str | None,
    service: str | None,
    days: int,
    federation: str | None,
    as_account: UUID | None,
    as_json: bool,
) -> None:
    """What ends within some days, the first to end first."""
    desk = RolesOffice.here()
    which = _which(desk, federation, organisation, service)
    with reading(desk.office.engine) as connection:
        reader = _reader(desk, connection, as_account)
        found = reader.expiring(which, timedelta(days=days), desk.now)
    _print_lines(found, as_json=as_json)


@click.command()
@ORGANISATION
@SERVICE
@click.option("--days", type=click.IntRange(1, 3660), default=90, show_default=True)
@FEDERATION
@AS
@JSON
@in_role_words
def unused(
    *,
    organisation: str | None,
    service: str | None,
    days: int,
    federation: str | None,
    as_account: UUID | None,
    as_json: bool,
) -> None:
    """What was neither given nor used for some days."""
    desk = RolesOffice.here()
    which = _which(desk, federation, organisation, service)
    with reading(desk.office.engine) as connection:
        reader = _reader(desk, connection, as_account)
        found = reader.unused(which, timedelta(days=days), desk.now)
    _print_lines(found, as_json=as_json)


def _which(
    desk: RolesOffice, federation: str | None, organisation: str | None, service: str | None
) -> Which:
    home = desk.office.federation(federation)
    place = desk.organisation(organisation, federation).id if organisation else None
    return Which(federation=home, organisation=place, service=service)


def _reader(desk: RolesOffice, connection: Connection, as_account: UUID | None) -> Reader:
    actor = desk.actor(Asked("to look", None, as_account))
    return Reader(connection, desk.cache.current_in(connection), actor)


def _units(connection: Connection, unit: str, at: datetime) -> tuple[str, ...]:
    return codes.descendants(connection, UNITS, unit, at, MOST_UNITS) or (unit,)


def _print_lines(lines: tuple[Line, ...], *, as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {
                    "organisation": line.place.cvr,
                    "account": line.grant.account,
                    "name": line.person.name,
                    "role": shown(line.role),
                    "scopes": [spelled(scope) for scope in line.grant.scopes],
                    "via": line.grant.via,
                    "via_name": line.grant.via_name,
                    "since": line.grant.period.since,
                    "until": line.grant.period.ends,
                    "by": line.grant.by,
                    "case": line.grant.case_no,
                    "used": line.grant.used_at,
                    "grant": line.grant.id,
                }
                for line in lines
            ]
        )
        return
    if not lines:
        click.echo("Nobody.")
        return
    print_table(
        ("organisation", "name", "role", "scopes", "via", "until", "grant"),
        [
            (
                line.place.name,
                line.person.name,
                shown(line.role),
                " ".join(map(spelled, line.grant.scopes)),
                " ".join(filter(None, (line.grant.via, line.grant.via_name))),
                minute(line.grant.period.ends),
                str(line.grant.id),
            )
            for line in lines
        ],
    )


def _print_counts(rows: list[tuple[str, str, str, int]], *, as_json: bool) -> None:
    if as_json:
        names = ("name", "organisation", "role", "holders")
        print_json([dict(zip(names, row, strict=True)) for row in rows])
        return
    print_table(
        ("organisation", "CVR", "role", "holders"),
        [(name, cvr, role, str(holders)) for name, cvr, role, holders in rows],
    )
