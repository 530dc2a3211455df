"""Ten thousand entities of one signed aggregate: loading, starting with them, finding one."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

from broker.db import Engine, make_engine, migrate
from broker.metadata.registry import RegistryCache
from broker.metadata.source import FEED_LIMITS
from tests.bench.progress import Say
from tests.bench.table import Line
from tests.factories import NOW
from tests.metadata_factory import Sp, acs, cert, contact, key, organisation
from tests.publisher import ORIGIN, Follower, signed

ENTITIES, FEW = 10_000, 10
LOAD, START = 10.0, 2.0  # seconds
GROWTH = 3.0  # how much longer a look-up may take among a thousand times as many
CERTIFICATES = 20  # that the entities share: making ten thousand RSA keys takes an hour
LOOKUPS = 5_000


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds: to load the feed, to load it again unchanged, to start, and to look up one."""

    load: float
    again: float
    start: float
    first: float  # the look-up that reads the document
    lookup: float
    told: int  # how often the progress was told
    load_cpu: float  # what this process computed of it, whoever else uses the cores
    start_cpu: float


def measure(engine: Engine, entities: int, say: Say) -> Took:
    """Follow a feed of so many entities with a database that is migrated and empty."""
    follower = Follower(engine, limits=FEED_LIMITS)
    follower.follow("feed", pinned="feed", many=True)
    told: list[int] = []
    contents = [published(entities, times) for times in range(2)]

    def progress(done: int, of: int) -> None:
        told.append(done)
        say(f"{entities:,} entities", done, of)

    began, computed = time.perf_counter(), time.process_time()
    first = follower.refresher.refresh(
        "feed", follower.occasion, content=contents[0], progress=progress
    )
    load, load_cpu = time.perf_counter() - began, time.process_time() - computed
    assert first.counts["added"] == entities, first
    began = time.perf_counter()
    second = follower.refresher.refresh("feed", follower.occasion, content=contents[1])
    again = time.perf_counter() - began
    assert second.counts["unchanged"] == entities, second
    began, computed = time.perf_counter(), time.process_time()
    registry = RegistryCache(engine, ORIGIN, lambda: NOW).current()
    start, start_cpu = time.perf_counter() - began, time.process_time() - computed
    wanted = [entity_id(entities * n // FEW) for n in range(FEW)]
    began = time.perf_counter()
    registry.service_by_entity("sundhed", wanted[0])
    opening = time.perf_counter() - began
    for one in wanted:
        registry.service_by_entity("sundhed", one)
    began = time.perf_counter()
    for number in range(LOOKUPS):
        registry.service_by_entity("sundhed", wanted[number % FEW])
    lookup = (time.perf_counter() - began) / LOOKUPS
    return Took(load, again, start, opening, lookup, len(told), load_cpu, start_cpu)


def lines(engines: dict[str, Engine], say: Say) -> Iterator[Line]:
    """What is measured, against the targets."""
    for where, engine in engines.items():
        migrate(engine)
        with _sqlite() as small:
            few = measure(small, FEW, say)
        many = measure(engine, ENTITIES, say)
        grown = many.lookup / max(few.lookup, 1e-9)
        yield _within(where, f"{ENTITIES:,} entities from a feed", many.load, LOAD)
        yield Line(where, "of which this process computed", f"{many.load_cpu:.1f} s")
        yield Line(where, "the same feed, signed anew", f"{many.again:.1f} s")
        yield _within(where, "start with them", many.start, START)
        yield Line(where, "the first look-up of one", f"{many.first * 1000:.1f} ms")
        what, each = f"a look-up, × {grown:.1f} of among {FEW}", f"{many.lookup * 1e6:.1f} µs"
        yield Line(where, what, each, "", "", f"≤ × {GROWTH:.0f}", met=grown <= GROWTH)


def _within(where: str, what: str, seconds: float, target: float) -> Line:
    return Line(where, what, f"{seconds:.1f} s", "", "", f"≤ {target:.0f} s", met=seconds <= target)


@cache
def published(entities: int, times: int) -> bytes:
    """The feed as it is published so many times after the first."""
    keys = [cert(f"feed-{number}") for number in range(CERTIFICATES)]
    members = []
    for number in range(entities):
        signing, encryption = keys[number % CERTIFICATES], keys[(number + 1) % CERTIFICATES]
        members.append(
            Sp(
                entity_id(number),
                key("", "signing", signing) + key("", "encryption", encryption),
                acs(f"{entity_id(number)}/acs"),
                tail=organisation(f"Organisation {number}") + contact(),
            )
        )
    at = NOW + timedelta(seconds=times)
    return signed(*members, published=at, until=at + timedelta(days=14))


def entity_id(number: int) -> str:
    """The entityID of one of the members."""
    return f"https://sp{number}.example.dk/saml"


@contextmanager
def _sqlite() -> Iterator[Engine]:
    with tempfile.TemporaryDirectory(prefix="broker-feed-") as name:
        engine = make_engine(f"sqlite:///{Path(name) / 'feed.sqlite3'}")
        migrate(engine)
        yield engine
        engine.dispose()
