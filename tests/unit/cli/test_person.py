"""Whose name a command writes down, whatever the environment says."""

import os
import pwd
from pathlib import Path

import pytest

from broker.cli.person import person

OWN = pwd.getpwuid(os.getuid()).pw_name


@pytest.fixture
def lying(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who would like to be two people."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody-else")
    monkeypatch.delenv("SUDO_USER", raising=False)


@pytest.mark.usefixtures("lying")
def test_the_environment_makes_nobody_somebody_else(tmp_path: Path) -> None:
    assert person(tmp_path / "none") == OWN


@pytest.mark.usefixtures("lying")
def test_whoever_logged_in_is_that_also_behind_sudo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO_USER", "somebody-else")
    login = tmp_path / "loginuid"
    login.write_text("0")
    assert person(login) == "root"
    login.write_text("4000000000")
    assert person(login) == "uid 4000000000"


@pytest.mark.usefixtures("lying")
@pytest.mark.parametrize("said", ["4294967295", "", "x"])
def test_where_nobody_logged_in_sudo_says_who_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    login = tmp_path / "loginuid"
    login.write_text(said)
    assert person(login) == OWN
    monkeypatch.setenv("SUDO_USER", "ida")
    assert person(login) == "ida"
