"""`broker purge`: delete what has run out, as a daily job of the host's own scheduler."""

import click

from broker.cli.context import in_words, settings_of
from broker.clock import system_clock
from broker.db import make_engine, writing
from broker.health.store import purge_minutes
from broker.login.store import LoginStore
from broker.logout.store import purge_logouts
from broker.roles.grants.store.issuing import purge_issued
from broker.sessions.store import purge_sessions
from broker.statistics.store import purge_choices


@click.command()
@in_words
def purge() -> None:
    """Delete what has run out: replay marks, sessions, and after 400 days what was issued.

    Minutes of logins go after 400 days as well, sums of choices after two years.

    Once a day is enough, and late is harmless: a mark that has run out refuses a message that
    time refuses as well.
    """
    engine = make_engine(settings_of().database_url)
    with writing(engine) as connection:
        now = system_clock()
        gone = LoginStore().purge(connection, now) + purge_sessions(connection, now)
        gone += purge_logouts(connection, now) + purge_issued(connection, now)
        gone += purge_minutes(connection, now) + purge_choices(connection, now)
    click.echo(f"Deleted {gone} rows that had run out.")
