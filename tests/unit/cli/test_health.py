"""`broker health`, `broker statistics` and `broker metrics`."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from broker.audit.tallies import store as tallies
from broker.audit.tallies.model import Tally
from broker.cli.context import service_of, settings_of
from broker.clock import system_clock
from broker.db import Engine, reading, writing
from broker.health.model import CountRow
from broker.health.store import add_minutes, probes
from broker.statistics.model import ChoiceRow, WrongRow
from broker.statistics.store import add_choices
from tests.metadata_factory import Idp, sso
from tests.unit.cli.installed import IDP, Run, load, made, run

__all__ = ["made", "run"]


def engine() -> Engine:
    return service_of(settings_of()).engine


def failing_minutes() -> None:
    now = system_clock()
    rows = [
        CountRow(
            now.replace(second=0, microsecond=0) - timedelta(minutes=ago),
            "sundhed",
            "dpsd",
            IDP,
            5,
            0,
            5,
            (("failed", 5),),
        )
        for ago in range(1, 20)
    ]
    with writing(engine()) as connection:
        add_minutes(connection, rows)


def test_health_is_shown_and_measured(run: Run, tmp_path: Path) -> None:
    assert "Nobody has signed in" in run("health", "show").output
    failing_minutes()
    whole, one = json.loads(run("health", "show", "--json").output)
    assert (whole["service"], whole["state"], whole["failures"]) == (
        "(all)",
        "failing",
        {"failed": 50},
    )
    assert (one["service"], one["started"], one["returned"]) == ("dpsd", 50, 0)
    assert "failing" in run("health", "show").output
    file = tmp_path / "broker.prom"
    assert run("metrics", "--write", str(file)).exit_code == 0
    families = {one.name: one for one in text_string_to_metric_families(file.read_text())}
    assert {s.value for s in families["broker_idp_up"].samples} == {0}
    assert {s.labels["idp"] for s in families["broker_idp_up"].samples} == {IDP}


def test_refusals_and_crowds_are_counters_with_labels_of_ours(run: Run) -> None:
    with writing(engine()) as connection:
        tallies.add(
            connection,
            [
                Tally("login.refused", "sundhed", "", "signature.invalid", 3),
                Tally("logout.refused", "sundhed", "", "signature.invalid", 2),
                Tally("crowd.waited", "sundhed", "service", "dpsd", 7),
                Tally("crowd.refused", "sundhed", "idp", IDP, 1),
                Tally("wait", "", "", "", 12),
            ],
        )
    families = {one.name: one for one in text_string_to_metric_families(run("metrics").output)}

    def samples(name: str, *labels: str) -> dict[tuple[str, ...], float]:
        return {tuple(s.labels[n] for n in labels): s.value for s in families[name].samples}

    assert samples("broker_refusals", "federation", "of", "code") == {
        ("sundhed", "login", "signature.invalid"): 3,
        ("sundhed", "logout", "signature.invalid"): 2,
    }
    assert samples("broker_peer_crowded", "federation", "side", "peer", "outcome") == {
        ("sundhed", "service", "dpsd", "waited"): 7,
        ("sundhed", "idp", IDP, "refused"): 1,
    }
    assert samples("broker_rate_limited") == {(): 12}


def test_choices_as_a_table_a_picture_and_metrics(run: Run, tmp_path: Path) -> None:
    assert "Nobody chose" in run("statistics", "discovery").output
    hour = system_clock().replace(minute=0, second=0, microsecond=0)
    with writing(engine()) as connection:
        add_choices(
            connection,
            [ChoiceRow(hour, "sundhed", "dpsd", IDP, "list", 5, 8, 1, 0)],
            [WrongRow(hour, "sundhed", "dpsd", IDP, "changed", 2)],
        )
    file = tmp_path / "discovery.svg"
    shown = run("statistics", "discovery", "--picture", str(file)).output
    assert "2 (25.0%)" in shown
    assert str(file) in shown
    assert "25.0 %" in file.read_text()
    found = json.loads(run("statistics", "discovery", "--service", "dpsd", "--json").output)
    assert found["lines"][0]["wrong_share"] == 0.25
    assert (
        json.loads(run("statistics", "discovery", "--service", "x", "--json").output)["lines"] == []
    )
    families = {one.name: one for one in text_string_to_metric_families(run("metrics").output)}
    samples = families["broker_discovery_choices"].samples
    assert {s.labels["source"]: s.value for s in samples}["list"] == 8
    assert sum(s.value for s in families["broker_discovery_wrong"].samples) == 2


class Answers(BaseHTTPRequestHandler):
    """Answers whatever status its server is told to."""

    def do_GET(self) -> None:  # as http.server calls it
        """The status, and nothing else."""
        assert isinstance(self.server, Standing)
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  # http.server's name
        """Say nothing."""


class Standing(ThreadingHTTPServer):
    """A server that an IdP stands on."""

    status = 200


@pytest.fixture
def standing() -> Iterator[Standing]:
    """A real server on loopback."""
    server = Standing(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_probe_asks_the_idp_itself(
    run: Run, standing: Standing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROKER_ORIGIN", "http://localhost:8700")
    address = f"http://127.0.0.1:{standing.server_port}/sso"
    load(Idp(entity_id="https://near.example.dk", endpoints=sso(address)).xml(), "near")
    near = ("health", "probe", "--idp", "near")

    def outcomes() -> list[tuple[str, bool]]:
        with reading(engine()) as connection:
            return [(one.outcome, one.failing_since is None) for one in probes(connection)]

    assert run(*near).exit_code == 0
    assert outcomes() == [("ok", True)]
    standing.status = 405  # it does not like to be asked without a request, and it is there
    assert run(*near).exit_code == 0
    standing.status = 503
    assert run(*near).exit_code == 1
    assert outcomes() == [("status_503", False)]
    standing.status = 200
    assert run(*near, "--json").exit_code == 0
    standing.shutdown()
    standing.server_close()
    gone = run(*near)
    assert "unreachable" in gone.output
    assert outcomes() == [("unreachable", False)]
    assert "no such IdP" in run("health", "probe", "--idp", "nobody").output
