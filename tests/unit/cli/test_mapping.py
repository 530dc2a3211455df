"""`broker mapping`: each command says what it did, and a mistake is one line with what to write."""

import json
from pathlib import Path

import pytest

from broker.db import make_engine, writing
from broker.metadata.mappings import store
from broker.metadata.mappings.model import DifferenceCount
from broker.settings import read_settings
from tests.factories import NOW
from tests.unit.cli.test_install import Run, made, run, written

__all__ = ["made", "run"]

MOTIVE = 'motive = { da = "Til prøve", en = "For a test" }'
FIRST = f"""
kind = "mapping"
service = "dpsd"

[[release]]
source = "cvr"
{MOTIVE}
"""
SECOND = f"""{FIRST}
[[release]]
source = "email"
{MOTIVE}

[[step]]
name = "first_value"
attribute = "email"
"""
CLAIMS = {"attributes": {"cvr": "90000004", "email": ["a@x.dk", "b@x.dk"]}, "loa": "High"}


@pytest.fixture
def loaded(made: Run, tmp_path: Path) -> Run:
    """An installation with a version in force and one in shadow."""
    first = written(tmp_path, "first.toml", FIRST.encode())
    second = written(tmp_path, "second.toml", SECOND.encode())
    added = made("metadata", "load", first)
    assert "mapping dpsd version 1 in sundhed: added" in added.output
    assert "unchanged" in made("metadata", "load", first).output
    tried = made("metadata", "load", second)
    assert tried.exit_code == 0, tried.output
    assert "mapping dpsd version 2 in sundhed: tried in shadow" in tried.output
    return made


def seen(tmp_path: Path, *rows: tuple[str, str, int]) -> None:
    """As many logins as the rows say."""
    settings = read_settings({"BROKER_DATA": str(tmp_path / "data")})
    engine = make_engine(settings.database_url)
    with writing(engine) as connection:
        found = [DifferenceCount("sundhed", "dpsd", 2, 1, a, k, NOW.date(), n) for a, k, n in rows]
        assert store.count(connection, found)
    engine.dispose()


def test_versions_are_listed_and_shown(loaded: Run) -> None:
    lines = loaded("mapping", "list", "--federation", "sundhed").output.splitlines()
    assert [line.split()[2:5] for line in lines[1:]] == [
        ["1", "in", "force"],
        ["2", "shadow", lines[2].split()[4]],
    ]
    shown = loaded("mapping", "show", "dpsd")
    assert "version 1, in force" in shown.output
    assert "Til prøve" in shown.output
    assert "first_value" in loaded("mapping", "show", "dpsd", "--version", "2").output
    past = loaded("mapping", "show", "dpsd", "--at", "2020-01-01T00:00:00+01:00")
    assert "the plain default counts" in past.output
    assert loaded("mapping", "show", "other").exit_code == 1


def test_without_a_mapping_the_list_says_what_comes_next(made: Run) -> None:
    assert "Next: broker metadata load" in made("mapping", "list").output


def test_differences_are_told_by_attribute(loaded: Run, tmp_path: Path) -> None:
    assert "No login has tried it" in loaded("mapping", "difference", "dpsd").output
    seen(tmp_path, ("", "seen", 120))
    assert "No difference" in loaded("mapping", "difference", "dpsd").output
    seen(tmp_path, ("urn:mail", "added", 40), ("policy.required_attribute", "failed", 3))
    told = loaded("mapping", "difference", "dpsd").output
    assert "version 2 against version 1" in told
    assert "120 logins from 2026-03-02 to 2026-03-02" in told
    assert "3 of 120 would have been refused: policy.required_attribute" in told
    assert "urn:mail" in told
    assert "40 of 120" in told


