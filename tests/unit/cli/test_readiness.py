"""`broker rollover readiness`, `confirm` and `sample`, and `broker metadata keys`."""

import csv
import json
import re
import shutil
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from broker.app import create_app
from broker.audit.store import AUDIT
from broker.db import make_engine, reading, writing
from broker.metadata import store
from broker.metadata.readiness import store as signs
from broker.metadata.readiness.signals import Signals
from broker.metadata.rollover import store as plans
from broker.metadata.rollover.model import FIRST
from broker.saml.keys import Certificate
from broker.saml.response import open_response
from broker.settings import read_settings
from tests.factories import decryption_key, key_pair
from tests.metadata_factory import Sp, contact
from tests.unit.cli.test_install import Run, made, run, written
from tests.unit.metadata.phases import IDP_SIGNING, INSTANTS, NEW, plan_of

__all__ = ["made", "run"]

NOW = INSTANTS.announce + timedelta(days=20)
EXPLAINED = "broker rollover readiness"


@pytest.fixture
def planned(made: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """An installation with a service, a plan that is announced, and the keys it leads to."""
    for name in ("context", "partner_keys", "purge", "rollover_readiness", "rollover_trying"):
        monkeypatch.setattr(import_module(f"broker.cli.{name}"), "system_clock", lambda: NOW)
    raw = Sp(tail=contact()).xml()
    loaded = made("metadata", "load", written(tmp_path, "sp.xml", raw), "--code", "one")
    assert loaded.exit_code == 0, loaded.output
    keys = tmp_path / "data" / "keys" / "sundhed"
    (keys / NEW).mkdir(mode=0o700)
    for ending in ("pem", "crt"):
        shutil.copy2(keys / f"sp-signing.{ending}", keys / NEW / f"idp-signing.{ending}")
    engine = make_engine(read_settings({"BROKER_DATA": str(tmp_path / "data")}).database_url)
    with writing(engine) as connection:
        plans.add_plan(connection, plan_of(code="autumn"), NOW)
        store.bump(connection)
    engine.dispose()
    return made


def see(tmp_path: Path, kind: str, detail: str, at: datetime) -> None:
    engine = make_engine(read_settings({"BROKER_DATA": str(tmp_path / "data")}).database_url)
    signals = Signals()
    signals.add("sundhed", "idp", "one", kind, detail, at)  # type: ignore[arg-type]  # a kind
    with writing(engine) as connection:
        signs.keep(connection, signals.take(at))
    engine.dispose()


def board(run: Run) -> dict[str, object]:
    shown = run("rollover", "readiness", "autumn", "--json")
    assert shown.exit_code == 0, shown.output
    (line,) = json.loads(shown.output)
    assert isinstance(line, dict)
    return line


def test_readiness_goes_up_with_what_is_seen_and_said(planned: Run, tmp_path: Path) -> None:
    assert (board(planned)["level"], board(planned)["because"]) == (0, "nothing")
    see(tmp_path, "fetched", f"signing/{NEW}", NOW - timedelta(days=1))
    assert board(planned)["level"] == 1
    said = planned("rollover", "confirm", "autumn", "one", "--said-by", "Anna Eksempel")
    assert said.exit_code == 0, said.output
    assert "level 2" in said.output
    assert f"Next: {EXPLAINED} autumn" in said.output
    planned("rollover", "confirm", "autumn", "one", "--said-by", "Anna Eksempel", "--tried")
    line = board(planned)
    assert line["level"] == 3
    assert [c["said_by"] for c in line["claims"]] == ["Anna Eksempel"] * 2  # type: ignore[attr-defined]  # a list
    planned("rollover", "confirm", "autumn", "one", "--said-by", "Anna", "--withdraw")
    assert board(planned)["level"] == 1
    see(tmp_path, "endpoint", NEW, NOW - timedelta(hours=2))
    words = planned("rollover", "readiness", "autumn").output
    assert "uses the address of the new key" in words
    assert "autumn of sundhed/idp-signing switches 2026-06-10" in words


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("readiness", "winter"), "no plan 'winter'; known: autumn (rollover.no_plan)"),
        (("confirm", "autumn", "two", "--said-by", "A"), "rollover.no_partner"),
        (("confirm", "autumn", "one", "--said-by", " "), "rollover.claim"),
        (("confirm", "autumn", "one"), "Missing option '--said-by'"),
        (("sample", "autumn", "--partner", "two"), "request.service"),
    ],
)
def test_a_mistake_is_one_line(planned: Run, arguments: tuple[str, ...], words: str) -> None:
    result = planned("rollover", *arguments)
    assert result.exit_code != 0
    assert words in result.output
    assert "Traceback" not in result.output


def test_the_phone_list_has_whom_to_ring_and_no_formulas(planned: Run, tmp_path: Path) -> None:
    target = tmp_path / "list.csv"
    written_to = planned("rollover", "readiness", "autumn", "--phone-list", str(target))
    assert written_to.exit_code == 0, written_to.output
    text = target.read_text("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines(), delimiter=";"))
    assert {row["partner"] for row in rows} == {"one"}
    assert rows[0]["level"] == "0"
    assert any(row["mails"] or row["phones"] for row in rows)
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "@"))]
    see(tmp_path, "endpoint", NEW, NOW - timedelta(hours=2))
    again = planned("rollover", "readiness", "autumn", "--phone-list", "-")
    assert again.output.count("\n") == 1, "whoever has proof need not be rung"


