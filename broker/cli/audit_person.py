"""`broker audit person`: what the trail says of somebody who asks. GDPR art. 15."""

import json
from uuid import UUID

import click

from broker.audit.events.trail import TrailAsked
from broker.audit.store import AuditStore, Entry
from broker.audit.subjects.store import about
from broker.audit.subjects.words import Line, told
from broker.cli.context import in_words, occasion_of, settings_of
from broker.cli.printing import print_table
from broker.db import Connection, Engine, make_engine, reading, writing
from broker.identities import keys as spelled
from broker.identities.model import IdentityKey
from broker.identities.numbers.store import CprIndex, digits_of
from broker.identities.store import IdentityStore
from broker.metadata.keyring import PSEUDONYM, load_secret
from broker.metadata.registry import RegistryCache
from broker.metadata.report import Occasion
from broker.organisations.store.finding import homes_of_person
from broker.settings import Settings

KINDS = ("cpr", "professional-uuid", "rid", "cpr-uuid", "person")


@click.command()
@click.option("--kind", type=click.Choice(KINDS), default="cpr", help="What will be typed.")
@click.option("--cvr", default="", help="Of the organisation, for a professional UUID or a RID.")
@click.option("--reason", required=True, help="Why; it is kept in the trail.")
@click.option("--json", "as_json", is_flag=True, help="The same as data.")
@in_words
def person(*, kind: str, cvr: str, reason: str, as_json: bool) -> None:
    """Show what was recorded of somebody: what, when, and at which system.

    The number is asked for and not shown, or read from standard input; it stands in no command
    line, log or history. That somebody looked is recorded, with our ids of whom it was about.
    """
    settings = settings_of()
    typed = click.prompt(_asked(kind), hide_input=True, err=True).strip()
    if kind == "cpr" and digits_of(typed) is None:
        raise click.ClickException("That is no CPR number: ten digits.")
    engine, occasion = make_engine(settings.database_url), occasion_of(reason)
    with reading(engine) as connection:
        persons = _persons(connection, settings, engine, kind, typed, cvr)
        homes = [home for one in persons for home in homes_of_person(connection, one)]
        found = list(about(connection, persons, homes)) if persons else []
    _record(engine, occasion, persons, found)
    lines = [told(entry) for entry in found]
    if as_json:
        click.echo(json.dumps([_facts(line) for line in lines], ensure_ascii=False, indent=2))
    elif lines:
        heads = ("when", "what", "system", "more", "reference")
        print_table(heads, [[str(cell) for cell in _facts(line).values()] for line in lines])
        click.echo(f"{len(lines)} records of {len(persons)} identities. See runbooks/audit.md.")
    else:
        click.echo("Nothing is recorded of that person here.")


def _record(
    engine: Engine, occasion: Occasion, persons: tuple[UUID, ...], found: list[Entry]
) -> None:
    """That somebody looked, before anything is shown."""
    event = TrailAsked(
        what="person",
        people=tuple(map(str, persons)),
        about="",
        since=found[0].at.isoformat() if found else "",
        until=found[-1].at.isoformat() if found else "",
        found=len(found),
        by=occasion.by,
        reason=occasion.reason,
    )
    one = persons[0] if len(persons) == 1 else None
    with writing(engine) as connection:
        AuditStore().append(
            connection, event, at=occasion.at, reference=occasion.reference, subject=one
        )


def _persons(
    connection: Connection, settings: Settings, engine: Engine, kind: str, typed: str, cvr: str
) -> tuple[UUID, ...]:
    secret = load_secret(settings.keys / PSEUDONYM)
    if kind == "cpr":
        return CprIndex(secret).persons(connection, typed)
    if kind == "person":
        try:
            return (UUID(typed),)
        except ValueError:
            raise click.ClickException("That is no id of ours.") from None
    key = _key(kind, typed, cvr)
    registry = RegistryCache(engine, settings.origin).current()
    store = IdentityStore(secret)
    owners = (store.owner(connection, home.path, key) for home in registry.federations)
    return tuple(sorted({owner for owner in owners if owner is not None}))


def _key(kind: str, typed: str, cvr: str) -> IdentityKey:
    if kind == "professional-uuid":
        return spelled.professional_uuid(cvr, typed)
    if kind == "rid":
        return spelled.rid(cvr, typed)
    return IdentityKey("cpr-uuid", typed.lower().removeprefix("urn:uuid:"))


def _asked(kind: str) -> str:
    return "CPR number (not shown)" if kind == "cpr" else f"The {kind} (not shown)"


def _facts(line: Line) -> dict[str, str]:
    return {
        "when": line.at.isoformat(timespec="seconds"),
        "what": line.what,
        "system": line.system,
        "more": line.more,
        "reference": line.reference,
    }
