"""`broker roles entitle|ceiling|withdraw|entitlements`: what organisations may hand out."""

from datetime import datetime
from uuid import UUID

import click

from broker.cli.office import Asked, minute, print_json
from broker.cli.organisation_options import FEDERATION, JSON, reasons
from broker.cli.printing import print_table
from broker.cli.roles_office import (
    RolesOffice,
    ceiling_of,
    in_role_words,
    shown,
    since_of,
    until_of,
)
from broker.db import reading, writing
from broker.errors import Unknown
from broker.organisations.model import Organisation
from broker.periods import FOREVER
from broker.roles.grants import store
from broker.roles.grants.entitlements import Decided
from broker.roles.grants.model import EntitlementRecord
from broker.roles.grants.reports import Reader
from broker.roles.grants.scopes import spelled
from broker.roles.model import Role

CEILING = click.option(
    "--ceiling", multiple=True, metavar="TYPE=CODE[+]", help="+ is with all below."
)
PREVIEW = click.option("--preview", is_flag=True, help="Only say who would lose what.")


@click.command()
@click.argument("organisation")
@click.argument("role")
@CEILING
@click.option("--since", metavar="DATE", help="From when; now unless given.")
@click.option("--until", metavar="DATE", help="The last day; without end unless given.")
@FEDERATION
@reasons
@JSON
@in_role_words
def entitle(
    *,
    organisation: str,
    role: str,
    ceiling: tuple[str, ...],
    since: str | None,
    until: str | None,
    federation: str | None,
    reason: str,
    case_no: str | None,
    as_account: UUID | None,
    as_json: bool,
) -> None:
    """Let ORGANISATION hand out ROLE; a type without a --ceiling has no limit."""
    desk, asked = RolesOffice.here(), Asked(reason, case_no, as_account)
    home = desk.organisation(organisation, federation)
    of = desk.role(role, home.federation)
    with writing(desk.office.engine) as connection:
        made = desk.entitlements.entitle(
            connection,
            desk.actor(asked),
            home.id,
            of.id,
            ceiling_of(ceiling),
            desk.office.deed(asked),
            since=since_of("--since", since, desk.now),
            until=until_of("--until", until) or FOREVER,
        )
    _print(Decided(made), home, of, "may now hand out", as_json=as_json)


@click.command("ceiling")
@click.argument("organisation")
@click.argument("role")
@CEILING
@click.option("--since", metavar="DATE", help="From when; now unless given.")
@PREVIEW
@FEDERATION
@reasons
@JSON
@in_role_words
def change_ceiling(
    *,
    organisation: str,
    role: str,
    ceiling: tuple[str, ...],
    since: str | None,
    preview: bool,
    federation: str | None,
    reason: str,
    case_no: str | None,
    as_account: UUID | None,
    as_json: bool,
) -> None:
    """Give what ORGANISATION may hand out another ceiling, and say who loses what."""
    desk, asked = RolesOffice.here(), Asked(reason, case_no, as_account)
    home = desk.organisation(organisation, federation)
    of = desk.role(role, home.federation)
    begins = since_of("--since", since, desk.now)
    known = _known(desk, home, of, begins or desk.now)
    limits = ceiling_of(ceiling)
    if preview:
        with reading(desk.office.engine) as connection:
            lost = desk.entitlements.preview(connection, known, limits, begins or desk.now)
        _print(Decided(known, lost), home, of, "would keep", as_json=as_json)
        return
    actor, deed = desk.actor(asked), desk.office.deed(asked)
    with writing(desk.office.engine) as connection:
        done = desk.entitlements.limit(connection, actor, known.id, limits, deed, since=begins)
    _print(done, home, of, "may now hand out", as_json=as_json)


