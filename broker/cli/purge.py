"""`broker purge`: delete what has run out, as a daily job of the host's own scheduler."""

import click

from broker.cli.context import in_words, settings_of
from broker.clock import system_clock
from broker.db import make_engine, writing
from broker.login.store import LoginStore
from broker.logout.store import purge_logouts
from broker.metadata.readiness.store import purge as purge_signs
from broker.roles.grants.store.issuing import purge_issued
from broker.sessions.store import purge_sessions


@click.command()
@in_words
def purge() -> None:
    """Delete what has run out: replay marks, sessions, and after 400 days what was issued and seen.

    Once a day is enough, and late is harmless: a mark that has run out refuses a message that
    time refuses as well.
    """
    engine = make_engine(settings_of().database_url)
    with writing(engine) as connection:
        now = system_clock()
        gone = LoginStore().purge(connection, now) + purge_sessions(connection, now)
        gone += purge_logouts(connection, now) + purge_issued(connection, now)
        gone += purge_signs(connection, now)
    click.echo(f"Deleted {gone} rows that had run out.")
