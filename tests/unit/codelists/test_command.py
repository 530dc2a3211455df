"""`broker codes`: what it says, and how it ends."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from broker.cli import main
from broker.db import make_engine
from broker.resources import resource
from tests.fixtures_db import copy_migrated
from tests.unit.codelists.files import A, B, C, sor_csv

Run = Callable[..., Result]
SHIPPED = resource("metadata") / "codelists"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `broker codes …` on a new installation."""
    for name in [name for name in os.environ if name.startswith("BROKER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BROKER_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    copy_migrated(make_engine(f"sqlite:///{tmp_path / 'data' / 'broker.sqlite3'}"))
    return lambda *arguments: CliRunner().invoke(main, ("codes", *map(str, arguments)))


def test_a_list_is_loaded_shown_and_searched(run: Run) -> None:
    loaded = run("load", SHIPPED / "sor.csv", "--at", "2024-01-01")
    assert loaded.exit_code == 0, loaded.output
    assert "58 new, 0 changed, 0 closed" in loaded.output
    shown = run("show", "sor", "1231000016008")
    assert "Sengeafsnit Bøgen, Klitborg" in shown.output
    assert "Region Nordjylland (11000016002) / Klitborg" in shown.output
    assert "2007-01-01 00:00" in shown.output
    found = run("search", "sor", "bøgen klit")
    assert found.output.count("\n") == 2
    assert "1231000016008" in found.output
    listed = run("lists").output
    assert "sor.csv" in listed
    assert "never" in listed


def test_a_closed_unit_is_shown_with_its_successor(run: Run) -> None:
    run("load", SHIPPED / "sor.csv", "--at", "2024-01-01T00:00:00+01:00")
    code = run("search", "sor", "birken storhede", "--at", "2024-06-01").output.split("\n")[1][:13]
    assert "successor" not in run("search", "sor", "birken storhede").output
    now = run("show", "sor", code)
    assert "does not count at" in now.output
    assert "successor" in now.output
    assert "does not count" not in run("show", "sor", code, "--at", "2024-06-01").output


def test_a_preview_writes_nothing_and_says_what_takes_a_confirmation(
    run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "sor.csv"
    file.write_text(sor_csv({A: None, B: A, C: A}))
    assert "It would be: 3 new" in run("load", file, "--preview").output
    assert "never" in run("lists").output.split("\n")[1]
    run("load", file)
    file.write_text(sor_csv({A: None}))
    assert "so that it takes --confirm" in run("load", file, "--preview").output
    refused = run("load", file)
    assert refused.exit_code == 1
    assert "2 of 3 codes would be closed" in refused.output
    assert "0 closed, 3 unchanged" in run("load", file, "--part").output
    assert "2 closed" in run("load", file, "--confirm").output


def test_what_is_wrong_is_said_with_its_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "sor.csv"
    file.write_text(sor_csv({A: None, B: A}, {B: "=1+1"}))
    said = run("load", file)
    assert said.exit_code == 0
    assert "line 3: the name of 21000016006 begins with =" in said.output
    assert "1 rows left out" in said.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("show", "sor", "1231000016008"), "never was"),
        (("search", "sor", "nothing"), "Nothing in sor"),
        (("load", "README.md"), "codelist.format"),
        (("load", "README.md", "--at", "2024-01-01T00:00:00"), "offset"),
        (("load", "README.md", "--at", "soon"), "2026-03-02T06:00:00+01:00"),
        (("show", "cpr", "1"), "is not one of"),
    ],
)
def test_a_command_that_cannot_says_why(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    (tmp_path / "README.md").write_text("# Prose\n")
    result = run(*arguments)
    assert result.exit_code != 0
    assert words in result.output
