"""Options and lines that the commands of `broker organisations` share."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import click

from broker.cli.office import minute, print_warnings
from broker.organisations.model import Organisation
from broker.organisations.service import Changed

F = TypeVar("F", bound=Callable[..., None])


def reasons(command: F) -> F:
    """The options of every change."""
    for option in (
        click.option(
            "--as",
            "as_account",
            type=click.UUID,
            metavar="ACCOUNT",
            help="By id; with what it may do.",
        ),
        click.option("--case", "case_no", metavar="NUMBER", help="The case it belongs to."),
        click.option("--reason", required=True, help="Why; recorded with the change."),
    ):
        command = option(command)
    return command


FEDERATION = click.option("--federation", help="The first one unless given.")
SINCE = click.option("--since", metavar="INSTANT", help="From when; now unless given.")
AT = click.option("--at", metavar="INSTANT", help="As it was or will be then.")
JSON = click.option("--json", "as_json", is_flag=True, help="For a program.")


def told(words: str, changed: Changed, now: datetime) -> None:
    """From when a change holds, and what it put out of force."""
    when = "" if changed.since <= now else f" from {minute(changed.since)}"
    click.echo(f"{words}{when}.")
    for period in changed.dropped:
        click.echo(f"What was planned for {minute(period.since)} is dropped.")
    print_warnings(changed.warnings)


def show_code(code: str | None, shown: str) -> None:
    """A code, this once."""
    if code is not None:
        click.echo(f"Their code, shown this once: {code}")
        click.echo(f"It is good for 14 days and one use, with a login of {shown}.")


def number(of: Organisation) -> str:
    """How an organisation is written on the command line."""
    return f"{of.cvr}/{of.unit_key}" if of.unit_key else of.cvr


def facts_of(of: Organisation | None) -> dict[str, object]:
    """An organisation by the names of its facts."""
    if of is None:
        return {}
    return {
        "organisation": number(of),
        "id": of.id,
        "federation": of.federation,
        "name": of.name,
        "kind": of.kind,
        "state": of.state,
        "since": of.period.since,
    }


def cell(value: object) -> str:
    """A fact as it stands in a table."""
    if isinstance(value, datetime):
        return minute(value)
    return "" if value is None else str(value)
