"""`broker purge`: delete what has run out, now; `broker jobs run` does it every day."""

import click

from broker.cli.context import in_words, settings_of
from broker.clock import system_clock
from broker.db import make_engine
from broker.jobs.purging import purge_all


@click.command()
@in_words
def purge() -> None:
    """Delete what has run out: replay marks, sessions, old mail, and old logins.

    Minutes of logins go after 400 days as well, sums of choices after two years.

    Once a day is enough, and late is harmless: a mark that has run out refuses a message that
    time refuses as well. Where broker jobs run is running, nobody needs to.
    """
    gone = purge_all(make_engine(settings_of().database_url), system_clock())
    click.echo(f"Deleted {gone} rows that had run out.")
