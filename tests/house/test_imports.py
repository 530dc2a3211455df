"""The import rules hold, and each of them would notice being broken."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house import repository

LINT = Path(sys.executable).with_name("lint-imports")
CONTRACTS = tomllib.loads((repository.ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "contracts"
]

# Contract → the file to spoil, and the line that spoils it.
VIOLATIONS = {
    "layers": ("broker/clock.py", "import broker.settings"),
    "hops": ("broker/login/discovery.py", "import broker.login.mapping"),
    "circles": ("broker/login/state.py", "import broker.login.flow"),
    "views": ("broker/cli/__init__.py", "import broker.login.views"),
    "xml": ("broker/login/mapping.py", "import lxml.etree"),
    "pysaml2": ("broker/saml/checks.py", "import saml2.saml"),
    "sql": ("broker/login/flow.py", "from sqlalchemy import select"),
    "migrations": ("broker/cli/__init__.py", "import alembic.command"),
    "flask": ("broker/login/flow.py", "from flask import request"),
    "fetching": ("broker/login/flow.py", "import broker.metadata.source"),
}


def lint(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT, "--no-logo", "--no-cache", *arguments],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
    )


def test_the_import_rules_hold() -> None:
    result = lint(repository.ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_contract_has_a_violation_to_notice() -> None:
    assert {contract["id"] for contract in CONTRACTS} == VIOLATIONS.keys()


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract["id"])
def test_a_contract_notices_being_broken(contract: dict[str, str], tmp_path: Path) -> None:
    """In a copy, so that the tree stays as it is: one added import, and the contract breaks."""
    for path in (*repository.python_files("broker"), Path("pyproject.toml")):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(repository.ROOT / path, tmp_path / path)
    file, line = VIOLATIONS[contract["id"]]
    assert (tmp_path / file).exists(), file
    with (tmp_path / file).open("a") as spoiled:
        spoiled.write(f"\n{line}\n")
    result = lint(tmp_path, "--contract", contract["id"])
    assert result.returncode == 1, result.stdout + result.stderr
    assert f"{contract['name']} BROKEN" in result.stdout
