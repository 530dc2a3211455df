"""`broker demo` as people and machines call it, over real HTTP.

In a process of its own where that matters: that it leaves nothing behind, ends when it is told
to, and keeps its folder and ports to itself. Else in this one, with a demo that is there.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from urllib.request import urlopen

import pytest
from click.testing import Result

from broker.demo.federation import Ports
from broker.demo.visitor import Visitor

KEYS = {
    "federation",
    "service",
    "idp",
    "person",
    "hops",
    "name_id",
    "assurance",
    "attributes",
    "roles",
    "issued",
    "reference",
}
HOPS = ["sp_request", "discovery", "idp_request", "idp_response", "mapping", "sp_response"]
BROKER = [sys.executable, "-m", "broker.cli"]
POOLED = [sys.executable, "-m", "tests.pooled_broker"]

Run = Callable[..., Result]


def broker(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command and wait for its end."""
    return subprocess.run(
        [*BROKER, *arguments], cwd=cwd, capture_output=True, text=True, timeout=120, check=False
    )


def test_once_gives_one_json_object_with_six_hops(tmp_path: Path) -> None:
    done = broker("demo", "--once", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told.keys() == KEYS
    assert [hop["name"] for hop in told["hops"]] == HOPS
    assert [hop["hop"] for hop in told["hops"]] == [1, 2, 3, 4, 5, 6]
    assert all(hop["checks"] and hop["peer"] and hop["ms"] >= 0 for hop in told["hops"])
    assert told["assurance"] == "Substantial"
    assert told["roles"] == ["Sagsbehandler_1501000016001_3"]
    assert told["name_id"].startswith("https://data.gov.dk/model/core/eid/professional/uuid/")
    assert list(tmp_path.iterdir()) == []


def test_the_text_of_all_is_a_table_for_each_service(plays_all: Run, tmp_path: Path) -> None:
    done = plays_all("demo", "--all")
    assert done.exit_code == 0, done.stdout
    heads = [line for line in done.stdout.splitlines() if " – " in line]
    assert len(heads) == 23
    for line in (
        "dpsd – Danish Patient Safety Database (Styrelsen for Patientsikkerhed), sundhed",
        "      Sagsbehandler  Unit in SOR 1501000016001 Plejecenter Egely, Østfløjen",
        "      Laeser  Code in SKS DJ1 Influenza og lungebetændelse",
        "76 logins, and 67 refused at what is not active",
        "Everything came out as planned.",
    ):
        assert line in done.stdout.splitlines()
    assert any(
        line.startswith("  not active: region-nordjylland") for line in done.stdout.splitlines()
    )
    assert list(tmp_path.iterdir()) == []


def test_a_refused_login_ends_with_its_reason(plays: Run) -> None:
    done = plays("demo", "--once", "--person", "viggo", "--json")
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert told["refused"]["code"] == "policy.no_role"
    assert told["name_id"] is None
    assert told["hops"][-1]["code"] == "policy.no_role"
    assert told["reference"] in done.stderr


@pytest.mark.parametrize(
    ("arguments", "known"),
    [
        (["--service", "x"], "dpsd"),
        (["--idp", "x"], "region-nordjylland"),
        (["--person", "x"], "mette"),
        (["--idp", "region-nordjylland", "--person", "mette"], "karen"),
    ],
)
def test_unknown_values_list_the_known_ones(
    here: Run, arguments: Sequence[str], known: str
) -> None:
    done = here("demo", "--once", *arguments)
    assert done.exit_code == 2
    assert known in done.stderr


def test_the_text_names_hops_assurance_and_roles(plays: Run) -> None:
    done = plays("demo", "--once", "--service", "esundhed-sor")
    assert done.exit_code == 0, done.stderr
    for words in (*HOPS, " ms ", "decryption", "NIST 3", "Laeser_1501000016001_3"):
        assert words in done.stdout


WISHES = [
    (("--passive",), "urn:oasis:names:tc:SAML:2.0:status:NoPassive"),
    (("--require-assurance", "High"), "idp.no_authn_context"),
    (("--require-assurance", "High", "--person", "omar"), None),
    (("--force-authn", "--logout"), None),
]


@pytest.mark.parametrize(("arguments", "code"), WISHES, ids=[" ".join(w[0]) for w in WISHES])
def test_a_login_can_be_played_with_demands(
    plays: Run, arguments: Sequence[str], code: str | None
) -> None:
    done = plays("demo", "--once", "--json", *arguments)
    told = json.loads(done.stdout)
    assert done.exit_code == (1 if code else 0)
    assert told.get("refused", {}).get("code") == code
    if "--logout" in arguments:
        assert told["logout"] == {"service": "complete", "broker": "ended"}


def test_the_demo_runs_until_it_is_stopped_and_starts_again(tmp_path: Path) -> None:
    port = _three_in_a_row()
    for number, fresh in ((signal.SIGINT, ()), (signal.SIGTERM, ("--fresh",))):
        command = [*POOLED, "demo", "--port", str(port), "--data", str(tmp_path / "d"), *fresh]
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        ) as running:
            _until_up(port, running)
            running.send_signal(number)
            out, err = running.communicate(timeout=20)
        assert running.returncode == 0, err
        assert f"http://127.0.0.1:{port + 2}/dpsd/" in out
        assert str(tmp_path / "d") in err
        assert "Traceback" not in err


