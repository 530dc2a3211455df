"""`broker organisations person`, `link`, `unlink` and `history`: people and how they sign in."""

from uuid import UUID

import click

from broker.cli.context import in_words, instant
from broker.cli.office import Asked, Office, print_json
from broker.cli.organisation_options import (
    AT,
    FEDERATION,
    JSON,
    SINCE,
    cell,
    number,
    reasons,
    show_code,
    told,
)
from broker.cli.printing import print_table, safe
from broker.db import reading
from broker.organisations import store
from broker.organisations.linking import LinkKind
from broker.organisations.people import NewPerson


@click.group()
def person() -> None:
    """People of an organisation: add them, look them up, let them leave."""


@person.command()
@click.argument("organisation")
@click.argument("name")
@click.option("--email", help="Their mail address.")
@click.option("--unit", help="SOR id of the unit that employs them.")
@click.option("--uuid", help="Their professional UUID, where it is known.")
@click.option("--rid", help="Their RID from the OCES2 time.")
@click.option("--subject", help="The lasting name that one identity provider knows them by.")
@click.option("--idp", metavar="CODE", help="That identity provider.")
@FEDERATION
@reasons
@in_words
def add(
    *,
    organisation: str,
    name: str,
    email: str | None,
    unit: str | None,
    uuid: str | None,
    rid: str | None,
    subject: str | None,
    idp: str | None,
    federation: str | None,
    reason: str,
    case_no: str | None,
    as_account: UUID | None,
) -> None:
    """Add somebody; without a UUID, RID or subject they get a code to sign in with."""
    office, asked = Office.here(), Asked(reason, case_no, as_account)
    home = office.organisation(organisation, federation, office.now)
    values = keys(uuid, rid, subject)
    identity = office.asserted(home.federation, home.cvr, values, idp)
    added = office.people.add(
        office.actor(asked), home.id, NewPerson(name, email, unit, identity), office.deed(asked)
    )
    click.echo(f"{safe(name)} is account {added.account}, from the first login on.")
    show_code(added.code, number(home))


@person.command("list")
@click.argument("organisation")
@click.option("--text", default="", help="Part of a name or a mail address.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@FEDERATION
@AT
@JSON
@in_words
def list_people(
    *,
    organisation: str,
    text: str,
    limit: int,
    federation: str | None,
    at: str | None,
    as_json: bool,
) -> None:
    """The people of an organisation, by name."""
    office = Office.here()
    when = instant("--at", at) or office.now
    home = office.organisation(organisation, federation, when)
    with reading(office.engine) as connection:
        found = store.accounts(connection, home.id, when, text=text, limit=limit)
    rows = [
        {
            "name": one.display_name,
            "mail": one.email,
            "state": one.state,
            "unit": one.home_code,
            "account": one.id,
        }
        for one in found
    ]
    if as_json:
        print_json(rows)
    elif rows:
        print_table(tuple(rows[0]), [tuple(map(cell, row.values())) for row in rows])
    else:
        click.echo("Nobody.")


@person.command()
@click.argument("account", type=click.UUID)
@SINCE
@click.option("--undo", is_flag=True, help="They did not leave, or will not; within 30 days.")
@reasons
@in_words
def leave(
    *,
    account: UUID,
    since: str | None,
    undo: bool,
    reason: str,
    case_no: str | None,
    as_account: UUID | None,
) -> None:
    """End all that somebody has in an organisation, now or at an instant."""
    office, asked = Office.here(), Asked(reason, case_no, as_account)
    actor, deed = office.actor(asked), office.deed(asked)
    if undo:
        told("That is undone", office.people.undo_leave(actor, account, deed), office.now)
        return
    begins = instant("--since", since)
    told("They have left", office.people.leave(actor, account, deed, since=begins), office.now)


@person.command()
@click.argument("account", type=click.UUID)
@reasons
@in_words
def code(*, account: UUID, reason: str, case_no: str | None, as_account: UUID | None) -> None:
    """A new code for somebody who has not begun; earlier ones end."""
    office, asked = Office.here(), Asked(reason, case_no, as_account)
    fresh = office.claims.issue(office.actor(asked), account, office.deed(asked))
    show_code(fresh, office.account(account, office.now).cvr)


@click.command()
@click.argument("account", type=click.UUID)
@click.option("--cvr", required=True, help="The CVR number that the login asserts.")
@click.option("--uuid", help="A professional UUID.")
@click.option("--rid", help="A RID from the OCES2 time.")
@click.option("--subject", help="The lasting name that one identity provider knows them by.")
@click.option("--idp", metavar="CODE", help="That identity provider.")
@reasons
@in_words
def link(
    *,
    account: UUID,
    cvr: str,
    uuid: str | None,
    rid: str | None,
    subject: str | None,
    idp: str | None,
    reason: str,
    case_no: str | None,
    as_account: UUID | None,
) -> None:
    """Let a way to sign in find ACCOUNT. The key itself is not kept and never shown again."""
    office, asked = Office.here(), Asked(reason, case_no, as_account)
    home = office.account(account, office.now)
    identity = office.asserted(home.federation, cvr, keys(uuid, rid, subject), idp)
    if identity is None:
        raise click.UsageError("Say --uuid, --rid or --subject.")
    office.links.link(office.actor(asked), account, identity, office.deed(asked))
    click.echo(f"Linked: whoever signs in so has account {account}.")


@click.command()
@click.argument("identity", type=click.UUID)
@reasons
@in_words
def unlink(*, identity: UUID, reason: str, case_no: str | None, as_account: UUID | None) -> None:
    """Let a way to sign in find nobody. `history ACCOUNT` shows the identities of an account."""
    office, asked = Office.here(), Asked(reason, case_no, as_account)
    office.links.unlink(office.actor(asked), identity, office.deed(asked))
    click.echo("Unlinked: whoever signs in so has no account by it.")


@click.command()
@click.argument("what", metavar="ORGANISATION|ACCOUNT")
@FEDERATION
@JSON
@in_words
def history(*, what: str, federation: str | None, as_json: bool) -> None:
    """What an organisation or an account was, is and is planned to be, and who said so."""
    office = Office.here()
    shown = office.periods(what, federation)
    if as_json:
        print_json({"periods": shown.periods, "identities": shown.identities})
        return
    for rows in (shown.periods, shown.identities):
        if rows:
            print_table(tuple(rows[0]), [tuple(map(cell, row.values())) for row in rows])
            click.echo()


def keys(uuid: str | None, rid: str | None, subject: str | None) -> dict[LinkKind, str | None]:
    """The three options by the kind of key that each says."""
    return {"professional-uuid": uuid, "rid": rid, "idp-subject": subject}
