"""`broker activation`: waves, states, test users, announcements."""

import json

import pytest

from tests.unit.cli.installed import IDP, Run, made, run

OPENS = "2999-05-09T00:00:00+02:00"
__all__ = ["made", "run"]

SIGNED = ("--requested-by", "Ida", "--approved-by-owner", "Ole", "--approved-by-operator", "Ulla")
WHY = ("--text-da", "Fejl hos regionen.", "--text-en", "A fault at the region.")


def states(run: Run, *more: str) -> dict[str, str]:
    found = json.loads(run("activation", "show", "--json", *more).output)
    return {one["service"]: one["state"] for one in found}


def test_a_wave_from_plan_to_close(run: Run) -> None:
    planned = run("activation", "plan", IDP, "--all", "--except", "fmk-online", "--from", OPENS)
    assert planned.exit_code == 0, planned.output
    assert "is planned for 2 services: dpsd, darina" in planned.output
    assert "Nobody has approved it" in planned.output
    assert states(run) == {"dpsd": "planned", "darina": "planned"}
    assert states(run, "--at", OPENS) == {"dpsd": "active", "darina": "active"}
    approved = run("activation", "approve", IDP, "--all", *SIGNED, "--case", "2026-117")
    assert "Ole and Ulla" in approved.output
    opened = run("activation", "open", IDP, "--all", "--json")
    assert {one["state"] for one in json.loads(opened.output)} == {"active"}
    paused = run("activation", "pause", IDP, "--service", "dpsd", *WHY)
    assert "A fault at the region." in paused.output
    assert states(run) == {"dpsd": "paused", "darina": "active", "fmk-online": "active"}
    assert run("activation", "resume", IDP, "--all").exit_code == 0
    assert states(run)["dpsd"] == "active"
    assert run("activation", "close", IDP, "--service", "dpsd", *WHY).exit_code == 0
    assert states(run, "--service", "dpsd") == {"dpsd": "closed"}
    told = json.loads(run("activation", "show", "--history", "--service", "dpsd", "--json").output)
    assert len(told) == 6
    assert told[-1]["decided"] == {"code": IDP, "opens": "2999-05-08T22:00:00+00:00"}
    assert {one["case_no"] for one in told} == {None, "2026-117"}
    assert "2026-117" in run("activation", "show", "--history").output


def test_test_users_are_put_on_the_list_and_taken_off_it(run: Run) -> None:
    one, two = (f"00000000-0000-4000-8000-00000000000{n}" for n in (1, 2))
    at = ("--service", "dpsd")
    assert run("activation", "test", IDP, *at, "--user", one, "--user", two).exit_code == 0
    assert states(run) == {"dpsd": "trial"}
    left = run("activation", "test", IDP, *at, "--remove", one, "--json")
    assert json.loads(left.output)[0]["test_users"] == 1
    wrong = run("activation", "test", IDP, *at, "--user", "ida@example.dk")
    assert wrong.exit_code == 1
    assert "ids of persons and accounts" in wrong.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("plan", IDP, "--from", OPENS), "Say which services"),
        (("plan", IDP, "--all", "--service", "dpsd", "--from", OPENS), "Say which services"),
        (("plan", IDP, "--all", "--from", "2999-05-09"), "an instant with its offset"),
        (("plan", IDP, "--all", "--from", OPENS, "--text-da", "x"), "in both languages"),
        (("plan", "nobody", "--all", "--from", OPENS), "metadata.no_provider"),
        (("pause", IDP, "--all"), "People want to know why"),
        (("pause", IDP, "--all", *WHY), "activation.nothing"),
        (("resume", IDP, "--service", "dpsd"), "activation.none"),
        (("approve", IDP, "--all"), "Say who"),
        (
            ("open", IDP, "--all", "--requested-by", "Ida", "--approved-by-owner", "Ida"),
            "second person",
        ),
    ],
)
def test_a_mistake_is_told_and_changes_nothing(
    run: Run, arguments: tuple[str, ...], words: str
) -> None:
    result = run("activation", *arguments)
    assert result.exit_code in (1, 2)
    assert words in result.output
    assert "Traceback" not in result.output
    assert states(run) == {}


def test_texts_for_every_reader_in_both_languages(run: Run) -> None:
    assert "relevant to none" in run("activation", "announce", IDP).output
    run("activation", "plan", IDP, "--service", "dpsd", "--from", OPENS, "--case", "2026-117")
    run("activation", "plan", IDP, "--service", "darina", "--from", OPENS, "--case", "2026-117")
    run("activation", "open", IDP, "--service", "fmk-online")
    run("activation", "pause", IDP, "--service", "fmk-online", "--until", OPENS, *WHY)
    found = json.loads(run("activation", "announce", IDP, "--json").output)
    assert len(found) == 12
    texts = {(one["state"], one["audience"], one["language"]): one["text"] for one in found}
    assert "åbner 9. maj 2999 kl. 00.00" in texts["planned", "owners", "da"]
    assert "opens on 9 May 2999 at 00:00" in texts["planned", "owners", "en"]
    assert "2026-117" in texts["planned", "owners", "da"]
    assert "Fejl hos regionen." in texts["paused", "discovery", "da"]
    assert "A fault at the region." in texts["paused", "status", "en"]
    shown = run("activation", "announce", IDP, "--audience", "status").output
    assert "--- status, da" in shown
    assert "owners" not in shown


@pytest.mark.parametrize("state", ["planned", "trial", "active", "paused", "closed"])
def test_every_state_has_its_texts(run: Run, state: str) -> None:
    at = ("--service", "dpsd")
    run(
        "activation",
        "open" if state not in ("planned", "trial") else "plan",
        IDP,
        *at,
        "--from",
        OPENS,
    )
    run("activation", "open", IDP, *at) if state not in ("planned", "trial") else None
    if state == "trial":
        run("activation", "test", IDP, *at)
    elif state == "paused":
        run("activation", "pause", IDP, *at, *WHY)
    elif state == "closed":
        run("activation", "close", IDP, *at)
    found = json.loads(run("activation", "announce", IDP, "--json").output)
    assert {one["state"] for one in found} == {state}
    assert len({one["text"] for one in found}) == 6
