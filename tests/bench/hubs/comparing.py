"""`make bench ARGS=--hubs`: the broker and SATOSA in turn, the broker by itself, and its growth."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import click

from tests.bench.hubs import drive, running, theirs
from tests.bench.hubs.growth import entities, trail
from tests.bench.hubs.report import Figure
from tests.bench.hubs.rounds import Seen, rounds
from tests.bench.hubs.running import Fill, Running
from tests.postgres import new_database
from tests.postgres import running as postgres

OURS, THEIRS, MS, MB = "broker", "SATOSA", 1000.0, 1e-6
FLOOR, FLOOR_3072 = 4.0, 3.0  # times the cryptography alone that a login may cost
CHEAPER = 25.0  # times that SATOSA costs at least
GROWTH = 1.05  # how much more it may cost with 10,000 entities than with 10
MEMORY = 130.0  # MB
CLIENTS = 8

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    rounds: int
    logins: int  # a round
    many: int = 10_000  # entities
    trail: int = 1_000_000  # audit rows
    clients: int = CLIENTS


FULL, QUICK = Size(7, 40), Size(3, 20, many=1000, trail=50_000)
ENVIRONMENT = Path(".venv") / "satosa"


def measure(size: Size, say: Say, *, alone: bool = False, profile: bool = False) -> list[Figure]:
    """Everything; `alone` without SATOSA, whose packages come from the network."""
    with tempfile.TemporaryDirectory(prefix="broker-hubs-") as name:
        at = Path(name)
        figures = list(together(at, size, say, alone=alone))
        figures += _by_itself(at, size, say)
        figures += _growing(at, size, say)
        if profile:
            click.echo(_profile(at, size, say))
    return figures


def together(at: Path, size: Size, say: Say, *, alone: bool) -> Iterator[Figure]:
    """The broker and SATOSA in turn, one worker each, by one client and by several."""
    hubs = {}
    with ExitStack() as stack:
        say("setting up")
        hubs[OURS] = stack.enter_context(running.broker(_folder(at, "ours")))
        if not alone:
            say("installing SATOSA in an environment of its own")
            python = theirs.install(ENVIRONMENT.absolute())
            hubs[THEIRS] = stack.enter_context(running.satosa(_folder(at, "theirs"), python))
        seen = _rounds(hubs, size, say, clients=size.clients, floors=frozenset({OURS}))
    yield from _against_floor(seen[OURS], "RSA-2048", FLOOR)
    ours, others = seen[OURS], {name: one for name, one in seen.items() if name != OURS}
    yield from _each(
        "Server CPU a login, against the broker",
        MS,
        "ms",
        seen,
        lambda one: one.cpu,
        target=CHEAPER if others else None,
    )
    if others:
        children = {f"{name}, of it in processes": others[name] for name in others}
        yield from _each("Processes started for a login", MS, "ms", children, lambda o: o.children)
    for clients, taken in ((1, "alone"), (size.clients, "crowd")):
        title = f"Logins a second, {clients} client{'s' if clients > 1 else ''}, against the broker"
        yield from _each(title, 1, "/s", seen, _speed(taken))
    for share in (0.5, 0.99):
        title = f"What a login waits for the hub, p{share * 100:.0f}, against the broker"
        yield from _each(title, MS, "ms", seen, _waiting(share))
    yield Figure("Memory of a worker", OURS, ours.resident * MB, "MB", target=MEMORY)
    for name, one in others.items():
        yield Figure("Memory of a worker", name, one.resident * MB, "MB")


def _by_itself(at: Path, size: Size, say: Say) -> Iterator[Figure]:
    """RSA-3072, the page that asks where, PostgreSQL, evidence; in turn with the plain one."""
    with ExitStack() as stack:
        server = stack.enter_context(postgres())
        plain = running.broker(_folder(at, "plain"), like=at / "ours")
        large = running.broker(_folder(at, "large"), bits=3072)
        page = running.broker(_folder(at, "page"), choice=True)
        proven = running.broker(_folder(at, "proven"), like=at / "ours", evidence=True)
        shared = running.broker(_folder(at, "shared"), database_url=new_database(server, "hubs"))
        say("setting up")
        hubs = {
            "as above": stack.enter_context(plain),
            "RSA-3072": stack.enter_context(large),
            "with the discovery page": stack.enter_context(page),
            "with messages kept as evidence": stack.enter_context(proven),
            "with PostgreSQL": stack.enter_context(shared),
        }
        seen = _rounds(hubs, size, say, floors=frozenset({"RSA-3072"}))
    yield from _against_floor(seen["RSA-3072"], "RSA-3072", FLOOR_3072)
    yield from _each(
        "The broker by itself: CPU a login, against the first", MS, "ms", seen, lambda one: one.cpu
    )


def _growing(at: Path, size: Size, say: Say) -> Iterator[Figure]:
    counts = (10, min(1000, size.many), size.many)
    fills = {f"{count:,} entities": entities(count) for count in dict.fromkeys(counts)}
    seen = _filled(at, fills, size, say)
    title = "As entities grow: CPU a login, against the first"
    yield from _each(title, MS, "ms", seen, lambda one: one.cpu, most=GROWTH)
    rows = {f"{count:,} audit rows": trail(count) for count in (0, size.trail)}
    title = "As the trail grows: CPU a login, against the first"
    yield from _each(title, MS, "ms", _filled(at, rows, size, say), lambda one: one.cpu)


def _filled(at: Path, fills: Mapping[str, Fill], size: Size, say: Say) -> dict[str, Seen]:
    with ExitStack() as stack:
        hubs = {}
        for name, fill in fills.items():
            say(f"filling {name}")
            folder = _folder(at, name.replace(" ", "-"))
            made = running.broker(folder, like=at / "ours", fill=fill)
            hubs[name] = stack.enter_context(made)
        return _rounds(hubs, size, say)


def _profile(at: Path, size: Size, say: Say) -> str:
    with running.broker(_folder(at, "profile"), like=at / "ours", profile=True) as one:
        drive.logins(one.hub, one.peers, one.port, size.logins)
        drive.profile(one.port)
        say("looking where the time goes")
        drive.logins(one.hub, one.peers, one.port, size.rounds * size.logins * 2)
        return drive.profile(one.port)


def _rounds(
    hubs: Mapping[str, Running],
    size: Size,
    say: Say,
    *,
    clients: int = 0,
    floors: frozenset[str] = frozenset(),
) -> dict[str, Seen]:
    return rounds(
        hubs, number=size.rounds, each=size.logins, clients=clients, floors=floors, say=say
    )


def _against_floor(seen: Seen, what: str, target: float) -> Iterator[Figure]:
    group = f"{what}: CPU a login, against its cryptography alone"
    yield Figure(group, "verify, decrypt, sign, encrypt, ask", seen.floor * MS, "ms", 1.0)
    yield Figure(group, "a whole login", seen.cpu * MS, "ms", seen.over_floor, target)


def _each(
    group: str,
    scale: float,
    unit: str,
    seen: Mapping[str, Seen],
    of: Callable[[Seen], float],
    *,
    target: float | None = None,
    most: float | None = None,
) -> Iterator[Figure]:
    """One figure for each, against the first; `target` or `most` is for the ratio of the last."""
    values = {name: of(one) for name, one in seen.items()}
    first = next(iter(values.values()))
    *_, last = values
    for name, value in values.items():
        wanted = (target if most is None else most) if name == last else None
        ratio = value / first if first else 1.0
        yield Figure(group, name, value * scale, unit, ratio, wanted, least=most is None)


def _speed(taken: str) -> Callable[[Seen], float]:
    return lambda one: Seen.per_second(one.alone if taken == "alone" else one.crowd)


def _waiting(share: float) -> Callable[[Seen], float]:
    return lambda one: one.waited(share)


def _folder(at: Path, name: str) -> Path:
    folder = at / name
    folder.mkdir()
    return folder
