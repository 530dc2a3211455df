"""A drill begun at the switch board: the real one, in a process of its own."""

import threading
from dataclasses import replace

from broker.portals.drills.model import PATIENCE
from broker.portals.drills.service import THREAD
from broker.portals.switching.board import Switchboard
from tests.portals.changing import Change, attribute
from tests.portals.visiting import text

PLAN = "operator/switching/plans/skift"
WISH = {"partners": "each", "span": "day"}


def finished() -> None:
    """Wait for the process to end."""
    for thread in threading.enumerate():
        if thread.name == THREAD:
            thread.join(PATIENCE.total_seconds())


def test_a_drill_says_whom_the_plan_would_cut_off(change: Change) -> None:
    change.plan("skift", "oces3")
    ravn = change.house.enter("ravn")
    page = ravn.send(ravn.open(PLAN), WISH, action="drill")
    assert "The drill has begun" in text(page)
    assert "A drill runs since" in text(page)
    token = attribute(page, ".//input[@name='csrf_token']", "value")
    again = ravn.post(f"{PLAN}/drill", {"csrf_token": token, **WISH})
    assert (again.status, again.mark("code")) == (400, "rollover.drill_runs")
    board = Switchboard.of(change.house.demo.services.portals)
    running = board.drills.newest("sundhed", "skift")
    assert running is not None
    assert running.state(change.now) == "running"
    assert replace(running).state(change.now + 2 * PATIENCE) == "failed"  # lost with its process
    finished()
    page = ravn.open(PLAN)
    said = text(page)
    assert "Nobody is cut off" in said, said
    assert change.counts("skift", "dpsd") == "first"  # nothing is changed here
    rows = [[" ".join(map(str, c.itertext())) for c in row] for row in page.tree.iter("tr")]
    logins = [row for row in rows if len(row) == 3 and row[1].isdigit()]
    assert len(logins) > 5
    assert all(int(row[1]) > 0 for row in logins)
