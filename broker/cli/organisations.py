"""`broker organisations`: which there are, what becomes of them, and who administers them.

The people in them are in `organisation_people`. At the console one is an operator; what only
an organisation's administrators may do is done with `--as ACCOUNT`.
"""

from uuid import UUID

import click

from broker.cli.context import in_words, instant
from broker.cli.office import Asked, Office, minute, print_json, print_warnings
from broker.cli.organisation_admin import administrator, alarm
from broker.cli.organisation_options import (
    AT,
    FEDERATION,
    JSON,
    SINCE,
    cell,
    facts_of,
    number,
    reasons,
    told,
)
from broker.cli.organisation_people import history, link, person, unlink
from broker.cli.printing import print_table, safe
from broker.db import reading
from broker.organisations import store
from broker.organisations.model import OrganisationKind
from broker.organisations.tables import ORGANISATION_KINDS


@click.group()
def organisations() -> None:
    """Organisations, their people, and who administers them.

    An ORGANISATION is its CVR number, 90000004, with the unit behind it where the number has
    several, 90000004/P1003334567; or its id.
    """


@organisations.command("list")
@FEDERATION
@AT
@JSON
@in_words
def list_organisations(*, federation: str | None, at: str | None, as_json: bool) -> None:
    """Every organisation, and how many people administer each."""
    office = Office.here()
    when = instant("--at", at) or office.now
    with reading(office.engine) as connection:
        found = store.organisations(connection, office.federation(federation), when)
        counts = {one.id: store.administrators(connection, one.id, when) for one in found}
    if as_json:
        print_json([{**facts_of(one), "administrators": counts[one.id]} for one in found])
    elif found:
        print_table(
            ("organisation", "state", "kind", "administrators", "name"),
            [(number(one), one.state, one.kind, str(counts[one.id]), one.name) for one in found],
        )
    else:
        click.echo("There is none yet. Next: broker organisations register CVR NAME --kind KIND")


@organisations.command()
@click.argument("organisation")
@FEDERATION
@AT
@JSON
@in_words
def show(*, organisation: str, federation: str | None, at: str | None, as_json: bool) -> None:
    """One organisation: what it is, who administers it, and its groups."""
    office = Office.here()
    when = instant("--at", at) or office.now
    found = office.organisation(organisation, federation, when)
    mandates = office.mandates.listed(office.actor(Asked("to look", None, None)), found.id, when)
    with reading(office.engine) as connection:
        left = store.administrators(connection, found.id, when)
        names = {m.account: store.account(connection, m.account, when) for m in mandates}
        groups = [
            (one, len(store.members(connection, one.id, when)))
            for one in store.groups(connection, found.id)
        ]
    rows = [
        {
            "mandate": one.kind,
            "account": one.account,
            "name": account.display_name if (account := names[one.account]) else "",
            "state": account.state if account else "",
            "unit": one.unit_code,
            "since": one.period.since,
            "until": one.period.ends,
            "id": one.id,
        }
        for one in mandates
    ]
    if as_json:
        print_json(
            {
                **facts_of(found),
                "administrators": left,
                "mandates": rows,
                "groups": [{"id": one.id, "name": one.name, "members": n} for one, n in groups],
            }
        )
        return
    click.secho(safe(f"{found.name} ({number(found)}) in {found.federation}"), bold=True)
    click.echo(f"  {found.state}, {found.kind}, since {minute(found.period.since)}; id {found.id}")
    click.echo(f"  {left} active administrators")
    if rows:
        click.echo()
        headings = ("mandate", "name", "state", "unit", "until", "account", "id")
        print_table(headings, [tuple(cell(row[name]) for name in headings) for row in rows])
    if groups:
        click.echo()
        print_table(("group", "members"), [(one.name, str(count)) for one, count in groups])


@organisations.command()
@click.argument("cvr")
@click.argument("name")
@click.option("--kind", type=click.Choice(ORGANISATION_KINDS), required=True)
@click.option("--unit", default="", help="P-number as P1003334567, where the CVR has several.")
@FEDERATION
@reasons
@in_words
def register(
    *,
    cvr: str,
    name: str,
    kind: OrganisationKind,
    unit: str,
    federation: str | None,
    reason: str,
    case_no: str | None,
    as_account: UUID | None,
) -> None:
    """A new organisation. It is pending until you activate it."""
    office, asked = Office.here(), Asked(reason, case_no, as_account)
    made = office.organisations.register(
        office.actor(asked),
        office.deed(asked),
        federation=office.federation(federation),
        cvr=cvr,
        name=name,
        kind=kind,
        unit_key=unit,
    )
    print_warnings(made.warnings)
    shown = f"{cvr}/{unit}" if unit else cvr
    click.echo(f"{safe(name)} is registered as {shown}; id {made.id}.")
    click.echo(f"Next: broker organisations administrator {shown} --name NAME --reason WHY")


def _becomes(word: str, done: str, helped: str) -> None:
    """One of the three commands that change the state of an organisation."""

    @organisations.command(word, help=helped)
    @click.argument("organisation")
    @SINCE
    @FEDERATION
    @reasons
    @in_words
    def change(
        *,
        organisation: str,
        since: str | None,
        federation: str | None,
        reason: str,
        case_no: str | None,
        as_account: UUID | None,
    ) -> None:
        office, asked = Office.here(), Asked(reason, case_no, as_account)
        found = office.organisation(organisation, federation, office.now)
        service = office.organisations
        changes = {"activate": service.activate, "suspend": service.suspend, "close": service.close}
        changed = changes[word](
            office.actor(asked), found.id, office.deed(asked), since=instant("--since", since)
        )
        told(f"{safe(found.name)} is {done}", changed, office.now)


_becomes("activate", "active", "Let people of ORGANISATION sign in and administer.")
_becomes("suspend", "suspended", "Let nothing of it count for a while; people see the reason.")
_becomes("close", "closed", "End it for good; its history stays.")


for command in (administrator, alarm, person, link, unlink, history):
    organisations.add_command(command)
