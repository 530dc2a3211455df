"""What an operator does with roles on day one, and an administrator at the console."""

import json
import os
import re
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import click
import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from broker.cli import main
from broker.cli.roles_office import ceiling_of, scopes_of, since_of, until_of
from broker.clock import system_clock
from broker.codelists.numbers import make_sor
from broker.codelists.tables import CODE_CLOSURE, CODE_LIST, CODE_VALUE
from broker.db import make_engine, writing
from broker.organisations.store.write_accounts import account_begun
from broker.periods import FOREVER
from broker.roles.grants.facts import Ceiling, Scope
from tests.factories import NOW
from tests.unit.organisations.world import BEGUN

Run = Callable[..., Result]
WHY = ("--reason", "agreement signed")
UNIT = make_sor(101)


def broker(*arguments: str, status: int = 0) -> Result:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exit_code == status, result.output
    return result


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, initialised: Path) -> Run:
    """Runs `broker roles …` on an installation with one service, one unit and one region."""
    for name in [name for name in os.environ if name.startswith("BROKER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BROKER_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    shutil.copytree(initialised, tmp_path / "data")
    for document in ("roles/delimitations.toml", "roles/national.toml", "services/dpsd.toml"):
        broker("metadata", "load", document)
    add_unit(tmp_path)
    broker("organisations", "register", "90000004", "Region Eksempel", "--kind", "region", *WHY)
    broker("organisations", "activate", "90000004", *WHY)

    def running(*arguments: str, status: int = 0) -> Result:
        return broker("roles", *arguments, status=status)

    return running


def add_unit(folder: Path) -> None:
    engine = make_engine(f"sqlite:///{folder / 'data' / 'broker.sqlite3'}")
    known = {"list_id": "sor", "since": BEGUN, "until": FOREVER}
    told = {"name": "Afdeling", "folded": "afdeling", "kind": "", "region": "", "specialty": ""}
    value = {**known, **told, "code": UNIT, "hangs_until": FOREVER}
    place = {**known, "descendant": UNIT, "ancestor": UNIT, "depth": 0}
    with writing(engine) as connection:
        connection.execute(sa.insert(CODE_LIST), [{"id": "sor", "source": "test"}])
        connection.execute(sa.insert(CODE_VALUE), [value])
        connection.execute(sa.insert(CODE_CLOSURE), [place])
    engine.dispose()


def person(folder: Path, name: str, *, admin: bool = False) -> str:
    """Somebody in the region who has signed in; an administrator, if so."""
    added = broker("organisations", "person", "add", "90000004", name, "--unit", UNIT, *WHY)
    found = re.search(r"ccount ([0-9a-f-]{36})", added.output)
    assert found, added.output
    account = found.group(1)
    engine = make_engine(f"sqlite:///{folder / 'data' / 'broker.sqlite3'}")
    said = {"state": "active", "reason": "signed in", "by_account": None, "by_label": "test"}
    with writing(engine) as connection:
        account_begun(connection, UUID(account), system_clock(), said)
    engine.dispose()
    if admin:
        broker("organisations", "administrator", "90000004", "--account", account, *WHY)
    return account


def test_day_one_from_an_entitlement_to_who_has_access(run: Run, tmp_path: Path) -> None:
    boss, anna = person(tmp_path, "Bo Lind", admin=True), person(tmp_path, "Anna Holm")
    here = ("90000004", "dpsd/Laeser")
    entitled = run("entitle", *here, "--ceiling", f"sor={UNIT}+", *WHY)
    assert "Region Eksempel may now hand out dpsd/Laeser" in entitled.output
    (right,) = json.loads(run("entitlements", "90000004", "--json").output)
    assert right["ceiling"] == [f"sor={UNIT}+"]
    assert f"sor={UNIT}+" in run("entitlements", "90000004").output
    grant = ("grant", *here, "--account", "anna", "--scope", "sor=own-unit+")
    assert "permission.mandate" in run(*grant, *WHY, status=1).output
    assert "Nothing speaks against it" in run(*grant, "--as", boss, "--dry-run", *WHY).output
    given = json.loads(run(*grant, "--as", boss, "--json", *WHY).output)
    assert (given["role"], given["account"]) == ("dpsd/Laeser", anna)
    again = run(*grant, "--as", boss, *WHY, status=1).output
    assert "granted in that period already. (grant.duplicate)" in again
    (line,) = json.loads(run("who", "--organisation", "90000004", "--json").output)
    assert (line["name"], line["grant"]) == ("Anna Holm", given["grant"])
    assert "at the console" in line["by"]
    assert "Anna Holm" in run("who", "--unit", UNIT).output
    assert "Nobody" in run("who", "--as", anna).output
    assert re.search(r"dpsd/Laeser +1", run("who", "--count").output)
    tomorrow = f"{system_clock() + timedelta(days=3):%d-%m-%Y}"
    run("shorten", given["grant"], tomorrow, "--as", boss, *WHY)
    assert "Anna Holm" in run("expiring", "--days", "5").output
    assert "Nobody" in run("expiring", "--days", "1").output
    run("narrow", given["grant"], "--scope", "sor=own-unit", "--as", boss, *WHY)
    (line,) = json.loads(run("who", "--json").output)
    assert line["scopes"] == ["sor=own_unit"]
    run("extend", line["grant"], "never", "--as", boss, *WHY)
    run("revoke", line["grant"], *WHY)
    assert "Nobody" in run("who").output


def test_withdrawing_says_who_loses_before_and_after(run: Run, tmp_path: Path) -> None:
    boss, anna = person(tmp_path, "Bo Lind", admin=True), person(tmp_path, "Anna Holm")
    here = ("90000004", "dpsd/Laeser")
    run("entitle", *here, *WHY)
    run("grant", *here, "--account", anna, "--scope", f"sor={UNIT}", "--as", boss, *WHY)
    assert anna in run("withdraw", *here, "--preview", *WHY).output
    assert run("who").output.count("Anna Holm") == 1
    done = json.loads(run("withdraw", *here, "--json", *WHY).output)
    assert [loss["account"] for loss in done["losses"]] == [anna]
    assert "Nobody" in run("who").output
    assert "entitlement.unknown" in run("withdraw", *here, *WHY, status=1).output


def test_bundles_and_copies(run: Run, tmp_path: Path) -> None:
    boss = person(tmp_path, "Bo Lind", admin=True)
    anna, fie = person(tmp_path, "Anna Holm"), person(tmp_path, "Fie Kok")
    for role in ("dpsd/Laeser", "dpsd/Sagsbehandler"):
        run("entitle", "90000004", role, *WHY)
    roles = ("dpsd/Laeser", "dpsd/Sagsbehandler")
    run("bundles", "put", "90000004", "Nye", *roles, "--as", boss, *WHY)
    (bundle,) = json.loads(run("bundles", "list", "90000004", "--json").output)
    assert bundle["roles"] == list(roles)
    run("bundles", "put", "90000004", "Nye", roles[0], "--as", boss, *WHY)
    assert "Sagsbehandler" not in run("bundles", "list", "90000004").output
    run("bundles", "grant", "90000004", "Nye", "--account", anna, "--as", boss, *WHY)
    copied = json.loads(run("copy", "90000004", anna, fie, "--as", boss, "--json", *WHY).output)
    assert [(one["role"], one["ticked"]) for one in copied] == [("dpsd/Laeser", True)]
    assert "dpsd/Laeser" in run("copy", "90000004", anna, fie, "--as", boss, *WHY).output


def test_rules_take_two_people_and_conflicts_are_found(run: Run, tmp_path: Path) -> None:
    operator = person(tmp_path, "Rie Lund")
    broker(
        *("organisations", "administrator", "90000004", "--account", operator),
        *("--mandate", "operator", *WHY),
    )
    file = tmp_path / "rule.toml"
    file.write_text(
        'code = "nurses-read"\nrole = "urn:dk:sundhed:dpsd:laeser"\n'
        'when = [[{ attribute = "title", op = "prefix", value = "syge" }]]\n'
    )
    run("rule", "propose", str(file), *WHY)
    run("rule", "shadow", "nurses-read", *WHY)
    activate = ("rule", "activate", "nurses-read", "--version", "1")
    assert "rule.oneself" in run(*activate, *WHY, status=1).output
    run(*activate, "--as", operator, *WHY)
    rules = json.loads(run("rule", "list", "--json").output)
    assert ("nurses-read", "active") in {(one["rule"], one["state"]) for one in rules}
    assert "nurses-read" in run("rule", "list").output
    run("rule", "retire", "nurses-read", *WHY)
    assert "Nobody" in run("conflicts", "list").output
    assert json.loads(run("conflicts", "list", "--json").output) == []


def test_what_is_not_there_is_said_with_what_is(run: Run) -> None:
    missing = run("entitle", "90000004", "dpsd/Nobody", *WHY, status=1).output
    assert "Known: dpsd/Laeser, dpsd/Risikomanager, dpsd/Sagsbehandler" in missing
    run("grant", "90000004", "dpsd/Laeser", *WHY, status=2)


DATES = [
    ("31-12-2026", "2026-12-30T23:00:00+00:00", "2026-12-31T23:00:00+00:00"),
    ("2026-07-01", "2026-06-30T22:00:00+00:00", "2026-07-01T22:00:00+00:00"),
    ("2026-07-01T08:00:00+02:00", "2026-07-01T06:00:00+00:00", "2026-07-01T06:00:00+00:00"),
]


@pytest.mark.parametrize(("text", "begins", "ends"), DATES)
def test_a_date_is_a_whole_day_in_denmark(text: str, begins: str, ends: str) -> None:
    assert since_of("--since", text, NOW) == datetime.fromisoformat(begins)
    assert until_of("--until", text) == datetime.fromisoformat(ends)


def test_today_is_now_and_never_has_no_end() -> None:
    assert since_of("--since", f"{NOW:%d-%m-%Y}", NOW) is None
    assert until_of("--until", "never") == FOREVER
    for text in ("soon", "32-12-2026"):
        with pytest.raises(click.UsageError):
            since_of("--since", text, NOW)
        with pytest.raises(click.UsageError):
            until_of("--until", text)


def test_delimitations_are_written_with_a_plus_for_all_below() -> None:
    assert scopes_of(["sor=1+", "sor=2", "sor=own-unit+", "sor=own-unit", "cvr=own-cvr"]) == (
        Scope("sor", "value", "1", with_descendants=True),
        Scope("sor", "value", "2", with_descendants=False),
        Scope("sor", "own_unit_tree", "", with_descendants=True),
        Scope("sor", "own_unit", "", with_descendants=False),
        Scope("cvr", "own_cvr", "", with_descendants=False),
    )
    assert ceiling_of(["sor=1+", "cvr=2"]) == (
        Ceiling("sor", "1", with_descendants=True),
        Ceiling("cvr", "2", with_descendants=False),
    )
    with pytest.raises(click.UsageError):
        scopes_of(["sor"])