def test_a_second_demo_leaves_the_first_one_and_its_folder_alone(here: Run, tmp_path: Path) -> None:
    port = _three_in_a_row()
    folder = str(tmp_path / "d")
    command = [*POOLED, "demo", "--port", str(port), "--data", folder]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        _until_up(port, running)
        try:
            same_folder = here("demo", "--port", "0", "--fresh", "--data", folder)
            same_port = here("demo", "--port", str(port), "--data", f"{folder}2")
            start = f"http://127.0.0.1:{port + 2}/dpsd"
            visitor = Visitor()
            visitor.login(start, "nemlogin", "mette")
            arrived = visitor.arrival(start)
        finally:
            running.terminate()
            running.communicate(timeout=20)
    assert (same_folder.exit_code, same_port.exit_code) == (1, 1)
    assert f"a demo runs in {folder} already" in same_folder.stderr
    assert f"port {port}: " in same_port.stderr
    assert arrived is not None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_login_that_is_stopped_leaves_no_keys_behind(
    tmp_path: Path, number: signal.Signals
) -> None:
    """Stopped while it makes its keys, which takes the longest."""
    with subprocess.Popen(
        [*BROKER, "demo", "--once"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    ) as running:
        assert running.stderr is not None
        while "keys" not in running.stderr.readline():
            assert running.poll() is None
        assert list(tmp_path.iterdir())
        running.send_signal(number)
        said = running.communicate(timeout=20)[1]
    assert running.returncode == 1
    assert "Traceback" not in said
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "arguments",
    [["--json"], ["--all", "--idp", "nemlogin"], ["--port", "65534"]],
    ids=["JSON of nothing", "all of one", "no room for three ports"],
)
def test_what_makes_no_sense_is_said_so(
    here: Run, tmp_path: Path, arguments: Sequence[str]
) -> None:
    done = here("demo", "--data", str(tmp_path / "d"), *arguments)
    assert done.exit_code == 2
    assert not list(tmp_path.iterdir())


def test_a_folder_of_somebody_elses_is_left_alone(here: Run, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    done = here("demo", "--fresh", "--port", "0", "--data", str(tmp_path))
    assert done.exit_code == 1
    assert "not a demo's" in done.stderr
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def _three_in_a_row() -> int:
    for _ in range(50):
        port = Ports.free().broker
        with ExitStack() as held:  # closes what it got where one of the three is taken
            try:
                for n in range(3):
                    held.enter_context(socket.create_server(("127.0.0.1", port + n)))
            except OSError:
                continue
            return port
    pytest.fail("no three free ports in a row")


def _until_up(port: int, running: subprocess.Popen[str]) -> None:
    for _ in range(1200):  # two minutes, for a machine that does much else
        try:
            with urlopen(f"http://localhost:{port}/", timeout=1) as answer:
                assert answer.status == 200
                return
        except OSError:
            assert running.poll() is None, running.communicate()
            time.sleep(0.1)
    pytest.fail("the demo did not start")
