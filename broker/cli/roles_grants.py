"""`broker roles grant|extend|shorten|narrow|revoke`: what administrators do, at the console."""

from collections.abc import Callable
from uuid import UUID

import click

from broker.cli.office import Asked, print_json
from broker.cli.organisation_options import FEDERATION, JSON, reasons
from broker.cli.printing import print_table
from broker.cli.roles_office import (
    RolesOffice,
    in_role_words,
    scopes_of,
    shown,
    since_of,
    until_of,
)
from broker.db import Connection, reading, writing
from broker.organisations.model import Actor, Deed
from broker.roles.grants.copying import copyable
from broker.roles.grants.model import Given, Grant, Objection, Wanted
from broker.roles.grants.scopes import spelled
from broker.roles.grants.words import said

SCOPE = click.option(
    "--scope", "scopes", multiple=True, metavar="TYPE=CODE[+]", help="+ is with all below."
)


@click.command()
@click.argument("organisation")
@click.argument("role")
@click.option("--account", metavar="ID|NAME", help="To a person.")
@click.option("--group", metavar="ID|NAME", help="To a group.")
@SCOPE
@click.option("--since", metavar="DATE", help="From when; now unless given.")
@click.option("--until", metavar="DATE", help="The last day, or never; what the role says.")
@click.option("--dry-run", is_flag=True, help="Only say what would speak against it.")
@FEDERATION
@reasons
@JSON
@in_role_words
def grant(
    *,
    organisation: str,
    role: str,
    account: str | None,
    group: str | None,
    scopes: tuple[str, ...],
    since: str | None,
    until: str | None,
    dry_run: bool,
    federation: str | None,
    reason: str,
    case_no: str | None,
    as_account: UUID | None,
    as_json: bool,
) -> None:
    """Grant ROLE (SERVICE/CODE or URN) in ORGANISATION; it takes --as an administrator."""
    if (account is None) == (group is None):
        raise click.UsageError("Say one of --account and --group.")
    desk, asked = RolesOffice.here(), Asked(reason, case_no, as_account)
    home = desk.organisation(organisation, federation)
    wanted = Wanted(
        organisation=home.id,
        role=desk.role(role, home.federation).id,
        account=desk.account(account, home) if account else None,
        group=desk.group(group, home) if group else None,
        scopes=scopes_of(scopes),
        since=since_of("--since", since, desk.now),
        until=until_of("--until", until),
    )
    actor = desk.actor(asked)
    if dry_run:
        with reading(desk.office.engine) as connection:
            found = desk.grants.examine(connection, actor, wanted, desk.now)
        _print_objections(found.objections, found.warnings, as_json=as_json)
        return
    with writing(desk.office.engine) as connection:
        given = desk.grants.give(connection, actor, wanted, desk.office.deed(asked))
    _print_given(desk, given, "Granted", as_json=as_json)


@click.command()
@click.argument("grant_id", metavar="GRANT", type=click.UUID)
@click.argument("until", metavar="DATE")
@reasons
@JSON
@in_role_words
def extend(
    *,
    grant_id: UUID,
    until: str,
    reason: str,
    case_no: str | None,
    as_account: UUID | None,
    as_json: bool,
) -> None:
    """Let GRANT end later: with the end of DATE, or never."""
    ends = until_of("DATE", until)
    _change(
        Asked(reason, case_no, as_account),
        "Extended",
        lambda desk, c, actor, deed: desk.grants.extend(c, actor, grant_id, ends or desk.now, deed),
        as_json=as_json,
    )


@click.command()
@click.argument("grant_id", metavar="GRANT", type=click.UUID)
@click.argument("until", metavar="DATE")
@reasons
@JSON
@in_role_words
def shorten(
    *,
    grant_id: UUID,
    until: str,
    reason: str,
    case_no: str | None,
    as_account: UUID | None,
    as_json: bool,
) -> None:
    """Let GRANT end sooner: with the end of DATE."""
    ends = until_of("DATE", until)
    _change(
        Asked(reason, case_no, as_account),
        "Shortened",
        lambda desk, c, actor, deed: desk.grants.shorten(
            c, actor, grant_id, ends or desk.now, deed
        ),
        as_json=as_json,
    )


