"""`broker roles bundles`: lists of roles that an organisation grants from."""

from uuid import UUID

import click

from broker.cli.office import Asked, print_json
from broker.cli.organisation_options import FEDERATION, JSON, reasons
from broker.cli.printing import print_table
from broker.cli.roles_office import RolesOffice, in_role_words, shown, since_of, until_of
from broker.db import reading, writing
from broker.errors import Unknown
from broker.roles.grants import store
from broker.roles.grants.bundles import Handing
from broker.roles.grants.words import said


@click.group()
def bundles() -> None:
    """Lists of roles to grant from; each role becomes a grant that remembers the bundle."""


@bundles.command("list")
@click.argument("organisation")
@FEDERATION
@JSON
@in_role_words
def list_bundles(*, organisation: str, federation: str | None, as_json: bool) -> None:
    """The bundles of ORGANISATION, and their roles."""
    desk = RolesOffice.here()
    home = desk.organisation(organisation, federation)
    with reading(desk.office.engine) as connection:
        found = store.bundles_of(connection, home.id)
    named = [
        (
            one,
            sorted(shown(role) for each in one.roles if (role := desk.catalogue.role(each))),
        )
        for one in found
    ]
    if as_json:
        print_json([{"bundle": one.id, "name": one.name, "roles": roles} for one, roles in named])
        return
    print_table(("name", "roles"), [(one.name, " ".join(roles)) for one, roles in named])


@bundles.command()
@click.argument("organisation")
@click.argument("name")
@click.argument("roles", nargs=-1, required=True, metavar="ROLE...")
@FEDERATION
@reasons
@in_role_words
def put(
    *,
    organisation: str,
    name: str,
    roles: tuple[str, ...],
    federation: str | None,
    reason: str,
    case_no: str | None,
    as_account: UUID | None,
) -> None:
    """Make the bundle NAME of these roles, or let it hold these instead; takes --as."""
    desk, asked = RolesOffice.here(), Asked(reason, case_no, as_account)
    home = desk.organisation(organisation, federation)
    held = [desk.role(role, home.federation).id for role in roles]
    actor, deed = desk.actor(asked), desk.office.deed(asked)
    with writing(desk.office.engine) as connection:
        known = store.bundle_named(connection, home.id, name)
        if known is None:
            desk.bundles.make(connection, actor, home.id, name, held, deed)
        else:
            desk.bundles.change(connection, actor, known.id, held, deed)
    click.echo(f"{name} holds {len(held)} roles.")


@bundles.command("grant")
@click.argument("organisation")
@click.argument("name")
@click.option("--account", metavar="ID|NAME", help="To a person.")
@click.option("--group", metavar="ID|NAME", help="To a group.")
@click.option("--since", metavar="DATE", help="From when; now unless given.")
@click.option("--until", metavar="DATE", help="The last day, or never; what each role says.")
@FEDERATION
@reasons
@in_role_words
def grant_bundle(
    *,
    organisation: str,
    name: str,
    account: str | None,
    group: str | None,
    since: str | None,
    until: str | None,
    federation: str | None,
    reason: str,
    case_no: str | None,
    as_account: UUID | None,
) -> None:
    """Grant every role of the bundle NAME, by own unit where it takes one; takes --as."""
    if (account is None) == (group is None):
        raise click.UsageError("Say one of --account and --group.")
    desk, asked = RolesOffice.here(), Asked(reason, case_no, as_account)
    home = desk.organisation(organisation, federation)
    handing = Handing(
        account=desk.account(account, home) if account else None,
        group=desk.group(group, home) if group else None,
        since=since_of("--since", since, desk.now),
        until=until_of("--until", until),
    )
    actor, deed = desk.actor(asked), desk.office.deed(asked)
    with writing(desk.office.engine) as connection:
        known = store.bundle_named(connection, home.id, name)
        if known is None:
            raise Unknown("bundle.unknown")
        given = desk.bundles.give(connection, actor, known.id, handing, deed)
    click.echo(f"Granted {len(given)} roles.")
    for warning in dict.fromkeys(warning for one in given for warning in one.warnings):
        click.secho(f"Note: {said(warning).en}", fg="yellow", err=True)
