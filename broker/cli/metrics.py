"""`broker metrics`: the sums of all nodes for Prometheus, as text.

No address of the broker answers with them: they would need one of their own that no proxy lets
through, and each worker would only know its own. A timer writes them to a file that a
node_exporter of the host collects, and what is in the database is in it whichever node counted.
"""

import os
from pathlib import Path

import click

from broker.cli.context import in_words, service_of, settings_of
from broker.cli.exposition import exposition
from broker.clock import system_clock


@click.command()
@click.option(
    "--write",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Into this file, in one go, instead of the terminal.",
)
@in_words
def metrics(*, file: Path | None) -> None:
    """Health of the IdPs, choices of the discovery page and refusals as Prometheus text.

    For a timer of the host: broker metrics --write /var/lib/node_exporter/broker.prom
    """
    text = exposition(service_of(settings_of()).engine, system_clock())
    if file is None:
        click.echo(text, nl=False)
        return
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    beside.write_text(text, encoding="utf-8")
    beside.replace(file)
