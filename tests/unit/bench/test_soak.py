"""The soak's verdict sees a leak, a lost row and a server error; the soak itself takes its time."""

from collections import Counter
from dataclasses import replace
from typing import Any, cast

import pytest
import sqlalchemy as sa

from broker.audit.store import AUDIT
from broker.db import Engine, writing
from tests.factories import NOW
from tests.soak.attackers import Attackers
from tests.soak.people import People
from tests.soak.verdict import Seen, lines
from tests.soak.watching import EVERY, Memory, Trail, trail

KEEPS = 1000 / 1024  # kB of each message that a leak keeps
MESSAGES = 5.5 * EVERY  # of one worker, between two samples
SAMPLES = round(20 * 60 / EVERY)


def memory(kept: float) -> Memory:
    """A worker that comes up to size in its first minutes, and then keeps so many kB a message."""
    sizes = [
        int(125_000 - 9_000 * 0.97**number + kept * MESSAGES * number + 300 * (number % 3))
        for number in range(SAMPLES)
    ]
    return Memory(0, {7: [(EVERY * number, size) for number, size in enumerate(sizes)]})


def good() -> Seen:
    parties = cast(Any, None)  # nobody is asked
    attackers = Attackers(parties, parties, Counter({"flood 429": 3, "garbage 400": 9}))
    people = People(parties, parties, [0.05] * 300)
    return Seen([0.04] * 100, people, attackers, memory(0), Trail(400, 0), 400, 0, "")


def failing(seen: Seen) -> list[str]:
    return [line.what for line in lines(seen) if not line.holds]


def test_what_is_well_is_called_well() -> None:
    assert failing(good()) == []


def test_a_kilobyte_kept_of_each_message_is_seen_in_twenty_minutes() -> None:
    assert failing(replace(good(), memory=memory(KEEPS))) == ["Memory of worker 7 flat"]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"trail": Trail(399, 0)}, "No lost audit row"),
        ({"trail": Trail(401, 0)}, "No lost audit row"),
        ({"trail": Trail(400, 1)}, "No lost audit row"),
        ({"quiet": [0.02] * 100}, "Honest p99 within twice the quiet one"),
        ({"log": '"internal.error"'}, "No surprise in the log"),
    ],
)
def test_each_line_can_fail(change: dict[str, Any], line: str) -> None:
    assert failing(replace(good(), **change)) == [line]


def test_what_came_back_can_fail_as_well() -> None:
    seen = good()
    seen.attackers.statuses["bomb 502"] += 1
    seen.attackers.wrong.append("wrapped")
    seen.people.failed.append("AssertionError: 500")
    wanted = ["Honest logins all end well", "No status of 5xx", "Every hostile message refused"]
    assert failing(seen) == wanted


def test_a_login_whose_answer_was_never_heard_may_have_a_row() -> None:
    assert failing(replace(good(), trail=Trail(401, 0), unheard=1)) == []


def test_gaps_of_the_trail_are_counted_by_writer(engine: Engine) -> None:
    rows = [("a", 1), ("a", 2), ("a", 5), ("b", 3), ("b", 4)]
    with writing(engine) as connection:
        connection.execute(
            sa.insert(AUDIT),
            [
                {"writer": writer, "seq": seq, "block": 0, "at": NOW, "reference": "r"}
                | {"event": "login.completed" if seq == 2 else "x", "fields": "{}"}
                | {"prev_hash": "0" * 64, "hash": "0" * 64}
                for writer, seq in rows
            ],
        )
    assert trail(engine) == Trail(logins=1, gaps=2)
