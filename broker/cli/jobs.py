"""`broker jobs`: run what happens by itself, and see how it is doing."""

import json
import signal
from datetime import datetime, timedelta

import click

from broker.cli.context import in_words, settings_of
from broker.cli.install import problems_now
from broker.cli.printing import print_table
from broker.clock import system_clock
from broker.db import make_engine, reading
from broker.jobs.model import Job, Standing
from broker.jobs.registered import build_jobs
from broker.jobs.runner import Runner
from broker.jobs.store import JobStore
from broker.web.logging import configure

_FROM_STANDING = (
    *("last_started", "last_finished", "last_good", "due_at"),
    *("late_by", "holder", "error", "failures", "count"),
)


@click.group()
def jobs() -> None:
    """What happens by itself. No switch, role or opening waits for it; mails and news do."""


@jobs.command()
@click.argument("name", required=False)
@click.option("--once", is_flag=True, help="Run what is due now, and end.")
@in_words
def run(*, name: str | None, once: bool) -> None:
    """Run jobs until told to stop, or one job now, due or not.

    Any number of these may run, on any number of machines: no job runs twice. SIGTERM lets the
    job that runs end first. With NAME or --once the exit status is 1 where a job failed.
    """
    problems = list(problems_now())
    if problems:
        raise click.ClickException("\n".join(["Not started.", *map(str, problems)]))
    settings = settings_of()
    configure(settings.log_level)
    engine = make_engine(settings.database_url)
    runner = Runner(engine, build_jobs(settings, engine), system_clock)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: runner.stop())
    if name:
        _run_named(runner, name)
    elif once:
        _run_once(runner)
    else:
        names = ", ".join(job.name for job in runner.jobs)
        click.echo(f"Running {names} until told to stop. See broker jobs list.", err=True)
        runner.run_forever()


@jobs.command("list")
@click.option("--json", "as_json", is_flag=True, help="The same as data.")
@in_words
def list_jobs(*, as_json: bool) -> None:
    """Every job: how it went, when it is due, and how late it is.

    The exit status is 1 where a job failed, is more than 15 minutes late, or never ran.
    """
    settings = settings_of()
    engine = make_engine(settings.database_url)
    known = build_jobs(settings, engine)
    with reading(engine) as connection:
        standings = {one.name: one for one in JobStore().standings(connection)}
    now = system_clock()
    facts = [_facts(job, standings.get(job.name), now) for job in known]
    if as_json:
        click.echo(json.dumps(facts, indent=2))
    else:
        keys = ("name", "state", "every", "last_finished", "due_at", "late_by", "error", "purpose")
        print_table(
            [key.replace("_", " ") for key in keys], [[str(f[key]) for key in keys] for f in facts]
        )
    if not all(f["well"] for f in facts):
        click.echo("Not all is well. Is broker jobs run running?", err=True)
        raise SystemExit(1)


def _run_named(runner: Runner, name: str) -> None:
    job = next((one for one in runner.jobs if one.name == name), None)
    if job is None:
        names = ", ".join(one.name for one in runner.jobs)
        raise click.ClickException(f"There is no job {name}. There are {names}.")
    runner.prepare()
    outcome = runner.run_one(job, unasked=True)
    if outcome is None:
        raise click.ClickException(f"{name} is running elsewhere; see broker jobs list.")
    if outcome == "failed":
        raise click.ClickException(f"{name} failed; see broker jobs list.")
    click.echo(f"{name} ran.")


def _run_once(runner: Runner) -> None:
    runner.prepare()
    outcomes = runner.run_due()
    for name, outcome in outcomes.items():
        click.echo(f"{name}: {outcome}")
    if not outcomes:
        click.echo("Nothing is due.")
    if "failed" in outcomes.values():
        raise SystemExit(1)


def _facts(job: Job, standing: Standing | None, now: datetime) -> dict[str, object]:
    """One job as data; a job that never ran is not well."""
    facts: dict[str, object] = {
        "name": job.name,
        "state": "never ran",
        "every": str(job.interval),
        "purpose": job.purpose,
        "well": False,
    }
    if standing is None:
        return facts | dict.fromkeys(_FROM_STANDING, "")
    running = standing.running(now)
    return facts | {
        "state": "running" if running else standing.last_outcome or "waiting",
        "well": standing.well(now),
        "last_started": _shown(standing.last_started),
        "last_finished": _shown(standing.last_finished),
        "last_good": _shown(standing.last_good),
        "due_at": _shown(standing.due_at),
        "late_by": str(timedelta(seconds=int(standing.late_by(now).total_seconds()))),
        "holder": standing.holder or "",
        "error": standing.last_error or "",
        "failures": standing.failures,
        "count": standing.last_count,
    }


def _shown(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""
