"""`broker audit` and `broker evidence`, as an operator and a data protection officer meet them."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from broker.audit.events import LoginCompleted
from broker.audit.evidence.box import EvidenceKey
from broker.audit.evidence.keeping import Evidence, WaitingRequests
from broker.audit.evidence.model import Message
from broker.audit.store import AUDIT, AuditStore
from broker.cli import main
from broker.cli.context import settings_of
from broker.clock import system_clock
from broker.db import Engine, make_engine, reading, writing
from broker.identities.model import IdentityKey
from broker.identities.numbers.store import CprIndex
from broker.identities.store import IdentityStore
from broker.metadata.keyring import PSEUDONYM, load_secret
from tests.tampering import tampering
from tests.unit.cli.installed import Run, made, run

__all__ = ["made", "run"]
NUMBER = "131275-4321"
PASS = "correct horse battery"


def engine_here() -> Engine:
    return make_engine(settings_of().database_url)


def say(typed: str, *arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, input=typed)


def somebody_logs_in(evidence: str = "") -> str:
    """The audit row of a login by somebody whose number was said; their id."""
    secret, now = load_secret(settings_of().keys / PSEUDONYM), system_clock()
    key = IdentityKey("cpr-uuid", "0b7c8f1e-7e0d-4f59-8b55-000000000001")
    with writing(engine_here()) as connection:
        found = IdentityStore(secret).person(connection, "sundhed", [key], now)
        CprIndex(secret).said(connection, found.person, NUMBER, now)
        event = LoginCompleted(
            federation="sundhed",
            service="dpsd",
            idp="nemlogin",
            assurance="High",
            roles=1,
            subject=str(found.person),
            request_id="",
            evidence=evidence,
        )
        AuditStore().append(connection, event, at=now, reference="7KQ2-9F4M-XTRC")
    return str(found.person)


def test_a_trail_is_verified_and_a_tail_that_was_cut_off_shows(run: Run) -> None:
    shipped = run("audit", "heads").stdout
    assert json.loads(shipped)["chains"]["w00"]
    good = run("audit", "verify")
    assert good.exit_code == 0
    assert "are as they were written" in good.output
    engine = engine_here()
    with tampering(engine) as connection:
        last = connection.scalar(sa.select(sa.func.max(AUDIT.c.seq))) or 0
        connection.execute(sa.delete(AUDIT).where(AUDIT.c.seq == last))
    bad = run("audit", "verify", "--json")
    assert bad.exit_code == 1
    assert json.loads(bad.stdout)[0]["fault"] == {"record": last, "flaw": "truncated"}
    settings_of().audit_heads.unlink()
    assert run("audit", "verify").exit_code == 0  # from the database alone nobody knows
    file = settings_of().data / "shipped.jsonl"
    file.write_text(shipped)
    bad = run("audit", "verify", "--head", str(file))
    assert bad.exit_code == 1
    assert f"record {last} of w00 is not there, nor is anything after it" in bad.stderr


def test_a_copy_is_verified_far_from_here(run: Run, tmp_path: Path) -> None:
    now, copy = system_clock(), tmp_path / "copy.jsonl"
    day = timedelta(days=1)
    span = ("--from", (now - day).isoformat(), "--to", (now + day).isoformat())
    done = run("audit", "export", *span, "--output", str(copy), "--reason", "for the auditor")
    assert done.exit_code == 0, done.output
    assert copy.stat().st_mode & 0o777 == 0o600
    lines = copy.read_text().splitlines()
    assert '"trail.asked"' in lines[-2]  # that it was taken is in it
    keys = tmp_path / "audit-seal.pub"
    keys.write_bytes((settings_of().keys / keys.name).read_bytes())
    there = ("audit", "verify", "--file", str(copy), "--keys", str(keys))
    assert run(*there).exit_code == 0
    copy.write_text("\n".join([*lines[:3], *lines[4:]]))
    bad = run(*there)
    assert bad.exit_code == 1
    assert "record 2 of w00 is not there, though later ones are" in bad.stderr
    assert run("audit", "export", *span, "--output", str(copy), "--reason", "x").exit_code == 1
    assert run("audit", "export", "--from", "2026", "--to", "2027", "--reason", "x").exit_code == 2


@pytest.mark.usefixtures("run")
def test_somebody_who_asks_is_found_by_a_number_that_stands_nowhere() -> None:
    somebody = somebody_logs_in()
    found = say(NUMBER, "audit", "person", "--reason", "asked on 2 March")
    assert found.exit_code == 0, found.output
    assert "A person was asserted to a service" in found.stdout
    assert "service dpsd" in found.stdout
    assert NUMBER not in found.output
    other = say("0101904444", "audit", "person", "--reason", "asked", "--json")
    assert json.loads(other.stdout) == []
    uuid = "0B7C8F1E-7E0D-4F59-8B55-000000000001"
    same = say(uuid, "audit", "person", "--kind", "cpr-uuid", "--reason", "again", "--json")
    assert [line["what"] for line in json.loads(same.stdout)] == [
        "A person was asserted to a service",
        "Somebody at a terminal looked for a person in all of the trail, or took a copy of it away",
    ]
    assert say("12", "audit", "person", "--reason", "asked").exit_code == 1
    with reading(engine_here()) as connection:
        rows = connection.execute(sa.select(AUDIT.c.fields).order_by(AUDIT.c.seq.desc())).scalars()
        asked = [json.loads(row) for row in rows.all()[:3]]
    assert [(row["people"], row["found"]) for row in asked] == [
        ([somebody], 2),
        ([], 0),
        ([somebody], 1),
    ]
    database = settings_of().data / "broker.sqlite3"
    journal = database.with_name(f"{database.name}-wal")
    held = database.read_bytes() + (journal.read_bytes() if journal.exists() else b"")
    for spelled in (NUMBER, NUMBER.replace("-", "")):
        assert spelled.encode() not in held


def test_the_rule_lets_nothing_go_that_is_young(run: Run) -> None:
    assert "0 records in 0 blocks, older than 1830 days" in run("audit", "retain").output
    assert "Removed 0 records" in run("audit", "retain", "--yes").output


def test_another_key_seals_and_a_lost_one_is_a_new_beginning(run: Run) -> None:
    assert run("audit", "key", "--reason", "yearly").exit_code == 0
    assert run("audit", "heads").exit_code == 0
    (settings_of().keys / "audit-seal.key").unlink()
    missing = run("audit", "heads")
    assert missing.exit_code == 1
    assert "key.missing" in missing.stderr
    assert run("audit", "key", "--lost", "--reason", "the disk").exit_code == 0
    assert run("audit", "heads").exit_code == 0
    found = run("audit", "verify")
    assert found.exit_code == 0
    assert len(found.output.split("First key: ")[1].split(".")[0].split(", ")) == 2


def test_evidence_is_taken_out_here_and_opened_where_its_key_is(run: Run, tmp_path: Path) -> None:
    key, papers, out = tmp_path / "evidence.key", tmp_path / "papers", tmp_path / "opened"
    short = say("short\nshort\n", "evidence", "key", "--output", str(key))
    assert short.exit_code == 1
    assert not key.exists()
    pair = say(f"{PASS}\n{PASS}\n", "evidence", "key", "--output", str(key))
    assert pair.exit_code == 0, pair.output
    assert key.stat().st_mode & 0o777 == 0o600
    assert b"ENCRYPTED" in key.read_bytes()
    public = pair.stdout.split("BROKER_EVIDENCE_KEY=")[1].strip()
    engine = engine_here()
    evidence = Evidence(EvidenceKey.read(public), WaitingRequests(engine))
    with writing(engine) as connection:
        named = evidence.keep(
            connection,
            [Message("response", "post", b"<R/>"), Message("issued", "post", b"<I>\xc3\xa6</I>")],
            reference="7KQ2-9F4M-XTRC",
            federation="sundhed",
            at=system_clock(),
            request=None,
        )
    somebody_logs_in(named)
    asked = ("evidence", "export", "--reason", "a dispute", "--output", str(papers))
    assert run(*asked, "--reference", "NONE").exit_code == 1
    assert run(*asked, "--reference", "7KQ2-9F4M-XTRC").exit_code == 0
    opening = ("evidence", "open", str(papers), "--key", str(key), "--output", str(out))
    assert "another passphrase" in say("wrong\n", *opening).output
    done = say(f"{PASS}\n", *opening)
    assert done.exit_code == 0, done.output
    assert "named by the trail" in done.stdout
    assert (out / "01-response.xml").read_bytes() == b"<R/>"
    assert (out / "01-issued.xml").read_bytes() == b"<I>\xc3\xa6</I>"
    assert {file.stat().st_mode & 0o777 for file in out.iterdir()} == {0o600}
    assert out.stat().st_mode & 0o777 == 0o700
    assert say(f"{PASS}\n", *opening).exit_code == 1  # it writes over nothing


def test_what_is_checked_says_libraries_and_tries_them(run: Run) -> None:
    done = run("check", "--security")
    assert done.exit_code == 0, done.output
    for name in ("libxml2", "libxmlsec1", "OpenSSL of xmlsec", "OpenSSL of cryptography", "expat"):
        assert name in done.stdout
    assert "sundhed: signed, encrypted, decrypted and verified; a change was seen." in done.stdout
    assert "BROKER_EVIDENCE_KEY" in done.stdout


def test_a_federation_in_the_open_has_to_decide_on_evidence(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BROKER_EVIDENCE_KEY")
    undecided = run("check")
    assert undecided.exit_code == 1
    assert "BROKER_EVIDENCE_KEY: nobody has decided on it" in undecided.stderr
    monkeypatch.setenv("BROKER_EVIDENCE_KEY", "AAAA")
    assert "neither a public key nor the word none" in run("check").stderr
