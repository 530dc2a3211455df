"""`make soak MINUTES=20`: quiet first, for what a login takes; then attackers as well."""

import multiprocessing
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import click

from tests.bench.timing import percentile
from tests.box import Box, make_box
from tests.nodes import RealTime
from tests.postgres import new_database, running
from tests.proxy import proxied, serving
from tests.soak.attackers import Attackers, Over
from tests.soak.people import People
from tests.soak.verdict import Seen, lines
from tests.soak.watching import Memory, trail

QUIET = 0.2  # of the time, at most two minutes
WARM = 30  # logins


@click.command()
@click.option("--minutes", type=click.FloatRange(0.5, 600), default=20, show_default=True)
@click.option("--rate", default=3.0, show_default=True, help="Honest logins a second.")
@click.option("--attacks", default=8.0, show_default=True, help="Hostile messages a second.")
@click.option("--sqlite", is_flag=True, help="SQLite in place of PostgreSQL.")
def main(*, minutes: float, rate: float, attacks: float, sqlite: bool) -> None:
    """Mixed honest and hostile load; exit status 1 where something does not hold."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="broker-soak-")))
        url = "" if sqlite else new_database(stack.enter_context(running()), "soak")
        data = folder / "data"
        data.mkdir(mode=0o700)
        made = make_box(data, url)
        stack.callback(made.services.engine.dispose)
        box, log = Box(made.app, made.settings, RealTime(), made.hops), folder / "broker.log"
        port, master = stack.enter_context(serving(box.settings, log))
        proxy = stack.enter_context(proxied(folder / "nginx", box.settings, port))
        click.echo(f"{'SQLite' if sqlite else 'PostgreSQL'}, 2 workers, nginx before them.")
        quiet = People(box, proxy)
        quiet.go_on(2 * rate, WARM / (2 * rate))
        warm = len(quiet.took)
        span = min(120.0, 60 * minutes * QUIET)
        quiet.go_on(rate, span)
        took = quiet.took[warm:]
        _say("Quiet", took, quiet)
        people, attackers, memory = People(box, proxy), Attackers(box, proxy), Memory(master)
        with _beside(memory, attackers, attacks):
            end = time.monotonic() + 60 * minutes
            while (left := end - time.monotonic()) > 0:
                people.go_on(rate, min(60.0, left))
                _say(f"{(60 * minutes - left) / 60:4.0f} min", people.took, people, memory)
        done = len(quiet.took) + len(people.took) + attackers.accepted
        unheard = attackers.lost.total() + len(quiet.failed) + len(people.failed)
        kept = trail(made.services.engine)
        seen = Seen(took, people, attackers, memory, kept, done, unheard, log.read_text())
    click.echo(f"load of the machine {os.getloadavg()[1]:.1f}")
    for what, number in sorted(attackers.statuses.items()):
        click.echo(f"  {what:24} {number}")
    for what, number in attackers.lost.most_common(8):
        click.echo(f"  lost {what} {number}")
    for what in dict.fromkeys((*quiet.failed, *people.failed)):
        click.echo(f"  failed {what}")
    verdict = lines(seen)
    for line in verdict:
        click.echo(f"{'ok  ' if line.holds else 'FAIL'} {line.what}: {line.seen}")
    sys.exit(0 if all(line.holds for line in verdict) else 1)


@contextmanager
def _beside(memory: Memory, attackers: Attackers, rate: float) -> Iterator[None]:
    """Watch, and let attackers attack, in a process of their own: people are timed in this one."""
    context = multiprocessing.get_context("fork")
    over, (told, telling) = context.Event(), context.Pipe(duplex=False)
    child = context.Process(target=_attack, args=(attackers, rate, over, telling), daemon=True)
    child.start()
    telling.close()
    watching = threading.Thread(target=memory.go_on, daemon=True)
    watching.start()
    try:
        yield
    finally:
        over.set()
        memory.over.set()
        watching.join(30)
        if not told.poll(60):
            raise RuntimeError("the attackers did not come back")
        attackers.statuses, attackers.lost, attackers.accepted, attackers.wrong = told.recv()
        child.join(30)


def _attack(attackers: Attackers, rate: float, over: Over, telling: Connection) -> None:
    attackers.box.services.engine.dispose(close=False)  # connections are the parent's
    attackers.go_on(rate, over)
    telling.send((attackers.statuses, attackers.lost, attackers.accepted, attackers.wrong))


def _say(when: str, took: list[float], people: People, memory: Memory | None = None) -> None:
    worked = " ".join(
        f"{samples[-1][1] / 1024:.1f}" for samples in (memory.samples if memory else {}).values()
    )
    click.echo(
        f"{when}: {len(took)} logins, p50 {percentile(took, 0.5) * 1000:.0f} ms, "
        f"p99 {percentile(took, 0.99) * 1000:.0f} ms, {len(people.failed)} failed"
        + (f", workers {worked} MB" if worked else "")
    )


if __name__ == "__main__":
    main()
