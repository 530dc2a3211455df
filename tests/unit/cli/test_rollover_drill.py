"""`broker rollover simulate`: from a file or a planned code, for people and for machines."""

import json

from broker.resources import resource
from tests.unit.cli.installed import Run, made, run

__all__ = ["made", "run"]

HARD = str(resource("metadata") / "rollovers" / "2023-hard-sundhed.toml")
SOON = ("--from", "2023-04-24T03:59:59Z", "--to", "2023-04-24T04:00:00Z", "--no-take-back")


def test_a_file_is_rehearsed_and_told_as_data(run: Run) -> None:
    """Nothing of an installation is needed."""
    (told,) = json.loads(run("rollover", "simulate", HARD, *SOON, "--json").stdout)
    assert (told["plan"], told["federation"], told["style"]) == (
        "oces3-2023-sundhed",
        "sundhed",
        "hard",
    )
    by_code = {partner["code"]: partner for partner in told["partners"]}
    assert [cell["failed"] for cell in by_code["sp-daily"]["phases"]] == [0, 1]
    assert by_code["sp-daily"]["phases"][1]["why"] == "partner.key_unknown"
    assert "sp-daily" in told["cut_off"]
    assert "sp-by-hand" not in told["cut_off"]


def test_people_read_who_is_cut_off_and_why(run: Run) -> None:
    told = run("rollover", "simulate", HARD, *SOON).output
    assert "loads daily, holds several" in told
    assert "signed with a key that it does not hold (partner.key_unknown)" in told
    last = told.strip().splitlines()[-1]
    assert last.strip().startswith("Cut off for a while or for good: ")
    assert "sp-daily" in last
    assert "sp-by-hand" not in last


def test_what_is_neither_a_file_nor_a_plan_is_said_so(run: Run) -> None:
    told = run("rollover", "simulate", "autumn")
    assert told.exit_code == 1
    assert "'autumn' is neither a file nor a plan's code" in told.output
