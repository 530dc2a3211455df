"""`broker rollover`: each command says what it did, and what comes next."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import NameOID

from broker.audit.store import AuditStore
from broker.cli import main
from broker.clock import system_clock
from broker.db import make_engine
from broker.metadata.report import Occasion
from broker.metadata.rollover.documents import read_draft
from broker.metadata.rollover.service import RolloverService
from broker.metadata.seed import seeds
from broker.settings import read_settings
from tests.key_pool import pooled
from tests.unit.cli.test_install import Run, run, written
from tests.unit.metadata.notices.town import service as notified
from tests.unit.metadata.rollover.making import Ring

__all__ = ["run"]

NAME = 'name = { da = "Navn", en = "Name" }'
SERVICE = """
kind = "service"
code = "{code}"
owner = "Ejer"
sla = "{sla}"
"""


def ahead(days: float) -> str:
    """So many days from now, as one writes it."""
    return (system_clock() + timedelta(days=days)).isoformat(timespec="seconds")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of an installation with two services, and keys of an epoch to come."""
    folder = tmp_path_factory.mktemp("template")
    environ = {"BROKER_DATA": str(folder / "data")}

    def running(*arguments: str) -> Result:
        result = CliRunner().invoke(main, arguments, env=environ)
        assert result.exit_code == 0, result.output
        return result

    with pooled():
        running("init")
        for code, sla in (("dpsd", "standard"), ("fmk", "society-critical")):
            document = SERVICE.format(code=code, sla=sla) + NAME
            running("metadata", "load", written(folder, f"{code}.toml", document.encode()))
        result = running("rollover", "keys", "oces3", "--federation", "sundhed")
    assert "sundhed: made 3 keys of oces3" in result.output
    assert "Next: broker rollover plan --code CODE --after oces3" in result.output
    return folder / "data"


@pytest.fixture
def keyed(template: Path, run: Run, tmp_path: Path) -> Iterator[Run]:
    """The same, of the test's own; keys that it makes are others than those that are there."""
    shutil.copytree(template, tmp_path / "data")
    with pooled(first=100):
        yield run


def planned(run: Run, *more: str) -> str:
    result = run(
        *("rollover", "plan", "--code", "autumn", "--after", "oces3", "--federation", "sundhed"),
        *("--switch", ahead(40), *more),
    )
    assert result.exit_code == 0, result.output
    return result.output


def running(tmp_path: Path, switched: float) -> None:
    """A plan whose switch was so many days ago."""
    settings = read_settings({"BROKER_DATA": str(tmp_path / "data")})
    service = RolloverService(make_engine(settings.database_url), AuditStore(), Ring().certificate)
    switch = system_clock() - timedelta(days=switched)
    at = switch - timedelta(days=20)
    draft = read_draft({"code": "autumn", "after": "second", "switch": switch}, "a test", at)
    service.plan(draft, ("sundhed",), Occasion(at, "anna", "a test", "TEST-REFERENCE"))


def test_keys_are_made_once_and_lie_where_nodes_look_for_them(keyed: Run, tmp_path: Path) -> None:
    home = tmp_path / "data" / "keys" / "sundhed" / "oces3"
    names = ("idp-signing", "sp-signing", "sp-encryption")
    before = {name: (home / f"{name}.pem").read_bytes() for name in names}
    assert all((home / f"{name}.pem").stat().st_mode & 0o777 == 0o600 for name in names)
    again = keyed("rollover", "keys", "oces3", "--federation", "sundhed")
    assert "sundhed: made 0 keys" in again.output
    assert {name: (home / f"{name}.pem").read_bytes() for name in names} == before
    assert keyed("rollover", "keys", "first").output.rstrip().endswith("(rollover.epoch)")
    assert "(rollover.epoch)" in keyed("rollover", "keys", "../up").output


def certified(request: Path, tmp_path: Path, *, days: float = 900) -> str:
    """What an authority makes of a request."""
    wanted = x509.load_pem_x509_csr(request.read_bytes())
    issuer = load_pem_private_key(request.with_suffix(".pem").read_bytes(), None)
    now = datetime.now(UTC)
    issued = (
        x509.CertificateBuilder()
        .subject_name(wanted.subject)
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "DEMO authority")]))
        .public_key(wanted.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + timedelta(days=days))
        .sign(issuer, hashes.SHA256())  # type: ignore[arg-type]  # RSA or EC, as the caller made it
    )
    path = tmp_path / f"issued-{request.stem}-{days}.crt"
    path.write_bytes(issued.public_bytes(Encoding.PEM))
    return str(path)


