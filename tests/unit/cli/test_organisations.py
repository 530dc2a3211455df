"""What an operator does with organisations on day one, and when administrators have gone."""

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner, Result

from broker.cli import main
from broker.clock import system_clock
from broker.db import make_engine, reading, writing
from broker.organisations.store.write_accounts import account_begun

Run = Callable[..., Result]
WHY = ("--reason", "agreement signed")
ANNA = "9f3b2d1c-0000-4000-8000-00000000000a"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, initialised: Path) -> Run:
    """Runs `broker organisations …` on an installation of its own."""
    for name in [name for name in os.environ if name.startswith("BROKER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BROKER_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    shutil.copytree(initialised, tmp_path / "data")

    def running(*arguments: str, status: int = 0) -> Result:
        result = CliRunner().invoke(main, ["organisations", *arguments])
        assert result.exit_code == status, result.output
        return result

    return running


@pytest.fixture
def region(run: Run) -> str:
    """An active organisation, by its CVR number."""
    run("register", "90000004", "Region Eksempel", "--kind", "region", *WHY)
    run("activate", "90000004", *WHY)
    return "90000004"


def account_in(result: Result) -> str:
    found = re.search(r"ccount ([0-9a-f-]{36})", result.output)
    assert found, result.output
    return found.group(1)


def test_day_one_an_organisation_and_its_first_administrator(run: Run, region: str) -> None:
    named = run("administrator", region, "--name", "Anna Holm", "--email", "a@eksempel.dk", *WHY)
    assert re.search(r"code, shown this once: (\w{4}-){3}\w{4}", named.output)
    assert "nobody active administers the organisation" in named.output
    shown = run("show", region).output
    assert "Region Eksempel (90000004) in sundhed" in shown
    assert "0 active administrators" in shown
    assert re.search(r"org_chief +Anna Holm +pending", shown)
    (listed,) = json.loads(run("list", "--json").output)
    assert (listed["organisation"], listed["state"], listed["administrators"]) == (
        region,
        "active",
        0,
    )


def test_the_alarm_names_who_is_not_administered_and_ends_with_1(run: Run, region: str) -> None:
    assert "90000004" in run("alarm", status=1).output
    (row,) = json.loads(run("alarm", "--json", status=1).output)
    assert row["administrators"] == 0
    run("suspend", region, *WHY)
    assert "two administrators or more" in run("alarm").output


def test_people_are_added_linked_unlinked_and_leave(run: Run, region: str) -> None:
    added = run("person", "add", region, "Bo Lind", "--uuid", ANNA, *WHY)
    bo = account_in(added)
    assert "code" not in added.output
    assert ANNA not in added.output
    run("link", bo, "--cvr", region, "--rid", "4711", *WHY)
    told = run("history", bo, "--json")
    identities = json.loads(told.output)["identities"]
    assert {one["kind"] for one in identities} == {"professional-uuid", "rid"}
    assert "4711" not in told.output
    run("unlink", identities[0]["identity"], *WHY)
    assert len(json.loads(run("history", bo, "--json").output)["identities"]) == 1
    run("person", "leave", bo, *WHY)
    run("person", "leave", bo, "--undo", *WHY)
    states = [row["state"] for row in json.loads(run("history", bo, "--json").output)["periods"]]
    assert states == ["pending", "left", "pending"]
    (row,) = json.loads(run("person", "list", region, "--text", "LIND", "--json").output)
    assert row["account"] == bo
    assert "Bo Lind" in run("person", "list", region).output
    assert "Bo Lind" in run("history", bo).output


def test_somebody_not_known_yet_gets_a_code_and_another_one(run: Run, region: str) -> None:
    added = run("person", "add", region, "Carl", *WHY)
    again = run("person", "code", account_in(added), *WHY)
    codes = [re.search(r"once: (\S+)", one.output) for one in (added, again)]
    assert all(codes)
    assert codes[0] != codes[1]


def test_what_only_administrators_may_is_done_as_one_of_them_and_told(
    run: Run, region: str, tmp_path: Path
) -> None:
    boss = account_in(run("person", "add", region, "Boss", "--uuid", ANNA, *WHY))
    run("administrator", region, "--account", boss, "--mandate", "org_admin", *WHY)
    refused = run("person", "add", region, "Dina", "--as", boss, *WHY, status=1)
    assert "permission.mandate" in refused.output  # not before the boss has begun
    engine = make_engine(f"sqlite:///{tmp_path / 'data' / 'broker.sqlite3'}")
    with writing(engine) as connection:
        said = {"state": "active", "reason": "signed in", "by_label": "login"}
        account_begun(connection, UUID(boss), system_clock(), said)
    made = account_in(run("person", "add", region, "Dina", "--as", boss, *WHY))
    (row,) = json.loads(run("history", made, "--json").output)["periods"]
    assert row["by_label"].startswith(f"account {boss} of 90000004, at the console: ")
    with reading(engine) as connection:
        fields = connection.exec_driver_sql("SELECT fields FROM audit ORDER BY seq").all()
    added = [told for (text,) in fields if (told := json.loads(text)).get("account") == made]
    assert {told["by"] for told in added} == {boss}
    assert {told["seat"] for told in added} == {row["by_label"].rpartition(": ")[2]}
    assert "Dina" not in json.dumps(added)
    oneself = run("person", "leave", boss, "--as", boss, *WHY, status=1)
    assert "permission.oneself" in oneself.output
    engine.dispose()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("activate", "90000004"), "organisation.state"),
        (("close", "90000099"), "organisation.unknown"),
        (("register", "90000004", "X", "--kind", "other"), "organisation.exists"),
        (("register", "1", "X", "--kind", "other"), "input.cvr"),
        (("person", "add", "90000004", "Anna 010190-1234"), "input.cpr"),
        (("person", "add", "90000004", "A", "--subject", "x"), "identity.idp_needed"),
        (
            ("administrator", "90000004", "--name", "A", "--mandate", "service_owner"),
            "mandate.service",
        ),
        (("person", "leave", ANNA), "account.unknown"),
        (("unlink", ANNA), "identity.unknown"),
    ],
)
def test_a_refusal_is_one_line_with_its_code(
    run: Run, region: str, arguments: tuple[str, ...], words: str
) -> None:
    before = run("list", "--json").output, run("person", "list", region, "--json").output
    result = run(*arguments, *WHY, status=1)
    assert f"({words})" in result.output
    assert "Traceback" not in result.output
    assert before == (
        run("list", "--json").output,
        run("person", "list", region, "--json").output,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("administrator", "90000004"),
        ("link", ANNA, "--cvr", "90000004"),
        ("suspend", "90000004", "--since", "tomorrow"),
        ("person", "add", "90000004", "A", "--uuid", ANNA, "--rid", "1"),
    ],
)
def test_what_is_not_said_rightly_is_a_matter_of_usage(
    run: Run, region: str, arguments: tuple[str, ...]
) -> None:
    if arguments[0] == "link":
        made = account_in(run("person", "add", region, "A", *WHY))
        arguments = ("link", made, *arguments[2:])
    assert "Usage" in run(*arguments, *WHY, status=2).output


def test_no_change_without_a_reason(run: Run, region: str) -> None:
    assert "--reason" in run("suspend", region, status=2).output
    assert "change.reason" in run("suspend", region, "--reason", " ", status=1).output


def test_a_dated_change_says_from_when_and_what_it_drops(run: Run, region: str) -> None:
    closes = run("close", region, "--since", "2999-01-01T00:00:00+00:00", *WHY)
    assert "is closed from 2999-01-01 00:00 UTC." in closes.output
    suspended = run("suspend", region, *WHY)
    assert "What was planned for 2999-01-01 00:00 UTC is dropped." in suspended.output
    told = run("history", region).output
    assert re.search(r"suspended +Region Eksempel", told)
    assert (
        json.loads(run("history", region, "--json").output)["periods"][-1]["state"] == "suspended"
    )
