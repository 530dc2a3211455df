"""`broker rollover simulate`: a change of keys rehearsed on a moved clock."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from broker.cli.context import in_words, instant, service_of, settings_of
from broker.cli.printing import print_table, safe
from broker.cli.rollover_options import rollovers_of
from broker.clock import system_clock
from broker.db import reading
from broker.demo.drill.behaviours import BEHAVIOURS, Behaviour
from broker.demo.drill.model import Report
from broker.demo.drill.registered import behaviours_of
from broker.demo.drill.running import drill
from broker.demo.drill.telling import as_data, failures, rows, summary, traffic_words
from broker.demo.drill.traffic import Traffic, both_sides
from broker.errors import Unknown
from broker.metadata.rollover.documents import read_draft
from broker.metadata.rollover.model import Plan, Rule, Slot
from broker.metadata.seed import read_toml
from broker.periods import Period

HOUR = timedelta(hours=1)


@click.command()
@click.argument("plans", nargs=-1, required=True, metavar="PLAN…")
@click.option("--from", "since", metavar="INSTANT", help="Begin here; as it is announced.")
@click.option("--to", "until", metavar="INSTANT", help="End here; when the old key is gone.")
@click.option("--registered", is_flag=True, help="With the partners of this installation.")
@click.option("--take-back/--no-take-back", default=True, help="Take it back for an hour.")
@click.option("--traffic", type=click.IntRange(1, 200), help="Also so many logins a second.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@in_words
def simulate(
    *,
    plans: tuple[str, ...],
    since: str | None,
    until: str | None,
    registered: bool,
    take_back: bool,
    traffic: int | None,
    as_json: bool,
) -> None:
    """Rehearse each PLAN (a file, or the code of one that is planned) on a moved clock.

    The real login path signs, verifies and decrypts, with keys made for the drill and partners
    that load and read our metadata as those in the field do. An hour after the switch everybody
    is taken back for an hour. Nothing of this installation is changed, and nobody is asked.
    """
    wish = Wish(
        since=instant("--from", since),
        until=instant("--to", until),
        registered=registered,
        take_back=take_back,
        rate=traffic,
        quiet=as_json,
    )
    told = []
    for name in plans:
        for found in _meant(name).values():
            report, flying = _play(found, wish)
            told.append(as_data(report, flying))
            if not as_json:
                _print(report, flying)
    if as_json:
        click.echo(json.dumps(told, indent=2))


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked of a drill."""

    since: datetime | None
    until: datetime | None
    registered: bool
    take_back: bool
    rate: int | None
    quiet: bool


def _play(plans: tuple[Plan, ...], wish: Wish) -> tuple[Report, Traffic | None]:
    services: tuple[Behaviour, ...] = BEHAVIOURS
    idps: tuple[Behaviour, ...] | None = None
    if wish.registered:
        services, idps = _registered(plans)
    played = tuple(_taken_back(plan) for plan in plans) if wish.take_back else plans
    label = f"{safe(plans[0].code)} in {safe(plans[0].slot.federation)}"
    flying = None
    with TemporaryDirectory(prefix="broker-drill-") as folder:
        with click.progressbar(length=100, label=label, hidden=wish.quiet, file=sys.stderr) as bar:
            report = drill(
                Path(folder) / "drill",
                played,
                services=services,
                idps=idps,
                since=wish.since,
                until=wish.until,
                progress=lambda done, of: bar.update(100 * done // of - bar.pos),
            )
        if wish.rate:
            flying = both_sides(Path(folder) / "traffic", plans, rate=wish.rate)
    return report, flying


def _print(report: Report, flying: Traffic | None) -> None:
    style = "a hard cut" if report.style == "hard" else "overlapping"
    click.secho(f"{safe(report.plan)} in {safe(report.federation)}, {style}", bold=True)
    print_table(("  partner", "behaves", "logins", "came out"), rows(report))
    for line in report.lines:
        for sentence in failures(line):
            click.secho(f"  {line.partner}  {sentence}", fg="red")
    click.secho(f"  {summary(report)}", fg="red" if report.cut_off else "green")
    if flying is not None:
        click.echo(f"  {traffic_words(flying)}")
    click.echo()


def _meant(name: str) -> dict[str, tuple[Plan, ...]]:
    """The plans that a file describes or a code names, by federation. Raises Unknown."""
    path = Path(name)
    if path.is_file():
        document = read_toml(path.read_bytes(), str(path.absolute()))
        draft = read_draft(document, path.name, system_clock())
        listed = document.get("federations")
        homes = [str(home) for home in listed] if isinstance(listed, list) else ["sundhed"]
        return {home: draft.plans(home, "drill", "a drill") for home in homes}
    known = rollovers_of(settings_of()).rollovers().plans
    found = [plan for plan in known if plan.code == name and plan.cancelled_at is None]
    if not found:
        raise Unknown("rollover.no_plan", f"{name!r} is neither a file nor a plan's code")
    paths = dict.fromkeys(plan.slot.federation for plan in found)
    return {path: tuple(p for p in found if p.slot.federation == path) for path in paths}


def _registered(plans: Sequence[Plan]) -> tuple[tuple[Behaviour, ...], tuple[Behaviour, ...]]:
    """How the partners of this installation behave: services, and identity providers."""
    federation, now = plans[0].slot.federation, system_clock()
    settings = settings_of()
    known = rollovers_of(settings).rollovers()
    sides = []
    with reading(service_of(settings).engine) as connection:
        for side in ("idp", "sp"):
            slot = Slot(federation, "idp" if side == "idp" else "sp", "signing")
            plan = replace(plans[0], slot=slot)
            sides.append(behaviours_of(connection, known, plan, now))
    return sides[0], sides[1]


def _taken_back(plan: Plan) -> Plan:
    """The same plan, taken back for everybody an hour after its switch, for an hour."""
    since = plan.instants.switch + HOUR
    rule = Rule("before", Period(since, since + HOUR), number=10**6, by="drill", reason="a drill")
    return replace(plan, rules=(*plan.rules, rule), holds=())