def test_a_sample_is_signed_with_the_key_that_is_to_come(planned: Run, tmp_path: Path) -> None:
    target = tmp_path / "sample.txt"
    made_it = planned(
        *("rollover", "sample", "autumn", "--partner", "one"),
        *("--form", "--output", str(target)),
    )
    assert made_it.exit_code == 0, made_it.output
    keys = tmp_path / "data" / "keys" / "sundhed"
    new = Certificate.from_pem((keys / NEW / "idp-signing.crt").read_bytes())
    assert f"signed with {NEW}, SHA-256 {new.fingerprint}" in made_it.output
    address = re.search(r"http\S+/sundhed/metadata/m/\d+-[0-9a-f]{32}/idp.xml", made_it.output)
    assert address is not None
    verified = open_response([target.read_text()]).verify(
        [new], [decryption_key("sp-enc")], demand_encryption=True, allow_cbc=False
    )
    assert verified.verified_by == new
    plain = planned("rollover", "sample", "autumn", "--partner", "one")
    assert plain.stdout_bytes.startswith(b"<")


def test_a_link_lets_one_browser_try_the_key_that_is_to_come(planned: Run, tmp_path: Path) -> None:
    told = planned("rollover", "try", "autumn", "--partner", "one")
    assert told.exit_code == 0, told.output
    link = urlsplit(told.output.splitlines()[0])
    assert "broker rollover confirm autumn one --tried --said-by NAME" in told.output
    settings = read_settings({"BROKER_DATA": str(tmp_path / "data")})
    engine, offered = make_engine(settings.database_url), AUDIT.c.event == "rollover.trial_offered"
    with reading(engine) as connection:
        kept = json.loads(connection.execute(sa.select(AUDIT.c.fields).where(offered)).scalar_one())
    engine.dispose()
    assert (kept["partner"], kept["epoch"]) == ("one", NEW)
    assert datetime.fromisoformat(kept["until"]) == NOW + timedelta(minutes=15)
    settings = read_settings({"BROKER_DATA": str(tmp_path / "data")})
    browser = create_app(settings, clock=lambda: NOW + timedelta(minutes=14)).test_client()
    begun = browser.post(link.path, base_url=settings.origin)
    assert begun.status_code == 303
    assert begun.headers["Set-Cookie"].startswith("__Host-rehearsal-sundhed=")
    late = create_app(settings, clock=lambda: NOW + timedelta(minutes=15)).test_client()
    assert late.post(link.path, base_url=settings.origin).status_code == 404


def test_a_critical_partner_needs_a_trial_that_was_seen(planned: Run, tmp_path: Path) -> None:
    document = 'kind = "service"\ncode = "one"\nfederations = ["sundhed"]\n'
    document += 'name = { da = "Et", en = "One" }\nowner = "A region"\ngroup = "one"\n'
    toml = written(tmp_path, "one.toml", (document + 'sla = "society-critical"\n').encode())
    loaded = planned("metadata", "load", toml)
    assert loaded.exit_code == 0, loaded.output
    confirm = ("rollover", "confirm", "autumn", "one", "--said-by", "Anna Eksempel", "--tried")
    said = planned(*confirm)
    assert said.exit_code == 0, said.output
    assert "level 2 (loaded and activated)" in said.output
    assert "No login that\n  tried the new key was seen" in said.output
    assert "Next: broker rollover try autumn --partner one" in said.output
    assert (board(planned)["level"], board(planned)["because"]) == (2, "alone")
    see(tmp_path, "rehearsed", NEW, NOW - timedelta(hours=2))
    words = planned("rollover", "readiness", "autumn").output
    when = NOW - timedelta(hours=2)
    assert f"one: tried on {when:%Y-%m-%d} at {when:%H:%M} UTC, 1 login\n" in words
    assert (board(planned)["level"], board(planned)["trials"]) == (3, 1)
    again = planned(*confirm)
    assert "level 3\n" in again.output
    assert "broker rollover try" not in again.output


def test_nobody_is_sent_a_link_that_leads_nowhere(
    planned: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "rollover.no_plan" in planned("rollover", "try", "winter", "--partner", "one").output
    assert "request.service" in planned("rollover", "try", "autumn", "--partner", "two").output
    early = INSTANTS.announce - timedelta(seconds=1)
    monkeypatch.setattr(import_module("broker.cli.rollover_trying"), "system_clock", lambda: early)
    refused = planned("rollover", "try", "autumn", "--partner", "one")
    assert refused.exit_code == 1
    assert "rollover.not_announced" in refused.output


def test_the_keys_of_a_partner_are_shown_with_when_they_signed(
    planned: Run, tmp_path: Path
) -> None:
    certificate = key_pair("sp")[1]
    short = certificate.fingerprint[:16]
    first = planned("metadata", "keys", "one")
    assert first.exit_code == 0, first.output
    assert re.search(rf"{short} +in its metadata .* never seen", first.output)
    see(tmp_path, "verified", certificate.fingerprint, NOW - timedelta(days=1))
    seen = f"{NOW - timedelta(days=1):%Y-%m-%d %H:%M}"
    assert seen in planned("metadata", "keys", "one").output
    refused = planned("metadata", "keys", "one", "--end", short)
    assert "metadata.kept_key" in refused.output
    alone = planned("metadata", "keys", "one", "--keep", short)
    assert alone.exit_code == 2
    assert "Give --keep together with --until" in alone.output
    assert "metadata.no_partner" in planned("metadata", "keys", "two").output


def test_purge_takes_signs_that_are_too_old_to_tell(planned: Run, tmp_path: Path) -> None:
    see(tmp_path, "answered", FIRST, datetime(2024, 1, 1, tzinfo=UTC))
    see(tmp_path, "answered", FIRST, NOW)
    assert "Deleted 1 rows" in planned("purge").output
    assert str(IDP_SIGNING) == "sundhed/idp-signing"
