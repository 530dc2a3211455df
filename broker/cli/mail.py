"""`broker mail`: what waits to be sent, what did not arrive, and how a mail looks."""

import json
import sys
import uuid

import click

from broker.audit.store import AuditStore
from broker.cli.context import in_words, settings_of
from broker.cli.printing import print_table, safe
from broker.clock import system_clock
from broker.db import Engine, make_engine, reading, writing
from broker.errors import Unknown
from broker.mail.addresses import read_address
from broker.mail.bounces import LONGEST, read_bounce, take_back
from broker.mail.facts import TryFacts
from broker.mail.kinds import KINDS
from broker.mail.message import write_message
from broker.mail.model import STATES, Kept, Language, Mail, State
from broker.mail.sender import envelope_of, make_mailer
from broker.mail.store import Outbox
from broker.mail.templates import Templates
from broker.settings import Settings

_LANGUAGE = click.option(
    "--language", type=click.Choice(("da", "en", "both")), default="both", show_default=True
)


@click.group()
def mail() -> None:
    """Mail to people: the queue, what did not arrive, and how a mail looks."""


@mail.command("list")
@click.option(
    "--state", type=click.Choice(STATES), help="Only these; else what did not arrive yet."
)
@click.option("--json", "as_json", is_flag=True, help="The same as data.")
@in_words
def list_mail(*, state: State | None, as_json: bool) -> None:
    """What waits, failed or came back, the newest first; and how many there are of each."""
    engine, outbox = _engine(settings_of()), Outbox()
    with reading(engine) as connection:
        states: tuple[State, ...] = (state,) if state else ("waiting", "failed", "bounced")
        found = outbox.list(connection, states)
        counts = outbox.counts(connection)
    if as_json:
        click.echo(json.dumps([_facts(one) for one in found], ensure_ascii=False, indent=2))
        return
    keys = ("id", "state", "kind", "about", "milestone", "recipient", "attempts", "last_error")
    if found:
        print_table([key.replace("_", " ") for key in keys], [_row(one, keys) for one in found])
    words = ", ".join(f"{counts.get(state, 0)} {state}" for state in STATES)
    click.echo(f"{words}. Next: broker mail show ID, or broker mail again ID")


@mail.command()
@click.argument("mail_id", metavar="ID")
@in_words
def show(*, mail_id: str) -> None:
    """One mail: how it stands, and what it says."""
    kept = _found(_engine(settings_of()), mail_id)
    for key, value in _facts(kept).items():
        click.echo(f"{key:<12} {safe(str(value))}")
    click.echo()
    for line in (kept.mail.body or "What it said is not kept any more.").splitlines():
        click.echo(safe(line))


@mail.command("try")
@click.argument("kind", required=False)
@_LANGUAGE
@in_words
def try_kind(*, kind: str | None, language: Language) -> None:
    """Show a kind of mail with sample facts, from your templates where you have some."""
    if kind not in KINDS:
        raise click.UsageError(f"The kinds are {', '.join(KINDS)}.")
    settings = settings_of()
    templates = Templates(settings.mail_templates, settings.origin)
    for file, what in templates.problems():
        click.secho(f"wrong  {file} {what}", fg="red", err=True)
    words = templates.write(kind, KINDS[kind].example, "technical", language)
    click.secho(words.subject, bold=True)
    click.echo(f"\n{words.body}")


@mail.command()
@click.argument("address")
@_LANGUAGE
@in_words
def send(*, address: str, language: Language) -> None:
    """Send a test mail to an address at once, past the queue."""
    settings, now = settings_of(), system_clock()
    templates = Templates(settings.mail_templates, settings.origin)
    recipient = read_address(address)
    words = templates.write("try", TryFacts(settings.origin, now), "asked", language)
    tried = Mail("try", "", "", recipient, language, words.subject, words.body)
    kept = Kept(uuid.uuid4().hex, tried, now, "waiting", 0, now, None, "")
    mailer = make_mailer(settings)
    if mailer is None:
        raise click.ClickException("BROKER_SMTP is not set. See deploy/env.example.")
    envelope = envelope_of(settings)
    with mailer.session() as session:
        session.ready()
        session.deliver(envelope.sender, recipient, write_message(kept, envelope))
    click.echo(f"The mail server took it: {envelope.message_id(kept.id)}. See whether it arrives.")


@mail.command()
@click.argument("mail_id", metavar="ID")
@in_words
def again(*, mail_id: str) -> None:
    """Let a mail that failed or came back wait to be sent anew."""
    engine = _engine(settings_of())
    kept = _found(engine, mail_id)
    with writing(engine) as connection:
        if not Outbox().again(connection, kept, system_clock()):
            raise click.ClickException(f"It is {kept.state}, so it cannot be sent again.")
    click.echo("It waits. broker jobs run sends it within a minute.")


@mail.command()
@in_words
def bounce() -> None:
    """Read a delivery status notification from standard input, and mark the mail it is about.

    Let the mail server pipe what comes to BROKER_SMTP_FROM in here. The exit status is 1 for
    anything that is no notification about a mail of ours.
    """
    settings = settings_of()
    raw = sys.stdin.buffer.read(LONGEST + 1)
    found = read_bounce(raw, envelope_of(settings))
    became = take_back(_engine(settings), Outbox(), AuditStore(), found, system_clock())
    words = {
        "bounced": f"{found.mail_id} came back ({found.status or 'no status'}).",
        "known": f"{found.mail_id} had ended already; nothing changed.",
        "delayed": f"{found.mail_id} is not lost; nothing changed.",
    }
    click.echo(words[became])


def _engine(settings: Settings) -> Engine:
    return make_engine(settings.database_url)


def _found(engine: Engine, mail_id: str) -> Kept:
    with reading(engine) as connection:
        kept = Outbox().find(connection, mail_id)
    if kept is None:
        raise Unknown("mail.unknown", f"There is no mail {safe(mail_id)}")
    return kept


def _facts(kept: Kept) -> dict[str, object]:
    """One mail as data, without what it says."""
    return {
        "id": kept.id,
        "state": kept.state,
        "kind": kept.mail.kind,
        "about": kept.mail.about,
        "milestone": kept.mail.milestone,
        "recipient": kept.mail.recipient,
        "language": kept.mail.language,
        "subject": kept.mail.subject,
        "created_at": kept.created_at.isoformat(timespec="seconds"),
        "next_at": kept.next_at.isoformat(timespec="seconds") if kept.ended_at is None else None,
        "ended_at": kept.ended_at and kept.ended_at.isoformat(timespec="seconds"),
        "attempts": kept.attempts,
        "last_error": kept.last_error,
    }


def _row(kept: Kept, keys: tuple[str, ...]) -> list[str]:
    facts = _facts(kept)
    return [str(facts[key]) for key in keys]
