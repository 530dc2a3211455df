"""`broker evidence`: the key pair made, evidence taken out, and opened where the private key is."""

import json
from pathlib import Path

import click

from broker.audit.events.trail import TrailAsked
from broker.audit.evidence import store as kept
from broker.audit.evidence.box import load_private, make_pair
from broker.audit.evidence.papers import Opened, open_papers, write_papers
from broker.audit.store import AuditStore, told_under
from broker.cli.context import in_words, occasion_of, settings_of
from broker.cli.writing import new_file
from broker.db import make_engine, reading, writing

SHORTEST = 12  # characters of a passphrase
_FILE = click.Path(path_type=Path, dir_okay=False)
_READ = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.group()
def evidence() -> None:
    """The messages of each login, kept for 180 days and readable with an offline key alone."""


@evidence.command("key")
@click.option("--output", type=_FILE, required=True, help="Where the private key goes.")
@in_words
def make_key(*, output: Path) -> None:
    """Make the pair, on the machine where evidence will be opened, which is none of the broker's.

    The private key is protected by a passphrase that is asked for. Without both, nobody opens
    what was encrypted to it: keep copies in two places.
    """
    phrase = click.prompt("Passphrase", hide_input=True, confirmation_prompt=True, err=True)
    if len(phrase) < SHORTEST:
        raise click.ClickException(f"Take at least {SHORTEST} characters.")
    pem, public = make_pair(phrase.encode())
    with new_file(output) as file:
        file.write(pem)
    click.echo(f"The private key is in {output}. Next, in the settings of every node:")
    click.echo(f"BROKER_EVIDENCE_KEY={public}")


@evidence.command()
@click.option("--reference", required=True, help="Of the login, as the person was told it.")
@click.option("--output", type=_FILE, required=True, help="A file that is not there yet.")
@click.option("--reason", required=True, help="Why; it is kept in the trail.")
@in_words
def export(*, reference: str, output: Path, reason: str) -> None:
    """Take the evidence of one login out, still encrypted, with what the trail says of it.

    That it was taken is itself recorded, first.
    """
    settings = settings_of()
    engine, occasion = make_engine(settings.database_url), occasion_of(reason)
    with reading(engine) as connection:
        found, told = kept.under(connection, reference), told_under(connection, reference)
    event = TrailAsked(
        what="evidence",
        people=(),
        about=reference,
        since="",
        until="",
        found=len(found),
        by=occasion.by,
        reason=reason,
    )
    with writing(engine) as connection:
        AuditStore().append(connection, event, at=occasion.at, reference=occasion.reference)
    if not found:
        raise click.ClickException(f"Nothing is kept under {reference}.")
    with new_file(output) as file:
        for line in write_papers(found, told):
            file.write(f"{line}\n".encode())
    click.echo(f"Wrote {len(found)} boxes to {output}. Next, where the private key is:")
    click.echo(f"broker evidence open {output.name} --key KEY --output FOLDER")


@evidence.command("open")
@click.argument("papers", type=_READ)
@click.option("--key", type=_READ, required=True, help="The private key.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="A folder that is not there yet.",
)
@in_words
def open_file(*, papers: Path, key: Path, output: Path) -> None:
    """Write each message to a file of its own, to the byte; needs no database and no settings."""
    phrase = click.prompt("Passphrase", hide_input=True, err=True)
    private = load_private(key.read_bytes(), phrase.encode())
    with papers.open(encoding="utf-8") as lines:
        opened = list(open_papers(lines, private))
    try:
        output.mkdir(mode=0o700)
    except FileExistsError:
        raise click.ClickException(f"{output} is there already; name another folder.") from None
    index: list[dict[str, object]] = []
    for number, one in enumerate(opened, 1):
        index += _written(output, number, one)
    with new_file(output / "index.json") as file:
        file.write(json.dumps(index, indent=2).encode())
    for line in index:
        click.echo(f"{output / str(line['file'])}  {line['what']}, {line['at']}, {line['trail']}")


def _written(folder: Path, number: int, one: Opened) -> list[dict[str, object]]:
    lines: list[dict[str, object]] = []
    for message in one.messages:
        ending = "query" if message.binding == "redirect" else "xml"
        name = f"{number:02}-{message.what}.{ending}"
        with new_file(folder / name) as file:
            file.write(message.content)
        login = one.bound.kind == "login"
        named = "named by the trail" if one.named else "not named by the trail"
        lines.append(
            {
                "file": name,
                "what": message.what,
                "reference": one.bound.reference,
                "federation": one.bound.federation,
                "at": one.bound.at.isoformat(),
                "trail": named if login else "proven by its own signature",
            }
        )
    return lines
