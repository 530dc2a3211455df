"""An installation with one IdP and three services, made once and copied for each test."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from broker.cli import main
from broker.cli.context import service_of, settings_of
from broker.clock import system_clock
from broker.metadata.defaults import LoadOptions
from broker.metadata.report import Occasion
from tests.key_pool import pooled
from tests.metadata_factory import Idp, Sp

Run = Callable[..., Result]
IDP = "idp-example-dk"
ORIGIN = "https://broker.example.dk"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with one IdP and three services, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("made") / "data"
    with pytest.MonkeyPatch.context() as environment, pooled():
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
    monkeypatch.setenv("BROKER_EVIDENCE_KEY", "none")

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
