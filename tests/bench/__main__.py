"""`make bench`: logins and the portals among a million grants, metadata of ten thousand entities.

Database time is what a login waits for its statements: the way to the server and back,
planning, running, and reading the rows. Each person comes several times and their least
disturbed login counts, so that who else uses the cores shows in `load` and not in the rows;
what the server computed is shown beside it, from the kernel's accounts of its process.
"""

import os
import platform
import sys
import tempfile
from pathlib import Path

import click
import sqlalchemy as sa

from broker.db import Engine, make_engine, migrate, migrated, reading
from tests.bench import feed, sizes
from tests.bench.discovery import discovery_page
from tests.bench.hubs import comparing, report
from tests.bench.load import load
from tests.bench.logins import Took
from tests.bench.measure import Measured, measure
from tests.bench.portal_rows import cast_of, furnish
from tests.bench.portals import QUICK, TIMES, portal_pages
from tests.bench.progress import Stages
from tests.bench.sink import settle
from tests.bench.table import Line, ratio, show, times
from tests.postgres import NoPostgres, kept_database, new_database, running

TARGET = 0.002  # seconds of database time at a login, p99
GROWTH = 1.5  # how much more the same may take in a hundred times as many grants
PART = 0.01  # of the country, for comparison
SMALL, FULL, SQLITE = "PostgreSQL, 1 %", "PostgreSQL, 100 %", "SQLite, 1 %"

_SERVER = ("-c", "shared_buffers=512MB", "-c", "max_wal_size=4GB")


@click.command()
@click.option("--quick", is_flag=True, help="Only the small country, and fewer people.")
@click.option("--portals", "only_portals", is_flag=True, help="Only the pages of the portals.")
@click.option("--hubs", "only_hubs", is_flag=True, help="Only whole logins, beside SATOSA.")
@click.option("--alone", is_flag=True, help="Without SATOSA, which is fetched from the network.")
@click.option("--profile", is_flag=True, help="Show where the time of a login goes as well.")
@click.option("--people", type=click.IntRange(50, 20_000), help="How many people sign in.")
@click.option("--passes", type=click.IntRange(1, 50), help="How often each of them does.")
@click.option("--keep", type=click.Path(path_type=Path), help="Keep the portals' country here.")
@click.option("--as", "kinds", multiple=True, help="Walk the portals as these only.")
def main(
    *,
    quick: bool,
    only_portals: bool,
    only_hubs: bool,
    alone: bool,
    profile: bool,
    people: int | None,
    passes: int | None,
    keep: Path | None,
    kinds: tuple[str, ...],
) -> None:
    """Measure logins, their roles, and the portals; exit status 1 where a target is missed."""
    if only_hubs:
        sys.exit(_hubs(quick=quick, alone=alone, profile=profile))
    if only_portals:
        size, times = sizes.FULL.part(PART if quick else 1), QUICK if quick else TIMES
        sys.exit(_portals(size, times, keep, kinds))
    people = people or (500 if quick else 2_000)
    passes = passes or (5 if quick else 10)
    lines: list[Line] = []
    try:
        with (
            running(*_SERVER) as folder,
            tempfile.TemporaryDirectory(prefix="broker-bench-") as name,
        ):
            engines = {
                SMALL: make_engine(new_database(folder, "small")),
                FULL: make_engine(new_database(folder, "full")),
                SQLITE: make_engine(f"sqlite:///{Path(name) / 'bench.sqlite3'}"),
            }
            if quick:
                del engines[FULL]
            _facts(engines[SMALL])
            for where, engine in engines.items():
                with Stages() as say:
                    loaded = load(engine, sizes.FULL.part(1 if where == FULL else PART), say)
                rows = sum(loaded.counts.values())
                lines.append(Line(where, f"loading {rows:,} rows", f"{loaded.seconds:.0f} s"))
            found = measure(engines, people, passes, lambda doing: click.echo(doing, err=True))
            feeds = {
                "PostgreSQL": make_engine(new_database(folder, "feed")),
                "SQLite": make_engine(f"sqlite:///{Path(name) / 'feed.sqlite3'}"),
            }
            with Stages() as say:
                lines += feed.lines(feeds, say)
            for engine in feeds.values():
                engine.dispose()
            whole = engines[SMALL if quick else FULL]
            with Stages() as say:
                furnish(whole, say)
                lines += portal_pages(whole, cast_of(whole), say, QUICK if quick else TIMES)
            for engine in engines.values():
                engine.dispose()
    except NoPostgres as error:
        raise click.ClickException(str(error)) from None
    for where, measured in found.items():
        lines += _measured(measured, where)
    if FULL in found:
        lines += _growth(found[SMALL], found[FULL])
    click.echo("the discovery page", err=True)
    lines += discovery_page(500 if quick else 2_000)
    show(lines)
    met = _hubs(quick=quick, alone=alone, profile=profile) == 0
    missed = not met or any(line.met is False for line in lines)
    cores, load_now = os.cpu_count() or 1, os.getloadavg()[1]
    click.echo(f"\n{people} people, each {passes} times; load {load_now:.1f} on {cores} cores.")
    if missed and load_now > cores:
        click.echo("Others kept the cores busy: what waits for a core waited in these rows too.")
    sys.exit(1 if missed else 0)


