"""`broker activation`: waves, states, announcements; `broker health`, `statistics`, `metrics`."""

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from prometheus_client.parser import text_string_to_metric_families

from broker.cli import main
from broker.cli.context import service_of, settings_of
from broker.clock import system_clock
from broker.db import Engine, reading, writing
from broker.health.model import CountRow
from broker.health.store import add_minutes, probes
from broker.metadata.defaults import LoadOptions
from broker.metadata.report import Occasion
from broker.statistics.model import ChoiceRow, WrongRow
from broker.statistics.store import add_choices
from tests.metadata_factory import Idp, Sp, sso

Run = Callable[..., Result]
IDP = "idp-example-dk"
OPENS = "2999-05-09T00:00:00+02:00"
SIGNED = ("--requested-by", "Ida", "--approved-by-owner", "Ole", "--approved-by-operator", "Ulla")
WHY = ("--text-da", "Fejl hos regionen.", "--text-en", "A fault at the region.")


ORIGIN = "https://broker.example.dk"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with one IdP and three services, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("made") / "data"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BROKER_DATA", str(folder))
        environment.setenv("BROKER_ORIGIN", ORIGIN)
        assert CliRunner().invoke(main, ["init"]).exit_code == 0
        load(Idp().xml(), None)
        for code in ("dpsd", "darina", "fmk-online"):
            load(Sp(entity_id=f"https://{code}.example.dk").xml(), code)
    return folder


