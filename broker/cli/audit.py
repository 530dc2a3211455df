"""`broker audit`: verify the trail, export heads and copies, and find what is about somebody."""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import click

from broker.audit.events.trail import TrailAsked, TrailKeyChanged
from broker.audit.proof.copies import verify_copy, write_copy
from broker.audit.proof.keys import PRIVATE, PUBLIC, load_key, load_public, make_key
from broker.audit.proof.model import Checked
from broker.audit.proof.signing import read_heads
from broker.audit.proof.verifying import Verifying
from broker.audit.store import AuditStore
from broker.cli.audit_person import person
from broker.cli.context import in_words, instant, occasion_of, settings_of
from broker.cli.printing import print_table
from broker.cli.writing import new_file
from broker.clock import system_clock
from broker.db import make_engine, writing
from broker.upkeep import exported_heads, trail_removing, trail_signing

_FILE = click.Path(path_type=Path, dir_okay=False)
_READ = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.group()
def audit() -> None:
    """The audit trail: that it is as it was written, and what it says."""


audit.add_command(person)


@audit.command()
@click.option("--head", "heads", type=_READ, multiple=True, help="Heads that were exported before.")
@click.option("--file", "copy", type=_READ, help="Verify a copy, with no database at all.")
@click.option("--keys", type=_READ, help="The public keys; those of this installation otherwise.")
@click.option("--json", "as_json", is_flag=True, help="The same as data.")
@in_words
def verify(*, heads: tuple[Path, ...], copy: Path | None, keys: Path | None, as_json: bool) -> None:
    """Read all of the trail, and name the first record of each chain that is not as it was.

    Rows that are missing at the end show against heads alone: give the ones that were shipped to
    another host. Those of this node count anyway. Exit status 1 where anything is wrong.
    """
    if copy is not None:
        public = load_public(keys or settings_of().keys / PUBLIC)
        with copy.open(encoding="utf-8") as lines:
            _report(verify_copy(lines, public), public.roots, as_json=as_json)
        return
    settings = settings_of()
    public = load_public(keys or settings.keys / PUBLIC)
    verifying = Verifying(make_engine(settings.database_url), public)
    known = exported_heads(settings)
    for file in heads:
        known += read_heads(file.read_text("utf-8"), public)
    if not known and not as_json:
        click.secho("No heads were given: a tail that was cut off would not show.", fg="yellow")
    _report(verifying.verify(known), public.roots, as_json=as_json)


@audit.command("heads")
@click.option("--output", type=_FILE, help="Add it to this file as well.")
@in_words
def export_heads(*, output: Path | None) -> None:
    """Seal what is complete, and export the last record of every chain, signed, as one line.

    Keep it where the administrators of the database cannot write: what it names cannot be taken
    out of the trail any more without being seen. `broker jobs run` does the same every hour.
    """
    settings = settings_of()
    signing = trail_signing(settings, make_engine(settings.database_url))
    now = system_clock()
    sealed = signing.seal(now)
    click.echo(f"Sealed {sealed} blocks.", err=True)
    click.echo(signing.export_heads(now, output or settings.audit_heads))


@audit.command()
@click.option("--from", "since", required=True, help="Instant with its offset.")
@click.option("--to", "until", required=True, help="Instant with its offset.")
@click.option("--output", type=_FILE, help="A file that is not there yet; to the screen otherwise.")
@click.option("--reason", required=True, help="Why; it is kept in the trail.")
@in_words
def export(*, since: str, until: str, output: Path | None, reason: str) -> None:
    """Take a copy of the trail of a time as JSON Lines, which `audit verify --file` verifies.

    That a copy was taken is itself recorded, first.
    """
    settings = settings_of()
    engine, occasion = make_engine(settings.database_url), occasion_of(reason)
    key = load_key(settings.keys)
    begins, ends = _instants(since, until)
    event = TrailAsked(
        what="copy",
        people=(),
        about="",
        since=begins.isoformat(),
        until=ends.isoformat(),
        found=0,
        by=occasion.by,
        reason=reason,
    )
    with writing(engine) as connection:
        AuditStore().append(connection, event, at=occasion.at, reference=occasion.reference)
    lines = write_copy(engine, key, begins, ends, occasion.at)
    if output is None:
        for line in lines:
            click.echo(line)
        return
    with new_file(output) as file:
        for line in lines:
            file.write(f"{line}\n".encode())
    click.echo(f"Wrote {output}. Next: broker audit verify --file {output}")