def test_a_version_is_put_in_force_when_it_was_tried(loaded: Run, tmp_path: Path) -> None:
    refused = loaded("mapping", "put-in-force", "dpsd", "2")
    assert refused.exit_code == 1
    assert "mapping.untested" in refused.output
    later = loaded(
        "mapping", "put-in-force", "dpsd", "2", "--untested", "--from", "2999-01-01T00:00:00+01:00"
    )
    assert "mapping.no_reason" in later.output
    seen(tmp_path, ("", "seen", 1))
    done = loaded("mapping", "put-in-force", "dpsd", "2")
    assert done.exit_code == 0, done.output
    assert "Version 2 of dpsd counts from" in done.output
    back = loaded("mapping", "put-in-force", "dpsd", "1", "--reason", "it was better")
    assert "Version 3 of dpsd counts from" in back.output


def test_a_planned_version_says_when_and_can_be_given_up(loaded: Run) -> None:
    at = "2999-01-01T00:00:00+01:00"
    planned = loaded(
        "mapping", "put-in-force", "dpsd", "2", "--untested", "--reason", "agreed", "--from", at
    )
    assert "counts from 2998-12-31 23:00 UTC." in planned.output
    assert "planned" in loaded("mapping", "list").output
    assert "Version 2 of dpsd is retired." in loaded("mapping", "retire", "dpsd", "2").output
    assert "mapping.needed" in loaded("mapping", "retire", "dpsd", "1").output


def test_a_draft_is_tried_when_somebody_says_so(loaded: Run, tmp_path: Path) -> None:
    third = written(tmp_path, "third.toml", FIRST.replace('"cvr"', '"alias"').encode())
    assert "kept as a draft" in loaded("metadata", "load", third, "--draft").output
    assert "Version 3 of dpsd is tried" in loaded("mapping", "shadow", "dpsd", "3").output
    both = loaded("metadata", "load", third, "--draft", "--in-force")
    assert both.exit_code == 2
    now = loaded("metadata", "load", third, "--in-force", "--reason", "urgent")
    assert "mapping dpsd version 3 in sundhed: changed" in now.output


def test_a_trace_tells_what_each_step_and_rule_did(loaded: Run, tmp_path: Path) -> None:
    claims = written(tmp_path, "claims.json", json.dumps(CLAIMS).encode())
    told = loaded("mapping", "trace", "dpsd", "--claims", claims, "--version", "2").output
    assert "step 1 first_value: 1 of 2 values left in email" in told
    assert "eid/email: 1 values" in told
    assert "a@x.dk" not in told
    shown = loaded(
        "mapping", "trace", "dpsd", "--claims", claims, "--version", "2", "--values"
    ).output
    assert "eid/email: a@x.dk" in shown
    assert "email" not in loaded("mapping", "trace", "dpsd", "--claims", claims).output
    file = written(tmp_path, "new.toml", SECOND.encode())
    fresh = loaded("mapping", "trace", "other", "--claims", claims, "--document", file)
    assert "step 1 first_value" in fresh.output


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "is no JSON"),
        (b"[]", 'no "attributes"'),
        (b'{"attributes": {"shoe_size": "44"}}', "shoe_size is no attribute"),
        (b'{"attributes": {"cvr": 7}}', "neither a text nor a list"),
    ],
)
def test_claims_that_cannot_be_read_are_refused(
    loaded: Run, tmp_path: Path, content: bytes, words: str
) -> None:
    claims = written(tmp_path, "claims.json", content)
    refused = loaded("mapping", "trace", "dpsd", "--claims", claims)
    assert refused.exit_code == 1
    assert words in refused.output
    assert "claims.form" in refused.output


def test_steps_are_explained(run: Run) -> None:
    told = run("mapping", "steps")
    assert told.exit_code == 0
    assert "split_name " in told.output
    assert 'many = "leave"' in run("mapping", "steps", "split_name").output
    assert "No step is called" in run("mapping", "steps", "renam").output


def test_a_mistake_in_a_mapping_names_the_file_the_step_and_the_key(
    made: Run, tmp_path: Path
) -> None:
    broken = written(tmp_path, "x.toml", SECOND.replace("attribute =", "atribute =").encode())
    refused = made("metadata", "load", broken)
    assert refused.exit_code == 1
    assert "x.toml: dpsd: step 1 (first_value): attribute is missing" in refused.output
    without = written(tmp_path, "y.toml", FIRST.replace(MOTIVE, "").encode())
    assert "release 1: motive is missing" in made("metadata", "load", without).output
