"""What the database knows of health, choices and refusals, as Prometheus metrics."""

from collections.abc import Iterator
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from broker.audit.tallies.store import everything
from broker.db import Engine, reading
from broker.health.snapshot import HealthBoard
from broker.statistics import store
from broker.statistics.report import report
from broker.statistics.store import Asked

_EVER = datetime(2000, 1, 1, tzinfo=UTC)
_WHERE = ("federation", "service", "idp")
_STATES = {"ok": 1.0, "failing": 0.0}


def exposition(engine: Engine, now: datetime) -> str:
    """All of it as text."""
    registry = CollectorRegistry()
    registry.register(_Sums(engine, now))
    return generate_latest(registry).decode()


class _Sums(Collector):
    """Reads the database once, when it is asked."""

    def __init__(self, engine: Engine, now: datetime) -> None:
        self._engine = engine
        self._now = now

    def collect(self) -> Iterator[Metric]:
        """Health first, then choices, then what was refused."""
        yield from self._health()
        yield from self._choices()
        yield from self._tallies()

    def describe(self) -> Iterator[Metric]:
        """Nothing beforehand, so that registering does not read the database."""
        yield from ()

    def _health(self) -> Iterator[Metric]:
        known = HealthBoard(self._engine).current(self._now)
        up = GaugeMetricFamily(
            "broker_idp_up",
            "1 where people come back from the IdP, 0 where they do not; absent where too few try.",
            labels=_WHERE,
        )
        begun = GaugeMetricFamily(
            "broker_idp_window_started", "Logins begun in the window that is judged.", labels=_WHERE
        )
        back = GaugeMetricFamily(
            "broker_idp_window_returned", "People who came back in that window.", labels=_WHERE
        )
        for (federation, service, idp), found in sorted(known.at_service.items()):
            labels = [federation, service, idp]
            if found.state in _STATES:
                up.add_metric(labels, _STATES[found.state])
            begun.add_metric(labels, found.started)
            back.add_metric(labels, found.returned)
        for (federation, idp), whole in sorted(known.in_all.items()):
            if whole.state in _STATES:
                up.add_metric([federation, "", idp], _STATES[whole.state])
        yield from (up, begun, back)

    def _choices(self) -> Iterator[Metric]:
        chosen = CounterMetricFamily(
            "broker_discovery_choices",
            "Choices of a login, by where they came from.",
            labels=(*_WHERE, "source"),
        )
        wrong = CounterMetricFamily(
            "broker_discovery_wrong",
            "Choices that led nowhere, by how.",
            labels=(*_WHERE, "kind"),
        )
        with reading(self._engine) as connection:
            asked = Asked(_EVER, self._now)
            rows, gone = store.choices(connection, asked), store.wrongs(connection, asked)
        for path in sorted({row.federation for row in rows} | {row.federation for row in gone}):
            found = report(
                (row for row in rows if row.federation == path),
                (row for row in gone if row.federation == path),
            )
            for line in found.lines:
                labels = [path, line.service, line.idp]
                for source, count in line.sources:
                    chosen.add_metric([*labels, source], count)
                for kind, count in line.wrongs:
                    wrong.add_metric([*labels, kind], count)
        yield from (chosen, wrong)

    def _tallies(self) -> Iterator[Metric]:
        refused = CounterMetricFamily(
            "broker_refusals",
            "Refused messages of logins and logouts, by why.",
            labels=("federation", "of", "code"),
        )
        waits = CounterMetricFamily(
            "broker_rate_limited", "Pages with 429 for addresses that were refused too often."
        )
        crowds = CounterMetricFamily(
            "broker_peer_crowded",
            "Logins that found no place at their peer: they waited for one, or were refused.",
            labels=("federation", "side", "peer", "outcome"),
        )
        told = 0
        with reading(self._engine) as connection:
            for one in everything(connection):
                match one.what:
                    case "login.refused" | "logout.refused":
                        of = one.what.partition(".")[0]
                        refused.add_metric([one.federation, of, one.name], one.times)
                    case "crowd.waited" | "crowd.refused":
                        outcome = one.what.partition(".")[2]
                        labels = [one.federation, one.side, one.name, outcome]
                        crowds.add_metric(labels, one.times)
                    case "wait":
                        told = one.times
        waits.add_metric([], told)
        yield from (refused, waits, crowds)