@audit.command()
@click.option("--yes", is_flag=True, help="Remove it; otherwise it is only said what would go.")
@in_words
def retain(*, yes: bool) -> None:
    """Remove whole sealed blocks that are older than BROKER_AUDIT_DAYS; tombstones stay.

    `broker jobs run` does it every day.
    """
    settings = settings_of()
    engine, occasion = make_engine(settings.database_url), occasion_of("")
    removing = trail_removing(settings, engine)
    due = removing.due(occasion.at)
    rule = f"older than {settings.audit_days} days"
    if not yes:
        click.echo(
            f"{sum(s.last - s.first + 1 for s in due)} records in {len(due)} blocks, {rule}."
        )
        click.echo("Next: broker audit retain --yes" if due else "Nothing goes.")
        return
    gone = removing.remove(load_key(settings.keys), occasion.at, occasion.by, occasion.reference)
    click.echo(f"Removed {gone} records {rule}.")


@audit.command("key")
@click.option("--lost", is_flag=True, help="The key before is gone and cannot introduce this one.")
@click.option("--reason", required=True, help="Why; it is kept in the trail.")
@in_words
def another_key(*, lost: bool, reason: str) -> None:
    """Seal the trail with another key from now on, which the one before introduces.

    What was sealed before is verified with the public keys as before. Run it where jobs run.
    """
    settings = settings_of()
    occasion = occasion_of(reason)
    before = None if lost else load_key(settings.keys)
    made = make_key(settings.keys, occasion.at, before)
    event = TrailKeyChanged(made.id, "lost" if lost else "rolled", occasion.by, reason)
    with writing(make_engine(settings.database_url)) as connection:
        AuditStore().append(connection, event, at=occasion.at, reference=occasion.reference)
    click.echo(
        f"Key {made.id} seals from now on. {settings.keys / PRIVATE} is readable by its owner."
    )
    click.echo(f"Next: give {settings.keys / PUBLIC} to whoever verifies, and broker audit heads")


def _report(found: Iterable[Checked], roots: tuple[str, ...], *, as_json: bool) -> None:
    rows = list(found)
    faults = [one.fault for one in rows if one.fault is not None]
    if as_json:
        click.echo(json.dumps([_facts(one) for one in rows], indent=2))
    else:
        heads = ("chain", "records", "last", "seals", "removed blocks", "result")
        cells = [
            [
                one.writer,
                str(one.records),
                str(one.last),
                str(one.sealed),
                str(one.removed),
                "as written" if one.fault is None else str(one.fault),
            ]
            for one in rows
        ]
        print_table(heads, cells)
        click.echo(f"First key: {', '.join(roots)}. Compare it with what was noted at set-up.")
    for fault in faults:
        click.secho(f"wrong  {fault}", fg="red", err=True)
    if faults:
        raise SystemExit(1)
    if not as_json:
        total = sum(one.records for one in rows)
        click.secho(f"All {total} records are as they were written.", fg="green")


def _facts(one: Checked) -> dict[str, object]:
    fault = one.fault
    return {
        "chain": one.writer,
        "records": one.records,
        "last": one.last,
        "seals": one.sealed,
        "removed_blocks": one.removed,
        "fault": None if fault is None else {"record": fault.seq, "flaw": fault.flaw},
    }


def _instants(since: str, until: str) -> tuple[datetime, datetime]:
    begins, ends = instant("--from", since), instant("--to", until)
    if begins is None or ends is None or begins >= ends:
        raise click.UsageError("--from has to be before --to.")
    return begins, ends
