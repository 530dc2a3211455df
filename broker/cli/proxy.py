"""`broker proxy`: what the reverse proxy in front of the broker needs from it."""

from pathlib import Path

import click

from broker.bootstrap import metadata_service
from broker.cli.context import in_words, settings_of
from broker.db import make_engine
from broker.web.proxy import proxy_pages


@click.group()
def proxy() -> None:
    """Files for the reverse proxy in front: its error pages, and networks that it never stops.

    deploy/nginx.conf reads both.
    """


@proxy.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@in_words
def pages(folder: Path) -> None:
    """Write the error pages that the proxy shows by itself to FOLDER, in both languages."""
    folder.mkdir(parents=True, exist_ok=True)
    made = proxy_pages(settings_of())
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")
    click.echo(f"{len(made)} pages are in {folder}. Reload the proxy if it is new to them.")


@proxy.command()
@in_words
def networks() -> None:
    """Print the networks that federations' documents name, as nginx's geo reads them.

    A region is one address: who comes from there is not counted as one visitor.

    \b
      broker proxy networks > /etc/nginx/broker-networks.conf && nginx -s reload
    """
    settings = settings_of()
    service = metadata_service(make_engine(settings.database_url), settings.origin)
    networks = (network for one in service.federations() for network in one.networks)
    for part in dict.fromkeys(str(part) for network in networks for part in network.addresses):
        click.echo(f"{part} 1;")
