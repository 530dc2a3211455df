"""`broker jobs` and `broker mail`, as an operator meets them."""

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from broker.cli import main
from broker.clock import system_clock
from broker.db import make_engine, writing
from broker.mail.kinds import KINDS
from broker.mail.letters import Letters
from broker.mail.model import Event, Recipient
from broker.mail.store import Outbox
from broker.mail.templates import Templates
from tests.unit.mail.post import Office, serving
from tests.unit.mail.test_bounces import report

JOBS = (
    *("metadata-refresh", "revocation-refresh", "health-probe", "readiness"),
    *("rollover-reminders", "expiry-watch", "people-reminders", "vendor-reminders", "notices"),
    *("service-changes", "mail", "audit-seal", "audit-verify", "audit-retention", "purge"),
)
Run = Callable[..., Result]
BROKER = Path(sys.executable).with_name("broker")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, initialised: Path) -> Iterator[Run]:
    """Runs `broker …` in an installation of its own; logging is put back as it was."""
    for name in [name for name in os.environ if name.startswith("BROKER_")]:
        monkeypatch.delenv(name)
    shutil.copytree(initialised, tmp_path / "data")
    monkeypatch.setenv("BROKER_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(logging, "raiseExceptions", logging.raiseExceptions)
    loggers = [logging.getLogger(name) for name in ("", "broker", "broker.security")]
    before = [(one, one.level, one.handlers[:]) for one in loggers]

    def running(*arguments: str, piped: bytes = b"") -> Result:
        return CliRunner().invoke(main, arguments, input=piped)

    yield running
    for logger, level, handlers in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers


def put(tmp_path: Path, address: str = "anna@eksempel.dk") -> None:
    origin = "http://localhost:8700"
    event = Event("rollover-done", "plan/dpsd", "done", KINDS["rollover-done"].example)
    engine = make_engine(f"sqlite:///{tmp_path / 'data' / 'broker.sqlite3'}")
    with writing(engine) as connection:
        letters = Letters(Templates(None, origin), Outbox())
        letters.put(connection, event, [Recipient(address, "technical")], system_clock())
    engine.dispose()


def test_jobs_run_once_and_say_how_they_are(run: Run) -> None:
    before = run("jobs", "list")
    assert before.exit_code == 1
    assert "never ran" in before.output
    first = run("jobs", "run", "--once")
    assert first.exit_code == 0, first.output
    assert first.stdout.splitlines() == [f"{name}: ok" for name in JOBS]
    found = run("jobs", "list", "--json")
    assert found.exit_code == 0
    facts = {one["name"]: one for one in json.loads(found.output)}
    assert tuple(facts) == JOBS
    assert all(
        one["well"] and one["state"] == "ok" and one["failures"] == 0 for one in facts.values()
    )
    assert run("jobs", "run", "purge").stdout == "purge ran.\n"
    wrong = run("jobs", "run", "nothing")
    assert wrong.exit_code == 1
    assert f"There is no job nothing. There are {', '.join(JOBS)}." in wrong.output


def test_a_job_that_fails_is_seen_in_the_list(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path)
    monkeypatch.setenv("BROKER_ORIGIN", "https://broker.example.dk")
    monkeypatch.setenv("BROKER_EVIDENCE_KEY", "none")
    failed = run("jobs", "run", "mail")
    assert failed.exit_code == 1
    assert "mail failed; see broker jobs list." in failed.output
    listed = run("jobs", "list")
    assert listed.exit_code == 1
    assert "mail.not_configured" in listed.output


def test_mail_goes_from_the_queue_to_the_server_and_back(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office()
    office.to_recipient["bo@eksempel.dk"] = "550 5.1.1 No such user"
    put(tmp_path)
    put(tmp_path, "bo@eksempel.dk")
    with serving(office) as server:
        monkeypatch.setenv("BROKER_SMTP", f"127.0.0.1:{server.port}")
        monkeypatch.setenv("BROKER_SMTP_TLS", "none")
        monkeypatch.setenv("BROKER_SMTP_FROM", "broker@example.dk")
        assert "2 waiting" in run("mail", "list").output
        assert run("jobs", "run", "mail").exit_code == 0
        listed = run("mail", "list")
        assert "0 waiting, 1 sent, 1 failed, 0 bounced" in listed.output
        assert "550 5.1.1 No such user" in listed.output
        assert "took it" in run("mail", "send", "carl@eksempel.dk", "--language", "da").output
    assert [to for to, _ in office.taken] == ["anna@eksempel.dk", "carl@eksempel.dk"]
    (sent,) = json.loads(run("mail", "list", "--state", "sent", "--json").output)
    shown = run("mail", "show", sent["id"])
    assert "anna@eksempel.dk" in shown.output
    assert "Skiftet er sket" in shown.output
    back = run("mail", "bounce", piped=report(f"<{sent['id']}@localhost>"))
    assert back.output == f"{sent['id']} came back (5.1.1).\n"
    assert run("mail", "again", sent["id"]).exit_code == 0
    assert "It is waiting" in run("mail", "again", sent["id"]).output
    for arguments, piped in ((("mail", "show", "x"), b""), (("mail", "bounce"), b"hello")):
        wrong = run(*arguments, piped=piped)
        assert (wrong.exit_code, "Traceback" in wrong.output) == (1, False)


def test_a_mail_can_be_looked_at_before_anybody_gets_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "The kinds are rollover-announced," in run("mail", "try").output
    assert "Prøvetjenesten" in run("mail", "try", "certificate-expiry", "--language", "da").output
    folder = tmp_path / "words"
    folder.mkdir()
    (folder / "try.txt").write_text("{% block subject_da %}x{% endblock %}")
    monkeypatch.setenv("BROKER_MAIL_TEMPLATES", str(folder))
    assert "wrong  try.txt cannot be rendered" in run("mail", "try", "try").output
    checked = run("check")
    assert checked.exit_code == 1
    assert "BROKER_MAIL_TEMPLATES: try.txt cannot be rendered" in checked.output


def test_without_a_server_mail_is_printed_on_loopback(run: Run, tmp_path: Path) -> None:
    put(tmp_path)
    assert "BROKER_SMTP is not set: mail is printed" in run("check").output
    assert "mail from no-reply@localhost to anna@eksempel.dk" in run("jobs", "run", "mail").output


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"BROKER_SMTP": "mail"}, "BROKER_SMTP: 'mail' is no address:port"),
        ({"BROKER_SMTP": "mail.dk:25"}, "BROKER_SMTP_FROM: it is not set"),
        ({"BROKER_SMTP_FROM": "x@y.dk\nBcc: z"}, "BROKER_SMTP_FROM: "),
        ({"BROKER_SMTP": "mail.dk:25", "BROKER_SMTP_TLS": "none"}, "loopback only"),
        ({"BROKER_SMTP_TLS": "ssl"}, "BROKER_SMTP_TLS: 'ssl' is neither"),
        ({"BROKER_SMTP_USER": "x"}, "BROKER_SMTP_USER: a user takes a password file"),
        ({"BROKER_SMTP_PASSWORD_FILE": "none"}, "BROKER_SMTP_PASSWORD_FILE: 'none' is no file"),
        ({"BROKER_MAIL_TEMPLATES": "none"}, "BROKER_MAIL_TEMPLATES: 'none' is no folder"),
        ({"BROKER_MAIL_OPERATOR": "operator"}, "BROKER_MAIL_OPERATOR: 'operator' is no mail"),
    ],
)
def test_settings_that_cannot_be_are_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], words: str
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    checked = run("check")
    assert checked.exit_code == 1
    assert words in checked.output


def test_a_process_that_is_told_to_stop_ends_well(run: Run) -> None:
    process = subprocess.Popen(
        [BROKER, "jobs", "run"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr is not None
        assert process.stderr.readline().startswith(f"Running {', '.join(JOBS)} until told to stop")
        while '"job": "purge"' not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
        assert process.returncode == 0
    finally:
        process.kill()
        process.communicate()
    assert run("jobs", "list").exit_code == 0
