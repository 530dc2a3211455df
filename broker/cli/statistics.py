"""`broker statistics`: how people get on with the discovery page."""

import json
from datetime import timedelta
from pathlib import Path

import click

from broker.cli.context import in_words, instant, service_of, settings_of
from broker.cli.printing import print_table
from broker.clock import system_clock
from broker.db import reading
from broker.statistics import store
from broker.statistics.picture import picture
from broker.statistics.report import Line, report
from broker.statistics.store import Asked

DAYS = 30


@click.group()
def statistics() -> None:
    """How people get on, in sums that hold no person."""


@statistics.command()
@click.option("--since", metavar="INSTANT", help="From when; 30 days ago unless given.")
@click.option("--until", metavar="INSTANT", help="Until when; now unless given.")
@click.option("--service", help="Only at this service.")
@click.option("--federation", help="Only in this one.")
@click.option(
    "--picture",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it as an SVG to look at.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as data.")
@in_words
def discovery(
    *,
    since: str | None,
    until: str | None,
    service: str | None,
    federation: str | None,
    file: Path | None,
    as_json: bool,
) -> None:
    """How often the choice of a login is wrong, how long it takes, how much is remembered.

    Sums by the hour, of all nodes, as far as they have handed them over.
    """
    now = system_clock()
    end = instant("--until", until) or now
    begin = instant("--since", since) or end - timedelta(days=DAYS)
    asked = Asked(begin, end, federation, service)
    with reading(service_of(settings_of()).engine) as connection:
        found = report(store.choices(connection, asked), store.wrongs(connection, asked))
    if file is not None:
        at = f" at {service}" if service else ""
        title = f"Choosing a login{at}, {begin:%Y-%m-%d} to {end:%Y-%m-%d}"
        file.write_text(picture(found, title), encoding="utf-8")
    if as_json:
        facts = {
            "since": begin.isoformat(),
            "until": end.isoformat(),
            "whole": found.whole.facts(),
            "lines": [line.facts() for line in found.lines],
        }
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
        return
    if not found.lines:
        click.echo("Nobody chose a login in that time.")
    else:
        heads = ("service", "IdP", "chosen", "led nowhere", "remembered", "median", "searched")
        rows = [_cells(line) for line in found.lines]
        print_table(heads, [*rows, _cells(found.whole)])
    if file is not None:
        click.echo(f"The picture is in {file}.")


def _cells(line: Line) -> list[str]:
    return [
        line.service or "(all)",
        line.idp,
        str(line.chosen),
        f"{line.wrong} ({line.wrong_share:.1%})",
        f"{line.remembered_share:.1%}",
        "" if line.median is None else f"{line.median} s",
        str(line.searched),
    ]
