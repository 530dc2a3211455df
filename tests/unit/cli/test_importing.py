"""`broker roles import` and `export`: from a spreadsheet to grants and back, at the console."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import click
import pytest
from click.testing import CliRunner, Result

from broker.cli.importing import exporting, importing
from broker.clock import system_clock
from broker.db import Engine, make_engine
from tests.factories import NOW
from tests.unit.roles.grants.rights import DAY, WARD, Rights
from tests.unit.roles.importing.uploads import UUID_OF_NEW, rows

Run = Callable[..., Result]
WHY = ("--reason", "moved from the old system")


@click.group()
def roles() -> None:
    """What these commands are mounted on."""


roles.add_command(importing)
roles.add_command(exporting)


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, initialised: Path) -> Iterator[Engine]:
    """The database of an installation of its own."""
    for name in [name for name in os.environ if name.startswith("BROKER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BROKER_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    shutil.copytree(initialised, tmp_path / "data")
    made = make_engine(f"sqlite:///{tmp_path / 'data' / 'broker.sqlite3'}")
    yield made
    made.dispose()


@pytest.fixture
def administrators(engine: Engine) -> tuple[str, str]:
    """Two administrators of a region that may hand out a role."""
    assert system_clock() > NOW + DAY
    world = Rights(engine)
    world.service("imported")
    world.role("reader", service="imported")
    region = world.organisation("90000004")
    world.made = 100
    world.entitle(region, "reader")
    return str(world.admin(region, unit=WARD)), str(world.admin(region, "Curt Carlsen"))


@pytest.fixture
def run() -> Run:
    """Runs the commands as `broker roles …`."""

    def running(*arguments: str, status: int = 0) -> Result:
        result = CliRunner().invoke(roles, list(arguments))
        assert result.exit_code == status, result.output
        return result

    return running


def batch_in(result: Result) -> str:
    (line,) = [line for line in result.output.splitlines() if line.startswith("Next: ")]
    return str(UUID(line.split()[5]))


def test_a_file_becomes_grants_and_is_taken_back(
    run: Run, administrators: tuple[str, str], tmp_path: Path
) -> None:
    bo, _ = administrators
    new = {"professional_uuid": UUID_OF_NEW, "name": "Ny Person"}
    file = tmp_path / "people.csv"
    file.write_bytes(rows(new | {"service": "imported", "role": "reader"}))
    shown = run("import", "preview", str(file), "90000004", "--as", bo, *WHY)
    assert "1 new, 0 change, 0 end, 0 unchanged, 0 error." in shown.output
    assert UUID_OF_NEW not in shown.output
    batch = batch_in(shown)
    applied = run("import", "apply", batch, "--as", bo, *WHY)
    assert "Applied: 1 new" in applied.output
    exported = run("export", "90000004", "--as", bo)
    assert "Ny Person" in exported.output
    file.write_text(exported.output)
    again = run("import", "preview", str(file), "90000004", "--as", bo, *WHY)
    assert "0 new, 0 change, 0 end, 3 unchanged, 0 error." in again.output
    assert "Taken back.\n" in run("import", "undo", batch, "--as", bo, *WHY).output
    assert "undone" in run("import", "show", batch, "--as", bo).output


def test_refusals_are_told_in_the_language_that_was_asked_for(
    run: Run, administrators: tuple[str, str], tmp_path: Path
) -> None:
    bo, _ = administrators
    file = tmp_path / "people.csv"
    file.write_text("Konto;Gydlig til\n")
    for language, words in (("da", "En kolonne har"), ("en", "A column has")):
        arguments = ("import", "preview", str(file), "90000004", "--as", bo, *WHY)
        refused = run(*arguments, "--language", language, status=1)
        assert words in refused.output
        assert "[Gydlig til] (import.heading_unknown)" in refused.output
    file.write_bytes(rows({"account": bo, "service": "imported", "role": "reader"}))
    own = run("import", "preview", str(file), "90000004", "--as", bo, *WHY)
    assert "(grant.oneself)" in own.output
    assert (
        "(import.has_errors)"
        in run("import", "apply", batch_in(own), "--as", bo, *WHY, status=1).output
    )
    assert (
        "(permission.mandate)"
        in run("import", "preview", str(file), "90000004", *WHY, status=1).output
    )


@pytest.mark.parametrize("to", ["csv", "xlsx", "json"])
def test_a_list_is_exported_to_a_file(
    run: Run, administrators: tuple[str, str], tmp_path: Path, to: str
) -> None:
    assert administrators
    file = tmp_path / f"people.{to}"
    told = run("export", "90000004", "--to", to, "-o", str(file))
    assert "2 rows in" in told.output
    assert file.stat().st_size > 100
    empty = run("export", "90000004", "--to", to, "--template", "-o", str(file))
    assert "0 rows in" in empty.output