@pytest.fixture
def run(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `broker …` in a copy of it."""
    folder = tmp_path / "data"
    shutil.copytree(made, folder)
    monkeypatch.setenv("BROKER_DATA", str(folder))
    monkeypatch.setenv("BROKER_ORIGIN", ORIGIN)

    def running(*arguments: str) -> Result:
        return CliRunner().invoke(main, arguments)

    return running


def load(xml: bytes, code: str | None) -> None:
    service_of(settings_of()).load_xml(
        xml,
        federation="sundhed",
        source="test",
        options=LoadOptions(code=code, cvrs="any"),
        occasion=Occasion(system_clock(), "test", "", "TEST"),
    )


def states(run: Run, *more: str) -> dict[str, str]:
    found = json.loads(run("activation", "show", "--json", *more).output)
    return {one["service"]: one["state"] for one in found}


def test_a_wave_from_plan_to_close(run: Run) -> None:
    planned = run("activation", "plan", IDP, "--all", "--except", "fmk-online", "--from", OPENS)
    assert planned.exit_code == 0, planned.output
    assert "is planned for 2 services: dpsd, darina" in planned.output
    assert "Nobody has approved it" in planned.output
    assert states(run) == {"dpsd": "planned", "darina": "planned"}
    assert states(run, "--at", OPENS) == {"dpsd": "active", "darina": "active"}
    approved = run("activation", "approve", IDP, "--all", *SIGNED, "--case", "2026-117")
    assert "Ole and Ulla" in approved.output
    opened = run("activation", "open", IDP, "--all", "--json")
    assert {one["state"] for one in json.loads(opened.output)} == {"active"}
    paused = run("activation", "pause", IDP, "--service", "dpsd", *WHY)
    assert "A fault at the region." in paused.output
    assert states(run) == {"dpsd": "paused", "darina": "active", "fmk-online": "active"}
    assert run("activation", "resume", IDP, "--all").exit_code == 0
    assert states(run)["dpsd"] == "active"
    assert run("activation", "close", IDP, "--service", "dpsd", *WHY).exit_code == 0
    assert states(run, "--service", "dpsd") == {"dpsd": "closed"}
    told = json.loads(run("activation", "show", "--history", "--service", "dpsd", "--json").output)
    assert len(told) == 6
    assert told[-1]["decided"] == {"code": IDP, "opens": "2999-05-08T22:00:00+00:00"}
    assert {one["case_no"] for one in told} == {None, "2026-117"}
    assert "2026-117" in run("activation", "show", "--history").output


def test_test_users_are_put_on_the_list_and_taken_off_it(run: Run) -> None:
    one, two = (f"00000000-0000-4000-8000-00000000000{n}" for n in (1, 2))
    at = ("--service", "dpsd")
    assert run("activation", "test", IDP, *at, "--user", one, "--user", two).exit_code == 0
    assert states(run) == {"dpsd": "test"}
    left = run("activation", "test", IDP, *at, "--remove", one, "--json")
    assert json.loads(left.output)[0]["test_users"] == 1
    wrong = run("activation", "test", IDP, *at, "--user", "ida@example.dk")
    assert wrong.exit_code == 1
    assert "ids of persons and accounts" in wrong.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("plan", IDP, "--from", OPENS), "Say which services"),
        (("plan", IDP, "--all", "--service", "dpsd", "--from", OPENS), "Say which services"),
        (("plan", IDP, "--all", "--from", "2999-05-09"), "an instant with its offset"),
        (("plan", IDP, "--all", "--from", OPENS, "--text-da", "x"), "in both languages"),
        (("plan", "nobody", "--all", "--from", OPENS), "metadata.no_provider"),
        (("pause", IDP, "--all"), "People want to know why"),
        (("pause", IDP, "--all", *WHY), "activation.nothing"),
        (("resume", IDP, "--service", "dpsd"), "activation.none"),
        (("approve", IDP, "--all"), "Say who"),
        (
            ("open", IDP, "--all", "--requested-by", "Ida", "--approved-by-owner", "Ida"),
            "second person",
        ),
    ],
)
def test_a_mistake_is_told_and_changes_nothing(
    run: Run, arguments: tuple[str, ...], words: str
) -> None:
    result = run("activation", *arguments)
    assert result.exit_code in (1, 2)
    assert words in result.output
    assert "Traceback" not in result.output
    assert states(run) == {}


def test_texts_for_every_reader_in_both_languages(run: Run) -> None:
    assert "relevant to none" in run("activation", "announce", IDP).output
    run("activation", "plan", IDP, "--service", "dpsd", "--from", OPENS, "--case", "2026-117")
    run("activation", "plan", IDP, "--service", "darina", "--from", OPENS, "--case", "2026-117")
    run("activation", "open", IDP, "--service", "fmk-online")
    run("activation", "pause", IDP, "--service", "fmk-online", "--until", OPENS, *WHY)
    found = json.loads(run("activation", "announce", IDP, "--json").output)
    assert len(found) == 12
    texts = {(one["state"], one["audience"], one["language"]): one["text"] for one in found}
    assert "åbner 9. maj 2999 kl. 00.00" in texts["planned", "owners", "da"]
    assert "opens on 9 May 2999 at 00:00" in texts["planned", "owners", "en"]
    assert "2026-117" in texts["planned", "owners", "da"]
    assert "Fejl hos regionen." in texts["paused", "discovery", "da"]
    assert "A fault at the region." in texts["paused", "status", "en"]
    shown = run("activation", "announce", IDP, "--audience", "status").output
    assert "--- status, da" in shown
    assert "owners" not in shown


@pytest.mark.parametrize("state", ["planned", "test", "active", "paused", "closed"])
def test_every_state_has_its_texts(run: Run, state: str) -> None:
    at = ("--service", "dpsd")
    run(
        "activation",
        "open" if state not in ("planned", "test") else "plan",
        IDP,
        *at,
        "--from",
        OPENS,
    )
    run("activation", "open", IDP, *at) if state not in ("planned", "test") else None
    if state == "test":
        run("activation", "test", IDP, *at)
    elif state == "paused":
        run("activation", "pause", IDP, *at, *WHY)
    elif state == "closed":
        run("activation", "close", IDP, *at)
    found = json.loads(run("activation", "announce", IDP, "--json").output)
    assert {one["state"] for one in found} == {state}
    assert len({one["text"] for one in found}) == 6


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

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
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
