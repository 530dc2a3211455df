"""`broker metadata sources … alarms`: an operator follows a partner, and decides what counts."""

import json
import os
import re
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from broker.cli import main
from broker.clock import system_clock
from tests.factories import key_pair
from tests.metadata_factory import SP, Sp, key
from tests.publisher import publishing, signed

Run = Callable[..., Result]
CODE = "service-example-dk"
NEW_KEY = Sp(keys=key("sp-new") + key("sp-enc", "encryption"))


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, initialised: Path) -> Run:
    """Runs `broker …` in an installation on loopback."""
    for name in [name for name in os.environ if name.startswith("BROKER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BROKER_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    def running(*arguments: str) -> Result:
        return CliRunner().invoke(main, arguments)

    shutil.copytree(initialised, tmp_path / "data")
    (tmp_path / "feed.pem").write_bytes(key_pair("feed")[1].pem())
    return running


def fine(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.output


def lists(run: Run, *arguments: str) -> list[dict[str, object]]:
    found = json.loads(fine(run("metadata", *arguments, "--json")))
    assert isinstance(found, list)
    return found


def written(name: str, content: bytes) -> str:
    Path(name).write_bytes(content)
    return name


def compared(run: Run) -> tuple[str, ...]:
    """The options that name what waits, as a person reads them after they compared it."""
    shown = fine(run("metadata", "diff", CODE))
    found = re.search(rf"Next: broker metadata approve {CODE} (--sha256 [0-9a-f]+),", shown)
    assert found, shown
    return tuple(found[1].split())


def test_what_is_approved_is_what_was_compared(run: Run) -> None:
    """Between the two, a source may bring another document."""
    fine(run("metadata", "sources", "add", "partner", written("sp.xml", Sp().xml())))
    fine(run("metadata", "refresh", "partner"))
    seen = compared(run)
    written("sp.xml", NEW_KEY.xml())
    fine(run("metadata", "refresh", "partner"))
    refused = run("metadata", "approve", CODE, "--reason", "by phone")
    assert refused.exit_code == 2
    assert "broker metadata diff" in refused.output
    assert run("metadata", "approve", CODE, *seen[:1], seen[1][:8], "--reason", "x").exit_code == 2
    refused = run("metadata", "approve", CODE, *seen, "--reason", "by phone")
    assert "metadata.nothing_waits" in refused.output
    assert [one["in_force"] for one in lists(run, "history", CODE)] == [False, False]


def test_a_partner_without_a_signature_waits_is_compared_and_approved(run: Run) -> None:
    assert "broker metadata sources add" in fine(run("metadata", "sources", "list"))
    added = fine(run("metadata", "sources", "add", "partner", written("sp.xml", Sp().xml())))
    assert added.rstrip().endswith("Next: broker metadata refresh partner")
    first = fine(run("metadata", "refresh", "partner"))
    assert f"Next: broker metadata diff {CODE}\n" in first
    assert "metadata.first_document" in first
    shown = fine(run("metadata", "diff", CODE))
    assert key_pair("sp")[1].fingerprint in shown
    seen = compared(run)
    assert run("metadata", "approve", CODE, *seen).exit_code == 2  # without a reason
    approved = run("metadata", "approve", CODE, *seen, "--reason", "by phone")
    assert "counts from now on" in fine(approved)

    written("sp.xml", NEW_KEY.xml())
    assert "1 waiting" in fine(run("metadata", "refresh"))
    danish = fine(run("metadata", "diff", CODE, "--language", "da"))
    assert "+ Nøgle til signering, ny: " in danish
    assert "- Nøgle til signering, fjernet: " in danish
    at = (system_clock() + timedelta(days=2)).isoformat()
    more = ("--reason", "agreed", "--from", at)
    dated = fine(run("metadata", "approve", CODE, *compared(run), *more))
    assert "counts from 20" in dated
    told = fine(run("metadata", "history", CODE))
    assert "metadata counts from" in told
    assert "by phone" in told
    states = [one["state"] for one in lists(run, "history", CODE)]
    assert states == ["scheduled", "accepted"]


def test_what_is_rejected_does_not_come_back_and_what_is_withdrawn_is_gone(run: Run) -> None:
    fine(run("metadata", "sources", "add", "partner", written("sp.xml", Sp().xml())))
    fine(run("metadata", "refresh"))
    fine(run("metadata", "approve", CODE, *compared(run), "--reason", "by phone"))
    written("sp.xml", NEW_KEY.xml())
    fine(run("metadata", "refresh"))
    assert "Nothing changed" in fine(run("metadata", "reject", CODE, "--reason", "unknown key"))
    assert run("metadata", "diff", CODE).exit_code == 1
    assert fine(run("metadata", "alarms")) == "Nothing is wrong.\n"
    fine(run("metadata", "withdraw", CODE, "--reason", "compromised"))
    assert "no metadata yet" in fine(run("metadata", "list"))


def test_an_aggregate_is_followed_at_its_address(run: Run) -> None:
    now = system_clock()
    with publishing() as publisher:
        publisher.body = signed(Sp(), published=now, until=now + timedelta(days=14))
        unsigned = run("metadata", "sources", "add", "feed", publisher.url, "--aggregate")
        assert (unsigned.exit_code, "source.unsigned" in unsigned.output) == (1, True)
        pinned = ("--aggregate", "--signed-by", "feed.pem", "--roles", "sp", "--minimum", "High")
        added = fine(run("metadata", "sources", "add", "feed", publisher.url, *pinned))
        assert key_pair("feed")[1].fingerprint in added
        assert "loaded, 1 added" in fine(run("metadata", "refresh", "--due"))
        assert fine(run("metadata", "refresh", "--due")) == "Nothing was to be asked.\n"
        (source,) = lists(run, "sources", "list")
        assert (source["entities"], source["failures"]) == (1, 0)
        shown = fine(run("metadata", "show", CODE))
        assert SP in shown
        assert '"High"' in shown
        publisher.status = 503
        failed = run("metadata", "refresh", "feed")
        assert failed.exit_code == 1
        assert "Everything stays as it was." in failed.output
    (alarm,) = lists(run, "alarms")
    assert (alarm["code"], alarm["level"]) == ("metadata.source_failed", "warning")
    fine(run("metadata", "alarms", "--acknowledge", str(alarm["number"]), "--reason", "told them"))
    assert "told them" in fine(run("metadata", "alarms", "--language", "da"))
    fine(run("metadata", "sources", "remove", "feed"))
    assert "in force" in fine(run("metadata", "list"))


def test_what_is_uploaded_is_handed_over_each_time(run: Run) -> None:
    added = fine(run("metadata", "sources", "add", "partner"))
    assert added.rstrip().endswith("broker metadata refresh partner --file FILE")
    path = written("sp.xml", Sp().xml())
    assert run("metadata", "refresh", "--file", path).exit_code == 2
    assert "1 waiting" in fine(run("metadata", "refresh", "partner", "--file", path))
    (found,) = lists(run, "refresh", "partner", "--file", path)
    assert found["state"] == "unchanged"
    assert run("metadata", "refresh", "partner").exit_code == 1


def test_mistakes_are_said_in_words(run: Run) -> None:
    for arguments, code in (
        (("sources", "add", "UPPER"), "source.code"),
        (("sources", "add", "plain", "http://feed.example.dk/"), "source.address"),
        (("sources", "add", "file", "file:///etc/passwd"), "source.address"),
        (("sources", "remove", "nobody"), "source.unknown"),
        (("refresh", "nobody"), "source.unknown"),
        (("approve", "nobody", "--sha256", "0" * 16, "--reason", "x"), "metadata.code"),
        (("alarms", "--acknowledge", "1"), "alarm.unknown"),
    ):
        result = run("metadata", *arguments)
        assert result.exit_code == 1
        assert f"({code})" in result.output
    fine(run("metadata", "sources", "add", "twice"))
    assert "source.exists" in run("metadata", "sources", "add", "twice").output
    empty = written("empty.pem", b"no certificate")
    assert (
        "source.certificate" in run("metadata", "sources", "add", "s", "--signed-by", empty).output
    )


def test_a_document_loaded_for_later_shows_in_the_history(run: Run) -> None:
    fine(run("metadata", "load", written("sp.xml", Sp().xml())))
    at = (system_clock() + timedelta(days=2)).isoformat()
    moved = written("sp2.xml", NEW_KEY.xml())
    fine(run("metadata", "load", moved, "--from", at, "--accept-key-change"))
    assert [one["state"] for one in lists(run, "history", CODE)] == ["scheduled", "accepted"]
    assert "counts from" in fine(run("metadata", "diff", CODE))
