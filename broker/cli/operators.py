"""`broker operators`: the first one, and a way in when logging in is what does not work."""

from datetime import timedelta
from uuid import UUID

import click

from broker.cli.context import in_words, occasion_of, service_of
from broker.cli.office import Asked, Office
from broker.cli.organisation_options import FEDERATION
from broker.cli.portals import register_portals
from broker.cli.printing import safe
from broker.db import reading
from broker.errors import Unknown
from broker.identities import keys as spelled
from broker.mail.letters import make_letters, operators_of
from broker.metadata.model import Federation
from broker.metadata.registry import RegistryCache
from broker.organisations import store
from broker.organisations.linking import Asserted
from broker.organisations.mandating import Wanted
from broker.organisations.model import Organisation
from broker.organisations.people import NewPerson
from broker.organisations.store.write_accounts import accounts_of
from broker.portals.emergency.model import ASKING, LIFE
from broker.portals.emergency.service import Emergency

UNUSED = timedelta(hours=24)


@click.group()
def operators() -> None:
    """Whoever runs the federation: the first one, and a way in past the login.

    Every further operator is named by an operator in the portal.
    """


@operators.command()
@click.option("--cvr", required=True, help="Of the organisation that runs the federation.")
@click.option("--organisation", "home_name", help="Its name, where it is not registered yet.")
@click.option("--name", required=True, help="Of the first operator.")
@click.option("--identifier", required=True, help="Their professional UUID, from MitID Erhverv.")
@click.option("--email", help="Their mail address.")
@click.option("--reason", required=True)
@FEDERATION
@in_words
def first(
    *,
    cvr: str,
    home_name: str | None,
    name: str,
    identifier: str,
    email: str | None,
    reason: str,
    federation: str | None,
) -> None:
    """Name the first operator, for 24 hours; `keep` it once they have signed in."""
    office, asked = Office.here(), Asked(reason, None, None)
    path = office.federation(federation)
    if _operators(office, path):
        raise click.ClickException(
            "There is an operator already, who names others in the portal.\n"
            "If logging in is what does not work: broker operators emergency"
        )
    home = _home(office, path, cvr, home_name, asked)
    register_portals(office.settings, service_of(office.settings), path)
    person = NewPerson(name, email, None, Asserted("professional-uuid", identifier, cvr))
    wanted = Wanted("operator", until=office.now + UNUSED)
    actor, deed = office.actor(asked), office.deed(asked)
    account = _known(office, path, identifier, cvr)
    if account is None:
        added, _given = office.appointing.appoint(actor, home.id, person, wanted, deed)
        account = added.account
    else:
        office.mandates.give(actor, account, wanted, deed)
    click.echo(f"{safe(name)} is an operator of {path} for 24 hours; account {account}.")
    where = f"{office.settings.origin}/{path}/portal/"
    click.echo(f"They sign in at {where} with a login of level High.")
    click.echo(f"Next, once they have: broker operators keep {account} --reason WHY")


@operators.command()
@click.argument("account", type=click.UUID)
@click.option("--reason", required=True)
@in_words
def keep(*, account: UUID, reason: str) -> None:
    """Let the first operator stay one, now that it is seen who signed in."""
    office, asked = Office.here(), Asked(reason, None, None)
    known = office.account(account, office.now)
    with reading(office.engine) as connection:
        held = [m for m in store.mandates(connection, account, office.now) if m.kind == "operator"]
    if known.state != "active" or not held:
        raise click.ClickException(
            "They have not signed in, or their 24 hours are over: broker operators first"
        )
    actor, deed = office.actor(asked), office.deed(asked)
    for mandate in held:
        office.mandates.take(actor, mandate.id, deed)
    office.mandates.give(actor, account, Wanted("operator"), deed)
    click.echo(f"{safe(known.display_name)} is an operator without end.")
    click.echo("Next: they name a second operator in the portal, as much takes two.")


@operators.command()
@click.argument("account", type=click.UUID)
@click.option("--from", "address", required=True, help="IP address that they will come from.")
@click.option("--reason", required=True)
@FEDERATION
@in_words
def emergency(*, account: UUID, address: str, reason: str, federation: str | None) -> None:
    """Ask for a way into the portal past the login, for an operator; somebody else allows it."""
    office, passes = Office.here(), _emergency()
    home = _federation(office, federation)
    number = passes.ask(home, account, address, occasion_of(reason))
    click.echo(f"Asked for as {number}.")
    minutes = int(ASKING.total_seconds() // 60)
    click.echo(f"Next, within {minutes} minutes, by somebody else with a login here:")
    click.echo(f"  broker operators allow {number} --federation {home.path}")


@operators.command()
@click.argument("number")
@FEDERATION
@in_words
def allow(*, number: str, federation: str | None) -> None:
    """Allow what a colleague asked for with `emergency`: the link is shown once."""
    office, passes = Office.here(), _emergency()
    home = _federation(office, federation)
    url = passes.allow(home, number, occasion_of("allowed"))
    minutes = int(LIFE.total_seconds() // 60)
    click.echo(f"For {minutes} minutes, once, from the address that was named:")
    click.echo(f"  {url}")
    click.echo("The operator's mail address has been told. The session lasts an hour.")


def _emergency() -> Emergency:
    office = Office.here()
    letters, told = make_letters(office.settings), operators_of(office.settings)
    return Emergency(office.engine, office.desk.audit, letters, told)


def _federation(office: Office, named: str | None) -> Federation:
    registry = RegistryCache(office.engine, office.settings.origin).current()
    return registry.federation(office.federation(named))


def _operators(office: Office, path: str) -> bool:
    with reading(office.engine) as connection:
        return store.operators(connection, path, office.now)


def _known(office: Office, path: str, identifier: str, cvr: str) -> UUID | None:
    """The account that the identifier finds already, as when the first 24 hours went unused."""
    with reading(office.engine) as connection:
        key = spelled.professional_uuid(cvr, identifier)
        person = office.identities.owner(connection, path, key)
        found = [] if person is None else accounts_of(connection, person)
        known = [store.account(connection, one, office.now) for one in found]
    return next((one.id for one in known if one is not None and one.cvr == cvr), None)


def _home(office: Office, path: str, cvr: str, name: str | None, asked: Asked) -> Organisation:
    try:
        return office.organisation(cvr, path, office.now)
    except Unknown:
        if name is None:
            raise click.UsageError(
                f"{cvr} is not registered: say its name with --organisation"
            ) from None
    actor, deed = office.actor(asked), office.deed(asked)
    made = office.organisations.register(
        actor, deed, federation=path, cvr=cvr, name=name, kind="state"
    )
    office.organisations.activate(actor, made.id, deed)
    return office.organisation(cvr, path, office.now)