def test_an_authority_certifies_keys_that_never_leave_the_node(keyed: Run, tmp_path: Path) -> None:
    asked = keyed("rollover", "keys", "oces3", "--csr", "--federation", "sundhed-test")
    assert "waits for a certificate" in asked.output
    assert "--install" in asked.output
    home = tmp_path / "data" / "keys" / "sundhed-test" / "oces3"
    args = ("rollover", "plan", "--code", "x", "--after", "oces3", "--switch", ahead(40))
    assert "(rollover.no_key)" in keyed(*args, "--federation", "sundhed-test").output
    old = certified(home / "sp-signing.csr", tmp_path, days=-1)
    assert "(rollover.certificate)" in keyed("rollover", "keys", "oces3", "--install", old).output
    junk = written(tmp_path, "junk.crt", b"junk")
    assert "(rollover.certificate)" in keyed("rollover", "keys", "oces3", "--install", junk).output
    for stem in ("idp-signing", "sp-signing", "sp-encryption"):
        path = certified(home / f"{stem}.csr", tmp_path)
        result = keyed("rollover", "keys", "oces3", "--install", path)
        assert f"sundhed-test/oces3/{stem}: " in result.output, result.output
        assert result.exit_code == 0
    assert "(rollover.no_request)" in keyed("rollover", "keys", "oces3", "--install", path).output
    assert keyed(*args, "--federation", "sundhed-test").exit_code == 0
    elsewhere = keyed(*args, "--federation", "borger")
    assert "(rollover.no_key)" in elsewhere.output


def test_a_plan_is_made_of_options_and_shown(keyed: Run) -> None:
    assert "No plan is there" in keyed("rollover", "show").output
    output = planned(keyed)
    for slot in ("idp-signing", "sp-signing", "sp-encryption"):
        assert f"autumn of sundhed/{slot}: planned, from first to oces3" in output
    assert "Next: broker rollover show autumn" in output
    shown = keyed("rollover", "show", "autumn", "--partner", "dpsd")
    assert shown.exit_code == 0, shown.output
    assert "first counts: the plan says so" in shown.output
    assert "in Denmark" in shown.output
    assert "fmk is society-critical and not ready" in shown.output
    assert "sundhed/idp-signing  first  the plan says so" in shown.output
    later = keyed("rollover", "show", "autumn", "--partner", "fmk", "--at", ahead(41))
    assert "oces3 counts: the plan says so" in later.output
    assert "sundhed/idp-signing  first  it is society-critical and not ready" in later.output


def test_it_is_shown_to_machines(keyed: Run) -> None:
    planned(keyed, "--slot", "idp-signing", "--announce", ahead(1))
    result = keyed("rollover", "show", "--json", "--partner", "fmk", "--at", ahead(41))
    data = json.loads(result.output)
    (one,) = data["plans"]
    assert (one["code"], one["slot"], one["phase"]) == ("autumn", "idp-signing", "switched")
    assert one["counts"] == {"epoch": "oces3", "because": "plan"}
    assert one["held"][0]["partner"] == "fmk"
    assert next(iter(one["instants"])) == "announce"
    assert data["partner"]["counts"] == [
        {"slot": "sundhed/idp-signing", "epoch": "first", "because": "held"}
    ]


def test_a_plan_that_may_not_be_is_refused_in_one_line(keyed: Run) -> None:
    for more, code in (
        (("--announce", ahead(-1)), "rollover.past"),
        (("--unpublish", ahead(40.1)), "rollover.overlap_short"),
        (("--before", "oces2"), "rollover.not_in_force"),
        (("--hard", "--early-from", ahead(2)), "rollover.hard_early"),
    ):
        args = ("--code", "x", "--after", "oces3", "--federation", "sundhed")
        result = keyed("rollover", "plan", *args, "--switch", ahead(40), *more)
        assert result.exit_code == 1
        assert f"({code})" in result.output, result.output
        assert "Traceback" not in result.output
    assert keyed("rollover", "plan").exit_code == 2
    assert keyed("rollover", "plan", "x.toml", "--code", "y").exit_code == 2
    strange = keyed("rollover", "plan", "--code", "x", "--after", "y", "--switch", "tomorrow")
    assert "--switch is an instant with its offset" in strange.output


def test_a_plan_comes_from_a_document(keyed: Run, tmp_path: Path) -> None:
    document = f"""
kind = "rollover"
code = "autumn"
federations = ["sundhed"]
after = "oces3"
switch = {ahead(40)}
"""
    path = written(tmp_path, "autumn.toml", document.encode())
    first = keyed("rollover", "plan", path)
    assert "change of keys autumn in sundhed: added" in first.output, first.output
    assert "unchanged" in keyed("metadata", "load", path).output
    harder = written(tmp_path, "harder.toml", document.encode() + b'style = "hard"')
    assert "(rollover.exists)" in keyed("rollover", "plan", harder).output


