"""Exactly one state holds at each instant, its bounds are sharp, and what is said goes with it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.errors import Refused
from broker.metadata.activation import (
    STATES,
    Activation,
    Pause,
    State,
    Trial,
    foremost,
    state_at,
)
from broker.metadata.activation_document import read_activation
from broker.metadata.documents import Table
from broker.saml.entities import Localised
from tests.factories import NOW

WHY = Localised("Fejl hos regionen", "A fault at the region")
TESTER = "00000000-0000-4000-8000-000000000001"
HOUR = timedelta(hours=1)

instants = st.integers(-5, 5).map(lambda hours: NOW + hours * HOUR)
maybe = st.none() | instants
pauses = st.builds(
    lambda since, length: Pause(since, length and since + length * HOUR, WHY),
    instants,
    st.none() | st.integers(1, 5),
)
trials = st.builds(Trial, maybe, st.just(frozenset({TESTER})))
activations = st.builds(
    Activation,
    st.just("idp"),
    maybe,
    maybe,
    maybe,
    trial=st.none() | trials,
    pause=st.none() | pauses,
)


def holds(state: State, one: Activation, now: datetime) -> bool:
    """Each state by a rule of its own, said once more and otherwise than the code does."""
    over = one.closes is not None and now >= one.closes
    for_all = one.trial is None if one.opens is None else now >= one.opens
    begun = one.trial is not None and (one.trial.since is None or now >= one.trial.since)
    for_some = not for_all and begun
    pause = one.pause
    stopped = pause is not None and pause.since <= now and not (pause.until and now >= pause.until)
    seen = one.visible_from is None or now >= one.visible_from
    return {
        "closed": over,
        "paused": not over and stopped and (for_all or for_some),
        "active": not over and not stopped and for_all,
        "trial": not over and not stopped and for_some,
        "planned": not (over or for_all or for_some) and seen,
        "none": not (over or for_all or for_some or seen),
    }[state]


@given(activations, instants)
def test_exactly_one_state_holds_at_each_instant(one: Activation, now: datetime) -> None:
    assert [state for state in STATES if holds(state, one, now)] == [state_at(one, now)]


@given(st.lists(activations, min_size=1, max_size=4), instants)
def test_of_several_periods_a_pause_is_told_before_anything_else(
    several: list[Activation], now: datetime
) -> None:
    found = foremost(several, now)
    assert found is not None
    states = {state_at(one, now) for one in several}
    assert state_at(found, now) in states
    if "paused" in states:
        assert state_at(found, now) == "paused"
    elif "active" in states:
        assert state_at(found, now) == "active"


PLANNED = Activation("idp", opens=NOW, closes=NOW + 9 * HOUR, visible_from=NOW - 2 * HOUR)


@pytest.mark.parametrize(
    ("one", "hours", "state"),
    [
        (PLANNED, -2.01, "none"),
        (PLANNED, -2, "planned"),
        (PLANNED, -0.01, "planned"),
        (PLANNED, 0, "active"),
        (PLANNED, 8.99, "active"),
        (PLANNED, 9, "closed"),
        (replace(PLANNED, trial=Trial(NOW - HOUR, frozenset())), -1.01, "planned"),
        (replace(PLANNED, trial=Trial(NOW - HOUR, frozenset())), -1, "trial"),
        (replace(PLANNED, trial=Trial(None, frozenset())), 0, "active"),
        (replace(PLANNED, pause=Pause(NOW - HOUR, NOW + HOUR, WHY)), -0.5, "planned"),
        (replace(PLANNED, pause=Pause(NOW - HOUR, NOW + HOUR, WHY)), 0, "paused"),
        (replace(PLANNED, pause=Pause(NOW - HOUR, NOW + HOUR, WHY)), 1, "active"),
        (replace(PLANNED, pause=Pause(NOW - HOUR, None, WHY)), 8, "paused"),
        (replace(PLANNED, pause=Pause(NOW - HOUR, None, WHY)), 9, "closed"),
        (Activation("idp"), 0, "active"),
        (Activation("idp", trial=Trial(None, frozenset())), 10_000, "trial"),
    ],
)
def test_a_state_begins_and_ends_on_the_instant(one: Activation, hours: float, state: str) -> None:
    assert state_at(one, NOW + timedelta(hours=hours)) == state


def test_a_document_says_everything_that_is_known_of_an_activation() -> None:
    when = NOW.isoformat()
    words = {"da": WHY.da, "en": WHY.en}
    table = {
        "code": "idp",
        "opens": when,
        "visible_from": (NOW - HOUR).isoformat(),
        "reason": words,
        "test": {"from": when, "users": [TESTER.upper()]},
        "pause": {"since": when, "until": (NOW + HOUR).isoformat(), "reason": words},
        "requested_by": "Ida",
        "approved_by_owner": "Ole",
        "approved_by_operator": "Ulla",
        "case_no": "2026-117",
    }
    assert read_activation(Table("idp", table)) == Activation(
        idp="idp",
        opens=NOW,
        visible_from=NOW - HOUR,
        reason=WHY,
        trial=Trial(NOW, frozenset({TESTER})),
        pause=Pause(NOW, NOW + HOUR, WHY),
        requested_by="Ida",
        approved_by_owner="Ole",
        approved_by_operator="Ulla",
        case_no="2026-117",
    )


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"opens": NOW, "closes": NOW}, "is not after opens"),
        ({"visible_from": NOW}, "is not before opens"),
        ({"opens": NOW, "visible_from": NOW + HOUR}, "is not before opens"),
        ({"requested_by": "Ida", "approved_by_owner": "IDA"}, "takes a second person"),
        ({"test": {"users": ["ida@example.dk"]}}, "ids of persons and accounts"),
        ({"pause": {"reason": {"da": "x", "en": "x"}}}, "since is missing"),
        ({"pause": {"since": NOW, "until": NOW, "reason": {"da": "x", "en": "x"}}}, "after since"),
        ({"pause": {"since": NOW}}, "da is missing"),
        ({"paused": True}, "nothing is called paused"),
    ],
)
def test_a_mistake_in_it_is_named(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(Refused) as refused:
        read_activation(Table("service.toml: idp 1", {"code": "idp", **wrong}))
    assert refused.value.code == "metadata.document"
    assert words in refused.value.detail
