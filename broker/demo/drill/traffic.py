"""Logins under way while a service and we change keys at the same instant.

The story of 25 August 2023: both sides switched at 10:00:00. A message that was signed before
and is verified after fails where the verifier dropped the old key at that instant; where it
holds both for a while, none does.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from flask.testing import FlaskClient

from broker.demo.drill.behaviours import Behaviour
from broker.demo.drill.partner import Cannot
from broker.demo.drill.setting import bring, make_stage
from broker.demo.drill.stage import Asked, Pair, Stage
from broker.demo.keys import Authority, party
from broker.metadata.model import Localised
from broker.metadata.rollover.model import Plan

TRANSIT = timedelta(milliseconds=200)  # of a message through the browser
DWELL = timedelta(seconds=2)  # of the person at the identity provider
AROUND = timedelta(seconds=5)  # before and after the switch
_WORDS = Localised("skifter samtidig", "switches at the same instant")
_BY_HAND = Behaviour("both-sides", _WORDS, "by hand")


@dataclass(slots=True)
class Login:
    """One login under way; what it has come to."""

    browser: FlaskClient
    signed: datetime  # when the message that is under way was signed
    carried: str = ""
    fault: str | None = None
    in_flight: bool = False  # a message of it crossed the switch


@dataclass(frozen=True, slots=True)
class Traffic:
    """How the logins around a switch came out."""

    style: str
    rate: int  # a second
    logins: int
    failed: int
    in_flight: int  # how many had a message under way at the switch
    others: int  # of the failed, those that had none

    @property
    def excused(self) -> bool:
        """Whether nothing failed but what was under way."""
        return self.others == 0


def both_sides(folder: Path, plans: tuple[Plan, ...], *, rate: int = 20) -> Traffic:
    """Let a service and us switch at once with so many logins a second.

    In an overlapping plan either side accepts both keys of the other around it; in a hard cut
    neither does.
    """
    plan = plans[0]
    overlaps = plan.style == "overlap"
    stage = make_stage(folder, plans, (_BY_HAND,))
    pair, switch = stage.pairs[0], plan.instants.switch
    stage.set(plan.instants.announce)
    old = pair.service.party
    new = party(
        folder / "partners", "new", Authority.new, name="new", cvr="90000012", now=stage.clock.now
    )
    stage.set(switch - AROUND - timedelta(minutes=1))
    if overlaps:
        pair.service.party, pair.service.before = new, old
        bring(stage, pair, keep=(old.signing.certificate,))
        pair.service.party, pair.service.before = old, new

    def change() -> None:
        pair.service.party, pair.service.before = new, old if overlaps else None
        if not overlaps:
            bring(stage, pair)

    logins = _run(stage, pair, switch, rate, change)
    failed = [login for login in logins if login.fault]
    return Traffic(
        plan.style,
        rate,
        len(logins),
        len(failed),
        sum(login.in_flight for login in logins),
        sum(not login.in_flight for login in failed),
    )


def _run(
    stage: Stage, pair: Pair, switch: datetime, rate: int, change: Callable[[], None]
) -> list[Login]:
    """Play every step of every login in the order of time."""
    logins: list[Login] = []
    waiting: list[tuple[datetime, int, Callable[[], None]]] = []
    counted = 0

    def at(when: datetime, step: Callable[[], None]) -> None:
        nonlocal counted
        counted += 1
        heapq.heappush(waiting, (when, counted, step))

    def under_way(login: Login, step: Callable[[Login], None]) -> None:
        """Let a step happen a transit after a message was signed."""

        def arrived() -> None:
            login.in_flight |= login.signed < switch <= stage.clock.now
            try:
                step(login)
            except Cannot as fault:
                login.fault = fault.code

        at(login.signed + TRANSIT, arrived)

    def begin() -> None:
        login = Login(stage.app.test_client(), stage.clock.now)
        logins.append(login)
        login.carried = pair.service.ask(stage.clock.now)
        under_way(login, request)

    def request(login: Login) -> None:
        asked = stage.arrive(pair, login.browser, login.carried)
        at(stage.clock.now + DWELL, lambda: respond(login, asked))

    def respond(login: Login, asked: Asked) -> None:
        try:
            login.carried = stage.answer(pair, login.browser, asked)
        except Cannot as fault:
            login.fault = fault.code
            return
        login.signed = stage.clock.now
        under_way(login, lambda one: pair.service.take(one.carried))

    at(switch, change)
    for number in range(int(2 * AROUND.total_seconds() * rate)):
        at(switch - AROUND + number * timedelta(seconds=1) / rate, begin)
    while waiting:
        when, _, step = heapq.heappop(waiting)
        stage.set(when)
        step()
    return logins