def test_a_plan_is_moved_and_cancelled(keyed: Run) -> None:
    planned(keyed)
    moved = keyed("rollover", "move", "autumn", "--switch", ahead(50), "--reason", "asked for")
    assert "autumn of sundhed/idp-signing: moved" in moved.output, moved.output
    assert keyed("rollover", "move", "autumn").exit_code == 2
    assert "cancelled" in keyed("rollover", "cancel", "autumn").output
    assert "(rollover.no_plan)" in keyed("rollover", "cancel", "autumn").output


def test_partners_are_treated_otherwise(keyed: Run) -> None:
    planned(keyed)
    without = keyed("rollover", "override", "autumn", "dpsd", "late")
    assert "(rollover.reason)" in without.output
    late = keyed("rollover", "override", "autumn", "dpsd", "late", "--reason", "on holiday")
    assert "dpsd switches late" in late.output
    shown = keyed("rollover", "show", "autumn", "--at", ahead(41), "--partner", "dpsd")
    assert "dpsd switches late, from" in shown.output
    assert "so it was decided for this partner" in shown.output
    follows = keyed("rollover", "override", "autumn", "dpsd", "follow", "--reason", "back")
    assert "dpsd follows the plan again" in follows.output
    waived = keyed("rollover", "override", "autumn", "fmk", "waive", "--reason", "they say so")
    assert "says one more person" in waived.output
    assert "(1 did)" in keyed("rollover", "show", "autumn").output
    twice = keyed("rollover", "override", "autumn", "fmk", "waive", "--reason", "really")
    assert "(rollover.same_person)" in twice.output


def test_a_switch_is_taken_back_and_goes_on(keyed: Run, tmp_path: Path) -> None:
    running(tmp_path, switched=2)
    assert "second counts" in keyed("rollover", "show").output
    assert "(rollover.reason)" in keyed("rollover", "rollback", "autumn").output
    back = keyed("rollover", "rollback", "autumn", "--reason", "three services fail")
    assert "taken back for everybody" in back.output, back.output
    assert "broker rollover resume autumn --switch INSTANT" in back.output
    shown = keyed("rollover", "show").output
    assert "first counts: the plan was taken back" in shown
    assert "everybody was taken back to the old key" in shown
    assert keyed("rollover", "resume", "autumn").exit_code == 2


def test_a_key_that_others_know_signs_nothing(keyed: Run) -> None:
    args = ("rollover", "compromised", "first", "--federation", "sundhed", "--reason", "in a log")
    refused = keyed(*args)
    assert refused.exit_code == 1
    assert "(rollover.no_other_key)" in refused.output
    done = keyed(*args, "--to", "oces3")
    assert "sundhed/sp-encryption: first signs nothing; oces3 counts" in done.output, done.output
    assert "the key of first is known to others" in keyed("rollover", "show").output


def test_the_plans_of_2023_are_examples_that_no_set_up_loads(keyed: Run) -> None:
    assert "No plan is there" in keyed("rollover", "show").output
    documents = dict(seeds("rollovers"))
    assert len(documents) == 6
    at = datetime(2023, 2, 1, tzinfo=UTC)
    drafts = [read_draft(document, name, at) for name, document in documents.items()]
    hard = {draft.instants.switch for draft in drafts if draft.style == "hard"}
    assert hard == {datetime(2023, 4, day, 4, tzinfo=UTC) for day in (3, 24)}
    assert sorted(draft.style for draft in drafts) == ["hard"] * 4 + ["overlap"] * 2
    for name in documents:
        result = keyed("rollover", "plan", name)
        assert result.exit_code == 1
        assert "(rollover.past)" in result.output


def test_a_way_back_is_mailed_to_the_partner_that_it_is_for(keyed: Run, tmp_path: Path) -> None:
    document = written(tmp_path, "sen.xml", notified("sen").xml())
    loaded = keyed("metadata", "load", document, "--code", "sen", "--federation", "sundhed")
    assert loaded.exit_code == 0, loaded.output
    running(tmp_path, 1)
    args = ("rollover", "rollback", "autumn", "--federation", "sundhed", "--partner", "sen")
    result = keyed(*args, "--reason", "cannot verify")
    assert result.exit_code == 0, result.output
    listed = json.loads(keyed("mail", "list", "--json").output)
    assert [one["kind"] for one in listed] == ["rollover-taken-back"] * 2
    assert {one["recipient"] for one in listed} == {"it@sen.dk", "kontor@sen.dk"}
