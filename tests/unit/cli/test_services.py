"""`broker services` shows the catalogue at an instant, and what was said in vain."""

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from broker.cli import main
from broker.cli.context import service_of, settings_of
from broker.clock import system_clock
from broker.db import writing
from broker.resources import resource
from broker.roles.grants.store import issuing
from broker.roles.grants.store.issuing import Observation
from tests.key_pool import pooled

Run = Callable[..., Result]
ORIGIN = "https://broker.example.dk"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation that has SEI2 and SIAP-NSP, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("made") / "data"
    environ = {"BROKER_DATA": str(folder), "BROKER_ORIGIN": ORIGIN}
    paths = [resource("metadata") / "services" / f"{code}.toml" for code in ("sei2", "siap-nsp")]
    with pooled():
        for arguments in (("init",), *(("metadata", "load", str(path)) for path in paths)):
            assert CliRunner().invoke(main, arguments, env=environ).exit_code == 0
    return folder


@pytest.fixture
def run(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `broker …` in a copy of it."""
    shutil.copytree(made, tmp_path / "data")
    monkeypatch.setenv("BROKER_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("BROKER_ORIGIN", ORIGIN)
    return lambda *arguments: CliRunner().invoke(main, arguments)


def test_the_list_has_owner_delimitation_and_roles(run: Run) -> None:
    found = {
        one["code"]: one
        for one in json.loads(run("services", "list", "--json").output)
        if one["federation"] == "sundhed"
    }
    assert found["sei2"]["delimitation"] == "sor"
    assert found["sei2"]["roles"] == 6
    assert found["siap-nsp"]["delimitation"] == "national"
    assert found["siap-nsp"]["roles"] == 3
    assert "SEI2" in run("services", "list").output


@pytest.mark.parametrize(
    ("at", "open_then"),
    [
        ("2019-08-31T23:59:59+02:00", {"web", "dgws", "xmldsig"}),
        ("2019-09-01T00:00:00+02:00", {"web", "idws"}),
    ],
)
def test_interfaces_open_and_close_on_their_dates(run: Run, at: str, open_then: set[str]) -> None:
    """What the catalogue knows since today is asked of the document's own dates."""
    shown = json.loads(run("services", "show", "sei2", "--json").output)
    dates = {one["code"]: (one["opens"], one["closes"]) for one in shown["interfaces"]}
    then = {
        code
        for code, (opens, closes) in dates.items()
        if (opens is None or opens <= at) and (closes is None or at < closes)
    }
    assert then == open_then
    now = {one["code"] for one in shown["interfaces"] if one["open"]}
    assert now == {"web", "idws"}
    assert {one["successor"] for one in shown["interfaces"] if not one["open"]} == {"idws"}


def test_a_service_that_is_not_there_is_named_with_those_that_are(run: Run) -> None:
    refused = run("services", "show", "sei3")
    assert refused.exit_code == 1
    assert "service.unknown" in refused.output
    assert "siap-nsp" in refused.output


def test_a_service_says_when_its_metadata_is_not_loaded(run: Run) -> None:
    assert "its metadata is not loaded" in run("services", "show", "sei2").output


def test_what_was_said_in_vain_is_summed_over_the_days(run: Run) -> None:
    assert "Nothing was observed" in run("services", "observed").output
    today = system_clock().date()
    seen = [
        Observation("sundhed", "alpha", "privilege.unused", "urn:x:other", day)
        for day in (today, date.fromordinal(today.toordinal() - 1), date(2020, 1, 1))
    ]
    with writing(service_of(settings_of()).engine) as connection:
        issuing.observe(connection, seen)
        issuing.observe(connection, seen[:1])
    told = json.loads(run("services", "observed", "--json").output)
    assert told == [{"count": 3, "idp": "alpha", "kind": "privilege.unused", "what": "urn:x:other"}]
    assert "urn:x:other" in run("services", "observed").output
