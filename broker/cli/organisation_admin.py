"""`broker organisations administrator` and `alarm`: who administers, and where nobody does."""

from uuid import UUID

import click

from broker.cli.context import in_words, instant
from broker.cli.office import Asked, Office, print_json, print_warnings
from broker.cli.organisation_options import (
    FEDERATION,
    JSON,
    SINCE,
    cell,
    facts_of,
    number,
    reasons,
    show_code,
)
from broker.cli.printing import print_table
from broker.db import reading
from broker.organisations import store
from broker.organisations.mandating import Wanted
from broker.organisations.model import MandateKind
from broker.organisations.people import NewPerson
from broker.organisations.tables import MANDATES


@click.command()
@click.argument("organisation")
@click.option("--account", "account_id", type=click.UUID, help="Somebody who is there already.")
@click.option("--name", help="Somebody new, who gets a code to sign in with.")
@click.option("--email", help="Their mail address.")
@click.option("--mandate", "kind", type=click.Choice(MANDATES), default="org_chief")
@click.option("--service", help="For a mandate to administer a service: its code.")
@click.option("--unit", help="Only for people at or below this unit.")
@click.option("--until", metavar="INSTANT", help="Until when; without end unless given.")
@SINCE
@FEDERATION
@reasons
@in_words
def administrator(
    *,
    organisation: str,
    account_id: UUID | None,
    name: str | None,
    email: str | None,
    kind: MandateKind,
    service: str | None,
    unit: str | None,
    until: str | None,
    since: str | None,
    federation: str | None,
    reason: str,
    case_no: str | None,
    as_account: UUID | None,
) -> None:
    """Name an administrator: the first, a further one, or one where all have gone."""
    if (account_id is None) == (name is None):
        raise click.UsageError("Say who: --account ACCOUNT, or --name NAME for somebody new.")
    office, asked = Office.here(), Asked(reason, case_no, as_account)
    found = office.organisation(organisation, federation, office.now)
    actor, deed = office.actor(asked), office.deed(asked)
    wanted = Wanted(kind, service, unit, instant("--since", since), instant("--until", until))
    if account_id is None:
        person = NewPerson(name or "", email)
        added, given = office.appointing.appoint(actor, found.id, person, wanted, deed)
        account_id = added.account
        show_code(added.code, number(found))
    elif office.account(account_id, office.now).organisation != found.id:
        raise click.UsageError(f"That account is not of {number(found)}.")
    else:
        given = office.mandates.give(actor, account_id, wanted, deed)
    click.echo(f"Account {account_id} has mandate {given.id}: {kind}.")
    print_warnings(given.warnings)


@click.command()
@FEDERATION
@JSON
@in_words
def alarm(*, federation: str | None, as_json: bool) -> None:
    """Active organisations that nobody administers, or one person alone.

    The exit status is 1 when there is one that nobody administers.
    """
    office = Office.here()
    home = None if federation is None else office.federation(federation)
    with reading(office.engine) as connection:
        none = store.without_administrator(connection, office.now, home)
        one = store.one_administrator(connection, office.now, home)
        names = {
            own: store.organisation(connection, own, office.now)
            for own in (*(gone.organisation for gone in none), *one)
        }
    rows: list[dict[str, object]] = [
        {**facts_of(names[gone.organisation]), "administrators": 0, "since": gone.since}
        for gone in none
    ]
    rows += [{**facts_of(names[own]), "administrators": 1, "since": None} for own in one]
    if as_json:
        print_json(rows)
    elif rows:
        headings = ("organisation", "administrators", "since", "name")
        print_table(headings, [tuple(cell(row[name]) for name in headings) for row in rows])
    else:
        click.echo("Every active organisation has two administrators or more.")
    if none:
        raise SystemExit(1)
