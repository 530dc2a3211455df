"""`broker health`: how each identity provider is doing, from real logins and from outside."""

import json
import time
from datetime import datetime

import click

from broker.cli.context import in_words, service_of, settings_of
from broker.cli.printing import print_table
from broker.clock import system_clock
from broker.db import reading, writing
from broker.health import store
from broker.health.model import Health
from broker.health.probe import probe
from broker.health.snapshot import HealthBoard
from broker.metadata.registry import RegistryCache


@click.group()
def health() -> None:
    """How each identity provider is doing."""


@health.command()
@click.option("--federation", help="Only this one.")
@click.option("--json", "as_json", is_flag=True, help="The same as data.")
@in_words
def show(*, federation: str | None, as_json: bool) -> None:
    """Who comes back from each IdP, of those who went there in the last minutes.

    Of all nodes, as far as they have handed their minutes over. Nothing is said of fewer than
    eight logins.
    """
    settings = settings_of()
    engine, now = service_of(settings).engine, system_clock()
    known = HealthBoard(engine).current(now)
    rows = [
        _facts(path, "", idp, found)
        for (path, idp), found in sorted(known.in_all.items())
        if federation in (None, path)
    ] + [
        _facts(path, service, idp, found)
        for (path, service, idp), found in sorted(known.at_service.items())
        if federation in (None, path)
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    elif not rows:
        click.echo("Nobody has signed in during the last two hours.")
    else:
        heads = ("federation", "service", "idp", "state", "since", "started", "returned", "median")
        cells = [["" if row[key] is None else str(row[key]) for key in heads] for row in rows]
        print_table(heads, cells)


@health.command("probe")
@click.option("--federation", help="Only in this one.")
@click.option("--idp", "only", help="Only this one.")
@click.option("--json", "as_json", is_flag=True, help="The same as data.")
@in_words
def ask(*, federation: str | None, only: str | None, as_json: bool) -> None:
    """Ask each IdP's own address whether anything answers; for the host's scheduler.

    What is found counts where nobody signs in. Exit status 1 where one does not answer.
    """
    settings = settings_of()
    engine = service_of(settings).engine
    registry = RegistryCache(engine, settings.origin).current()
    with reading(engine) as connection:
        before = {(one.federation, one.idp): one for one in store.probes(connection)}
    found = [
        probe(idp, before.get((idp.federation, idp.code)), system_clock(), time.perf_counter)
        for home in registry.federations
        if federation in (None, home.path)
        for idp in registry.idps(home.path)
        if only in (None, idp.code)
    ]
    with writing(engine) as connection:
        for one in found:
            store.put_probe(connection, one)
    rows = [
        {
            "federation": one.federation,
            "idp": one.idp,
            "outcome": one.outcome,
            "ms": one.ms,
            "failing_since": _text(one.failing_since),
        }
        for one in found
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    elif rows:
        heads = ("federation", "idp", "outcome", "ms", "failing_since")
        print_table(heads, [[str(row[key] or "") for key in heads] for row in rows])
    else:
        click.echo("There is no such IdP. Next: broker metadata list")
    if any(one.outcome != "ok" for one in found):
        raise SystemExit(1)


def _facts(federation: str, service: str, idp: str, found: Health) -> dict[str, object]:
    return {
        "federation": federation,
        "service": service or "(all)",
        "idp": idp,
        "state": found.state,
        "since": _text(found.since),
        "started": found.started,
        "returned": found.returned,
        "median": found.median,
        "failures": dict(found.failures),
    }


def _text(at: datetime | None) -> str | None:
    return at.isoformat(timespec="minutes") if at else None
