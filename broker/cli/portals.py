"""`broker portals`: the portals as a service of their own federation."""

import click

from broker.cli.context import in_words, occasion_of, service_of, settings_of
from broker.cli.organisation_options import FEDERATION
from broker.errors import Unknown
from broker.metadata.service import MetadataService
from broker.portals.registering import register as registered
from broker.portals.registering import suits
from broker.settings import Settings
from broker.trials.idp import suits as has_trials
from broker.trials.registering import register as register_trials


@click.group()
def portals() -> None:
    """Where people see and give access; one service of each federation of people at work."""


@portals.command()
@FEDERATION
@in_words
def register(*, federation: str | None) -> None:
    """Let people sign in to the portals, with every identity provider that is connected now.

    Run it again when one was connected; what is there stays as it is.
    """
    settings = settings_of()
    register_portals(settings, service_of(settings), federation)


def register_portals(
    settings: Settings, service: MetadataService, federation: str | None = None
) -> None:
    """Register the portals of one federation, or of all that have any, and say so."""
    found = [
        one
        for one in service.federations()
        if suits(one) and (federation is None or one.path == federation)
    ]
    if not found:
        raise Unknown("organisation.federation", "there is no such federation that has portals")
    for one in found:
        made = registered(service, one, settings.keys, occasion_of("broker portals register"))
        if has_trials(one):
            register_trials(service, one, settings.keys, occasion_of("broker portals register"))
        how = "made its key; back it up" if made else "its key is there already"
        click.echo(f"{one.path}: {one.base}/portal/ ({how})")
