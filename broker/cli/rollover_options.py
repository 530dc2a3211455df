"""Options and words that the commands about our own keys share."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import click

from broker.bootstrap import rollover_service
from broker.cli.context import instant, service_of
from broker.cli.printing import print_findings, safe
from broker.metadata.rollover.desk import Changed
from broker.metadata.rollover.documents import SLOT_NAMES
from broker.metadata.rollover.model import SLOTS, Side, Use
from broker.metadata.rollover.service import RolloverService
from broker.saml.entities import Finding
from broker.settings import Settings
from broker.upkeep import urgent_news

F = TypeVar("F", bound=Callable[..., object])

HOME = click.option("--federation", help="Only in this federation; in all of them unless given.")
REASON = click.option("--reason", default="", help="Why, for the audit trail.")
SLOT = click.option(
    "--slot",
    "slots",
    multiple=True,
    type=click.Choice(SLOT_NAMES),
    help="Only this key of a federation; all three unless given.",
)
_INSTANTS = (
    ("announce", "When the new key is published; now unless given."),
    ("early-from", "From when partners may switch before the others; as announced unless given."),
    ("switch", "When the new key counts for everybody else."),
    ("rollback-until", "Until when it can be taken back; a week unless given."),
    ("unpublish", "When the old key is withdrawn; two weeks after the switch unless given."),
    ("destroy", "When the old key opens nothing more; 30 days later unless given."),
)
_GIVEN = "broker.cli.rollover_options.instants"


def instants(command: F) -> F:
    """One option for each instant of a plan; `given` has those that were given."""
    for name, words in reversed(_INSTANTS):
        option = click.option(
            f"--{name}", metavar="INSTANT", help=words, callback=_keep, expose_value=False
        )
        command = option(command)
    return command


def _keep(context: click.Context, parameter: click.Parameter, text: str | None) -> None:
    at = instant(parameter.opts[0], text)
    if at is not None:
        context.meta.setdefault(_GIVEN, {})[str(parameter.name)] = at


def given() -> dict[str, datetime]:
    """The instants that this command was given, by the name they have in a plan."""
    return dict(click.get_current_context().meta.get(_GIVEN, {}))


def rollovers_of(settings: Settings) -> RolloverService:
    """What changes the plans of this installation."""
    return rollover_service(service_of(settings).engine, settings.keys, urgent_news(settings))


def chosen(slots: tuple[str, ...]) -> tuple[tuple[Side, Use], ...]:
    """The slots that were named, or all of them."""
    return tuple(slot for slot in SLOTS if not slots or f"{slot[0]}-{slot[1]}" in slots)


def print_changed(changed: tuple[Changed, ...], words: str) -> None:
    """What became of each plan, with what its maker should know."""
    for one in changed:
        plan = one.plan
        click.echo(f"{safe(plan.code)} of {plan.slot}: {words}")
        findings = [Finding("odd", w.code, "", w.words) for w in one.warnings]
        print_findings(findings, indent=2)