@click.command()
@click.argument("grant_id", metavar="GRANT", type=click.UUID)
@SCOPE
@reasons
@JSON
@in_role_words
def narrow(
    *,
    grant_id: UUID,
    scopes: tuple[str, ...],
    reason: str,
    case_no: str | None,
    as_account: UUID | None,
    as_json: bool,
) -> None:
    """Delimit GRANT more narrowly from now on; what follows has another id."""
    _change(
        Asked(reason, case_no, as_account),
        "Narrowed",
        lambda desk, c, actor, deed: desk.grants.narrow(
            c, actor, grant_id, scopes_of(scopes), deed
        ),
        as_json=as_json,
    )


@click.command()
@click.argument("grant_id", metavar="GRANT", type=click.UUID)
@reasons
@JSON
@in_role_words
def revoke(
    *, grant_id: UUID, reason: str, case_no: str | None, as_account: UUID | None, as_json: bool
) -> None:
    """Take GRANT back now; an operator may, and whoever administers it."""
    _change(
        Asked(reason, case_no, as_account),
        "Revoked",
        lambda desk, c, actor, deed: Given(desk.grants.revoke(c, actor, grant_id, deed)),
        as_json=as_json,
    )


@click.command()
@click.argument("organisation")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@FEDERATION
@reasons
@JSON
@in_role_words
def copy(
    *,
    organisation: str,
    source: str,
    target: str,
    federation: str | None,
    reason: str,
    case_no: str | None,
    as_account: UUID | None,
    as_json: bool,
) -> None:
    """List which roles of FROM somebody else could get; nothing is granted."""
    desk, asked = RolesOffice.here(), Asked(reason, case_no, as_account)
    home = desk.organisation(organisation, federation)
    one, other = desk.account(source, home), desk.account(target, home)
    with reading(desk.office.engine) as connection:
        ticks = copyable(desk.grants, connection, desk.actor(asked), one, other, desk.now)
    rows = [
        {
            "role": _role(desk, tick.source),
            "scopes": [spelled(scope) for scope in tick.wanted.scopes],
            "ticked": tick.ticked,
            "objections": [said(objection).en for objection in tick.objections],
        }
        for tick in ticks
    ]
    if as_json:
        print_json(rows)
        return
    print_table(
        ("tick", "role", "scopes", "why not"),
        [
            (
                "x" if tick.ticked else "",
                _role(desk, tick.source),
                " ".join(map(spelled, tick.wanted.scopes)),
                " ".join(said(objection).en for objection in tick.objections),
            )
            for tick in ticks
        ],
    )


def _change(
    asked: Asked,
    words: str,
    act: Callable[[RolesOffice, Connection, Actor, Deed], Given],
    *,
    as_json: bool,
) -> None:
    desk = RolesOffice.here()
    actor, deed = desk.actor(asked), desk.office.deed(asked)
    with writing(desk.office.engine) as connection:
        given = act(desk, connection, actor, deed)
    _print_given(desk, given, words, as_json=as_json)


def _role(desk: RolesOffice, of: Grant) -> str:
    role = desk.catalogue.role(of.role)
    return shown(role) if role else str(of.role)


def _print_given(desk: RolesOffice, given: Given, words: str, *, as_json: bool) -> None:
    of = given.grant
    if as_json:
        print_json(
            {
                "grant": of.id,
                "role": _role(desk, of),
                "account": of.account,
                "group": of.group,
                "scopes": [spelled(scope) for scope in of.scopes],
                "since": of.period.since,
                "until": of.period.ends,
                "revoked": of.revoked_at,
                "warnings": [{"code": one.code, "words": said(one).en} for one in given.warnings],
            }
        )
        return
    until = f"until {of.period.ends:%Y-%m-%d %H:%M} UTC" if of.period.ends else "without an end"
    scopes = f", {' '.join(map(spelled, of.scopes))}" if of.scopes else ""
    click.echo(f"{words}: {_role(desk, of)}{scopes}, {until}. Grant {of.id}.")
    for one in given.warnings:
        click.secho(f"Note: {said(one).en}", fg="yellow", err=True)


def _print_objections(
    objections: list[Objection], warnings: list[Objection], *, as_json: bool
) -> None:
    if as_json:
        print_json([{"code": one.code, "words": said(one).en} for one in (*objections, *warnings)])
        return
    for one in objections:
        click.secho(f"{said(one).en} ({one.code})", fg="red")
    for one in warnings:
        click.secho(f"Note: {said(one).en}", fg="yellow")
    if not objections:
        click.echo("Nothing speaks against it.")
