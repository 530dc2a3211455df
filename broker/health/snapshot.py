"""The verdicts of one process: a few seconds old, and read on the login path without a query."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from broker.db import Engine, reading
from broker.health import store
from broker.health.model import UNKNOWN, CountRow, Health
from broker.health.store import Probe
from broker.health.verdict import SPAN, health

LIFE = timedelta(seconds=10)
TWICE = timedelta(minutes=1)  # a probe that failed once may have been unlucky
STALE = timedelta(minutes=15)  # what a probe found longer ago says nothing


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How every identity provider is doing, in all and at each service, as of one instant."""

    at: datetime
    in_all: Mapping[tuple[str, str], Health] = field(default_factory=dict)
    at_service: Mapping[tuple[str, str, str], Health] = field(default_factory=dict)
    probes: Mapping[tuple[str, str], Probe] = field(default_factory=dict)

    def of(self, federation: str, service: str, idp: str) -> Health:
        """How an IdP is doing for the people of a service.

        Its own numbers count where they say something, else those of all services; a probe
        counts where nobody tried to sign in.
        """
        own = self.at_service.get((federation, service, idp), UNKNOWN)
        return own if own.state != "unknown" else self.overall(federation, idp)

    def overall(self, federation: str, idp: str) -> Health:
        """How an IdP is doing for everybody."""
        found = self.in_all.get((federation, idp), UNKNOWN)
        probe = self.probes.get((federation, idp))
        if found.state != "unknown" or probe is None or probe.failing_since is None:
            return found
        long_enough = probe.at - probe.failing_since >= TWICE
        if long_enough and self.at - probe.at < STALE:
            return Health("failing", probe.failing_since)
        return found


def judge(rows: Iterable[CountRow], probes: Iterable[Probe], now: datetime) -> Snapshot:
    """The verdicts that minutes and probes come to."""
    in_all: dict[tuple[str, str], list[CountRow]] = defaultdict(list)
    at_service: dict[tuple[str, str, str], list[CountRow]] = defaultdict(list)
    for row in rows:
        in_all[row.federation, row.idp].append(row)
        at_service[row.federation, row.service, row.idp].append(row)
    return Snapshot(
        now,
        {key: health(found, now) for key, found in in_all.items()},
        {key: health(found, now) for key, found in at_service.items()},
        {(probe.federation, probe.idp): probe for probe in probes},
    )


class HealthBoard:
    """The last snapshot of this process; one request in ten seconds makes the next."""

    def __init__(self, engine: Engine, keep: Callable[[datetime], None] | None = None) -> None:
        """`keep` hands over what this process counted, before it is read."""
        self._engine = engine
        self._keep = keep
        self._lock = threading.Lock()
        self._last: Snapshot | None = None

    def current(self, now: datetime) -> Snapshot:
        """How it stands; while somebody else looks anew, what was known before."""
        last = self._last
        if last is not None and last.at <= now < last.at + LIFE:
            return last
        if not self._lock.acquire(blocking=last is None):
            return last if last is not None else Snapshot(now)
        try:
            return self._anew(now)
        finally:
            self._lock.release()

    def _anew(self, now: datetime) -> Snapshot:
        last = self._last
        if last is not None and last.at <= now < last.at + LIFE:
            return last  # somebody else did while this one waited
        if self._keep is not None:
            self._keep(now)
        with reading(self._engine) as connection:
            rows = store.minutes(connection, now - SPAN - timedelta(minutes=1))
            probes = store.probes(connection)
        self._last = judge(rows, probes, now)
        return self._last
