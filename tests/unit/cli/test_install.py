"""Five commands make an installation; each says what it did, and none breaks when run twice."""

import os
import shutil
import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result
from gunicorn.http.errors import InvalidHeader
from gunicorn.workers.base import Worker

from broker.cli import main
from broker.cli.server import Server, ServerLog
from broker.settings import read_settings
from tests.metadata_factory import IDP_ID, SP, Idp, Sp, acs, key

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `broker …` with a data folder of its own."""
    for name in [name for name in os.environ if name.startswith("BROKER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BROKER_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    def running(*arguments: str) -> Result:
        return CliRunner().invoke(main, arguments)

    return running


@pytest.fixture
def made(run: Run, initialised: Path, tmp_path: Path) -> Run:
    """The same after `broker init`."""
    shutil.copytree(initialised, tmp_path / "data")
    return run


def written(tmp_path: Path, name: str, content: bytes) -> str:
    path = tmp_path / name
    path.write_bytes(content)
    return str(path)


@pytest.mark.usefixtures("pool")
def test_init_says_what_it_did_and_what_comes_next(run: Run, tmp_path: Path) -> None:
    result = run("init")
    assert result.exit_code == 0
    assert "Federation sundhed " in result.output
    assert "http://localhost:8700/sundhed/metadata/idp.xml" in result.output
    assert result.output.rstrip().splitlines()[-1].startswith("Next: broker metadata load")
    data = tmp_path / "data"
    assert data.stat().st_mode & 0o777 == 0o700
    assert (data / "broker.sqlite3").stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("pool")
def test_after_init_a_shipped_service_loads_with_its_roles(run: Run) -> None:
    first = run("init")
    assert "The catalogue has its delimitation types and national roles." in first.output
    assert "The catalogue has" not in run("init").output
    loaded = run("metadata", "load", "services/siap-nsp.toml", "services/sei2.toml")
    assert loaded.exit_code == 0, loaded.output
    assert "catalogue entry siap-nsp in sundhed: added" in loaded.output
    assert "catalogue entry sei2 in sundhed-test: added" in loaded.output
    again = run("metadata", "load", "roles/delimitations.toml", "services/sei2.toml")
    assert "catalogue entry delimitations: unchanged" in again.output
    assert "catalogue entry sei2 in sundhed: unchanged" in again.output


def test_init_a_second_time_changes_nothing(made: Run, tmp_path: Path) -> None:
    keys = {path: path.read_bytes() for path in (tmp_path / "data" / "keys").rglob("*.*")}
    result = made("init")
    assert result.exit_code == 0
    assert "its keys are there already" in result.output
    assert {path: path.read_bytes() for path in (tmp_path / "data" / "keys").rglob("*.*")} == keys


def test_five_commands_make_an_installation(made: Run, tmp_path: Path) -> None:
    idp = written(tmp_path, "idp.xml", Idp().xml())
    sp = written(tmp_path, "sp.xml", Sp().xml())
    loaded = made("metadata", "load", idp, "--cvr", "any", "--loa", "High")
    assert loaded.exit_code == 0, loaded.output
    assert "identity provider idp-example-dk in sundhed: added" in loaded.output
    assert IDP_ID in loaded.output
    assert "SHA-256" in loaded.output
    loaded = made("metadata", "load", sp, "--idp", "all")
    assert loaded.exit_code == 0, loaded.output
    assert "service service-example-dk in sundhed: added" in loaded.output
    assert "metadata.no_activation" not in loaded.output
    checked = made("check")
    assert checked.exit_code == 0, checked.output
    assert "All is well" in checked.output


def test_a_refused_document_ends_with_status_1_and_says_why(made: Run, tmp_path: Path) -> None:
    sp = written(tmp_path, "sp.xml", Sp(keys=key("sp")).xml())
    result = made("metadata", "load", sp)
    assert result.exit_code == 1
    assert "metadata.no_encryption_key" in result.output
    assert "--plaintext" in result.output
    assert made("metadata", "load", sp, "--plaintext").exit_code == 0


def test_one_bad_file_does_not_keep_the_others_out(made: Run, tmp_path: Path) -> None:
    names = [written(tmp_path, f"{n}.xml", Sp(f"{SP}/{n}").xml()) for n in range(5)]
    bad = written(tmp_path, "bad.xml", b"<not closed")
    result = made("metadata", "load", *names, bad, str(tmp_path / "missing.xml"))
    assert result.exit_code == 1
    assert result.output.count(": added") == 5
    assert "metadata.xml" in result.stderr
    assert "source.missing" in result.stderr


def test_what_metadata_says_cannot_command_the_terminal(made: Run, tmp_path: Path) -> None:
    sp = written(tmp_path, "sp\x1b[2J.xml", Sp(endpoints=acs() + acs("&#x202e;", 1)).xml())
    result = made("metadata", "load", sp)
    assert "\x1b[2J" not in result.output
    assert "\u202e" not in result.output


def test_nor_can_what_an_error_says(made: Run) -> None:
    result = made("metadata", "diff", "x\x1b[2J\x9b2J\u202e")
    assert result.exit_code == 1
    assert "metadata.code" in result.stderr
    assert not {"\x1b", "\x9b", "\u202e"} & set(result.output + result.stderr)


def test_documents_load_from_a_file_or_from_those_that_ship(made: Run, tmp_path: Path) -> None:
    result = made("metadata", "load", "services/dpsd.toml", "idp/nemlogin.toml")
    assert result.exit_code == 0, result.output
    assert "service dpsd in sundhed-test: kept; it counts once" in result.output
    broken = written(tmp_path, "x.toml", b'kind = "mapping"\nservice = "x"\nroles = 1')
    result = made("metadata", "load", broken)
    assert result.exit_code == 1
    assert "mapping.invalid" in result.stderr


def test_list_and_show_tell_what_is_known(made: Run, tmp_path: Path) -> None:
    assert "Nothing is loaded yet" in made("metadata", "list").output
    made("metadata", "load", "services/dpsd.toml")
    sp = written(tmp_path, "sp.xml", Sp().xml())
    made("metadata", "load", sp, "--code", "dpsd", "--reason", "first contact")
    listed = made("metadata", "list")
    assert listed.exit_code == 0
    lines = [line.split() for line in listed.output.splitlines() if "dpsd" in line]
    assert [line[:3] for line in lines] == [
        ["sundhed", "service", "dpsd"],
        ["sundhed-test", "service", "dpsd"],
    ]
    shown = made("metadata", "show", "dpsd")
    assert shown.exit_code == 0
    assert SP in shown.output
    assert "Dansk Patientsikkerhedsdatabase" in shown.output
    assert "No metadata yet" in shown.output
    unknown = made("metadata", "show", "nobody")
    assert unknown.exit_code == 1
    assert "Known: dpsd" in unknown.output


def test_activate_opens_an_idp_for_a_service(made: Run, tmp_path: Path) -> None:
    made("metadata", "load", written(tmp_path, "idp.xml", Idp().xml()), "--code", "region")
    made("metadata", "load", written(tmp_path, "sp.xml", Sp().xml()), "--code", "dpsd")
    assert "no IdP is active" in made("check").output
    result = made("metadata", "activate", "dpsd", "region", "--from", "2026-03-02T06:00:00+01:00")
    assert result.exit_code == 0, result.output
    assert "2026-03-02T05:00:00+00:00" in made("metadata", "show", "dpsd").output
    assert made("metadata", "activate", "dpsd", "region", "--until", "soon").exit_code == 2
    unknown = made("metadata", "activate", "dpsd", "nobody")
    assert unknown.exit_code == 1
    assert "known: region" in unknown.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("--cvr", "all"),
        ("--cvr", "123"),
        ("--loa", "Medium"),
        ("--signed-by", "sp.xml"),
    ],
)
def test_an_option_of_another_form_is_a_usage_error(
    made: Run, tmp_path: Path, arguments: tuple[str, str]
) -> None:
    sp = written(tmp_path, "sp.xml", Sp().xml())
    assert made("metadata", "load", sp, *arguments).exit_code == 2
    assert "Nothing is loaded yet" in made("metadata", "list").output


def test_before_init_every_command_names_it(run: Run, tmp_path: Path) -> None:
    sp = written(tmp_path, "sp.xml", Sp().xml())
    for arguments in (("check",), ("metadata", "list"), ("metadata", "load", sp), ("serve",)):
        result = run(*arguments)
        assert result.exit_code == 1
        assert "broker init" in result.output.replace("\n", " ").lower() or "init" in result.stderr
    assert not (tmp_path / "data").exists()


def test_check_names_every_problem_at_once(made: Run, tmp_path: Path) -> None:
    keys = tmp_path / "data" / "keys"
    (keys / "sealing.key").chmod(0o644)
    (keys / "sundhed" / "idp-signing.pem").unlink()
    (tmp_path / "data").chmod(0o755)
    result = made("check")
    assert result.exit_code == 1
    for word in ("sealing.key", "idp-signing.pem", "chmod 700"):
        assert word in result.stderr


def test_check_names_every_wrong_setting(made: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROKER_ORIGIN", "http://broker.example.dk")
    monkeypatch.setenv("BROKER_WORKERS", "none")
    monkeypatch.setenv("BROKER_COLOUR", "red")
    result = made("check")
    assert result.exit_code == 1
    for name in ("BROKER_ORIGIN", "BROKER_WORKERS", "BROKER_COLOUR"):
        assert name in result.stderr
    listed = made("metadata", "list")
    assert listed.exit_code == 1
    assert "BROKER_ORIGIN" in listed.stderr


def test_the_server_is_configured_from_the_settings(tmp_path: Path) -> None:
    settings = read_settings(
        {"BROKER_DATA": str(tmp_path), "BROKER_WORKERS": "3", "BROKER_LISTEN": "127.0.0.1:8799"}
    )
    cfg = Server(settings).cfg
    assert cfg.workers == 3
    assert cfg.bind == ["127.0.0.1:8799"]
    assert cfg.limit_request_line == 8190
    assert cfg.limit_request_field_size == 16384
    assert cfg.logger_class is ServerLog


def test_the_access_log_has_a_path_without_its_query(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = ServerLog(Server(read_settings({"BROKER_DATA": str(tmp_path)})).cfg)
    log.access_log.propagate = True
    answer: Any = SimpleNamespace(
        status="303 SEE OTHER", sent=17, headers=[("Location", "https://secret")]
    )
    sent = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/sundhed/saml/sso",
        "QUERY_STRING": "SAMLRequest=secret",
        "RAW_URI": "/sundhed/saml/sso?SAMLRequest=secret",
        "HTTP_REFERER": "https://secret",
    }
    log.access(answer, answer, sent, timedelta(milliseconds=12))
    (line,) = [one.getMessage() for one in caplog.records if one.name == "gunicorn.access"]
    assert line.endswith(" GET /sundhed/saml/sso 303 17 12ms")
    assert "secret" not in line


def test_what_gunicorn_refuses_by_itself_is_answered_and_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cfg = Server(read_settings({"BROKER_DATA": str(tmp_path)})).cfg
    log = ServerLog(cfg)
    log.access_log.propagate = True
    worker: Any = SimpleNamespace(cfg=cfg, log=log)
    asked: Any = SimpleNamespace(
        method="POST", uri="/x?secret", query="secret", version=(1, 1), body=None, headers=[]
    )
    ours, theirs = socket.socketpair()
    with ours, theirs:
        fault = InvalidHeader("CONTENT-TYPE", req=asked)
        Worker.handle_error(worker, None, theirs, ("192.0.2.1", 1), fault)
        assert ours.recv(4096).startswith(b"HTTP/1.1 400 Bad Request")
    (line,) = [one.getMessage() for one in caplog.records if one.name == "gunicorn.access"]
    assert " POST - 400 0 " in line
    assert "secret" not in line