@click.command()
@click.argument("organisation")
@click.argument("role")
@click.option("--at", metavar="DATE", help="With the end of that day; now unless given.")
@PREVIEW
@FEDERATION
@reasons
@JSON
@in_role_words
def withdraw(
    *,
    organisation: str,
    role: str,
    at: str | None,
    preview: bool,
    federation: str | None,
    reason: str,
    case_no: str | None,
    as_account: UUID | None,
    as_json: bool,
) -> None:
    """Let ORGANISATION hand out ROLE no more, and say who loses it."""
    desk, asked = RolesOffice.here(), Asked(reason, case_no, as_account)
    home = desk.organisation(organisation, federation)
    of = desk.role(role, home.federation)
    known, ends = _known(desk, home, of, desk.now), until_of("--at", at)
    if preview:
        with reading(desk.office.engine) as connection:
            lost = desk.entitlements.preview(connection, known, None, ends or desk.now)
        _print(Decided(known, lost), home, of, "would lose", as_json=as_json)
        return
    actor, deed = desk.actor(asked), desk.office.deed(asked)
    with writing(desk.office.engine) as connection:
        done = desk.entitlements.withdraw(connection, actor, known.id, deed, at=ends)
    _print(done, home, of, "may no longer hand out", as_json=as_json)


@click.command()
@click.argument("organisation")
@click.option("--at", metavar="DATE", help="As it was or will be then.")
@FEDERATION
@JSON
@in_role_words
def entitlements(
    *, organisation: str, at: str | None, federation: str | None, as_json: bool
) -> None:
    """What ORGANISATION may hand out, and how far."""
    desk = RolesOffice.here()
    when = since_of("--at", at, desk.now) or desk.now
    home = desk.organisation(organisation, federation)
    actor = desk.actor(Asked("to look", None, None))
    with reading(desk.office.engine) as connection:
        found = Reader(connection, desk.catalogue, actor).entitled(home.id, when)
    rows = [
        {
            "role": shown(role),
            "since": one.period.since,
            "until": one.period.ends,
            "ceiling": [spelled(limit) for limit in one.ceilings],
            "case": one.case_no,
            "by": one.by,
            "id": one.id,
        }
        for one, role in found
    ]
    if as_json:
        print_json(rows)
    elif rows:
        print_table(
            ("role", "since", "until", "ceiling", "case"),
            [
                (
                    shown(role),
                    minute(one.period.since),
                    minute(one.period.ends),
                    " ".join(map(spelled, one.ceilings)) or "none",
                    one.case_no or "",
                )
                for one, role in found
            ],
        )
    else:
        click.echo("Nothing yet. Next: broker roles entitle ORGANISATION ROLE --reason …")


def _known(desk: RolesOffice, home: Organisation, of: Role, at: datetime) -> EntitlementRecord:
    with reading(desk.office.engine) as connection:
        known = store.entitlements_of(connection, home.id, of.id)
    found = [one for one in known if one.until > at]
    if not found:
        raise Unknown("entitlement.unknown")
    return next((one for one in found if one.holds_at(at)), found[0])


def _print(done: Decided, home: Organisation, of: Role, words: str, *, as_json: bool) -> None:
    one = done.entitlement
    losses = [
        {
            "grant": loss.grant,
            "account": loss.account,
            "entirely": loss.entirely,
            "scopes": [spelled(scope) for scope in loss.scopes],
        }
        for loss in done.losses
    ]
    ceiling = [spelled(limit) for limit in one.ceiling]
    if as_json:
        facts = {"entitlement": one.id, "role": shown(of), "ceiling": ceiling}
        ends = one.revoked_at or one.period.ends
        print_json({**facts, "since": one.period.since, "until": ends, "losses": losses})
        return
    within = f" within {' '.join(ceiling)}" if ceiling else ""
    click.echo(f"{home.name} {words} {shown(of)}{within}.")
    if done.losses:
        click.secho(f"{len({loss.account for loss in done.losses})} people lose by it:")
        print_table(
            ("account", "grant", "loses"),
            [
                (
                    str(loss.account),
                    str(loss.grant),
                    "all of it" if loss.entirely else " ".join(map(spelled, loss.scopes)),
                )
                for loss in done.losses
            ],
        )