def _hubs(*, quick: bool, alone: bool, profile: bool) -> int:
    """Whole logins, by us and by SATOSA; the exit status."""
    size = comparing.QUICK if quick else comparing.FULL
    figures = comparing.measure(
        size, lambda doing: click.echo(doing, err=True), alone=alone, profile=profile
    )
    report.show(figures)
    report.write(figures)
    return 1 if any(one.met is False for one in figures) else 0


def _portals(size: sizes.Size, times: int, keep: Path | None, kinds: tuple[str, ...]) -> int:
    """Only the portals; the exit status. A country that is kept is brought to this revision."""
    with running(*_SERVER, keep=keep) as folder, Stages() as say:

        def fill(url: str) -> None:
            engine = make_engine(url)
            load(engine, size, say)
            furnish(engine, say)
            engine.dispose()

        engine = make_engine(kept_database(folder, f"country-{size.people}", fill))
        _facts(engine)
        if not migrated(engine):
            migrate(engine)
            settle(engine)
        cast = [one for one in cast_of(engine) if not kinds or one.kind in kinds]
        lines = portal_pages(engine, cast, say, times)
        engine.dispose()
    show(lines)
    load_now = os.getloadavg()[1]
    click.echo(f"\n{len(lines)} pages; load {load_now:.1f} on {os.cpu_count()} cores.")
    return 1 if any(line.met is False for line in lines) else 0


def _measured(found: Measured, where: str) -> list[Line]:
    server = where != SQLITE
    target = TARGET if server else None
    count = [took.statements for took in found.best]
    lines = [
        times(where, "roles at login, database time", _read(found.best), target),
        times(where, "the same, those with most grants", _read(found.heaviest)),
    ]
    if server:
        lines += [
            times(where, "computed by the server", _computed(found.best), target),
            times(where, "the same, those with most grants", _computed(found.heaviest)),
            times(where, "first ten logins of a connection", _read(found.first)),
        ]
    return [
        *lines,
        times(where, "what is kept of it, database time", [took.written for took in found.writing]),
        times(where, "resolving in Python", [took.python for took in found.best]),
        Line(where, "statements, read", f"{sum(count) / len(count):.1f}", "", str(max(count))),
        Line(where, f"who has a service, {found.reported} lines", f"{found.report * 1000:.0f} ms"),
    ]


def _growth(one: Measured, every: Measured) -> list[Line]:
    """Whether a hundred times as many grants take longer."""
    return [
        ratio("roles at login, database time", _read(every.best), _read(one.best), GROWTH),
        ratio("computed by the server", _computed(every.best), _computed(one.best)),
    ]


def _read(logins: list[Took]) -> list[float]:
    return [took.read for took in logins]


def _computed(logins: list[Took]) -> list[float]:
    return [took.server for took in logins]


def _facts(engine: Engine) -> None:
    with reading(engine) as connection:
        version = connection.scalar(sa.text("SHOW server_version"))
    cores, load = os.cpu_count(), os.getloadavg()[0]
    click.echo(f"{cores} cores, shared by server and client and whoever else; load {load:.1f}")
    click.echo(f"PostgreSQL {version}, Python {platform.python_version()}, {platform.system()}")


if __name__ == "__main__":
    main()
