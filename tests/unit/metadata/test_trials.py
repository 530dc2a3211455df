"""A trial of our next key at a society-critical service: what was seen of it, and who says so."""

from dataclasses import replace
from datetime import datetime

import pytest

from broker.db import reading
from broker.errors import BrokerError
from broker.metadata.readiness.gathering import ready_since
from broker.metadata.readiness.model import Level
from broker.metadata.readiness.service import Readiness
from broker.metadata.rollover.model import FIRST, Plan
from broker.metadata.rollover.store import rollovers
from tests.unit.metadata.installation import OCCASION, Installation
from tests.unit.metadata.phases import DAY, NEW, Node, plan_of
from tests.unit.metadata.test_readiness import HOUR, LATER, ready, see

__all__ = ["ready"]


def since(ready: Readiness, plan: Plan) -> datetime | None:
    with reading(ready.engine) as connection:
        return ready_since(connection, rollovers(connection)).get((plan.row, "two"))


def test_one_persons_word_does_not_free_a_critical_partner_and_two_do(
    ready: Readiness, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = Node(installation).plan(plan_of())
    said = replace(OCCASION, at=LATER)
    monkeypatch.setattr("tests.unit.metadata.installation.OCCASION", said)
    for name in ("Anna Eksempel", "Karen Eksempel"):
        kept = ready.confirm(plan, "two", Level.TRIED, name, said)
        assert (kept.partner.code, kept.level, kept.alone) == ("two", Level.SAID, True)
    assert (since(ready, plan), ready.levels(plan, LATER)["two"]) == (None, 2)
    assert ready.settle(said) == (), "nothing was seen"
    kept = ready.confirm(plan, "two", Level.TRIED, "Anna Eksempel", replace(said, by="bo"))
    assert (kept.level, kept.alone) == (Level.TRIED, False)
    assert (since(ready, plan), ready.levels(plan, LATER)["two"]) == (LATER, 3)


def test_a_trial_that_was_seen_lets_one_persons_word_count(
    ready: Readiness, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = Node(installation).plan(plan_of())
    said = replace(OCCASION, at=LATER)
    monkeypatch.setattr("tests.unit.metadata.installation.OCCASION", said)
    see(ready, ("two", "rehearsed", FIRST, LATER - DAY, 1), ("one", "rehearsed", NEW, LATER, 1))
    assert ready.confirm(plan, "two", Level.TRIED, "Anna", said).alone, "not this key, not there"
    see(ready, ("two", "rehearsed", NEW, LATER - HOUR, 2))
    assert since(ready, plan) is None, "not yet told to all nodes"
    before = installation.revision
    assert [partner for _plan, partner in ready.settle(said)] == ["two"]
    assert ready.settle(said) == ()
    assert installation.revision == before + 1
    assert since(ready, plan) == LATER
    two = next(line for line in ready.board(plan, LATER) if line.partner.code == "two")
    assert (two.trials, two.last_trial, two.reached.because) == (2, LATER - HOUR, "tried")
    ready.confirm(plan, "two", Level.NOTHING, "Anna", said)
    assert ready.confirm(plan, "two", Level.TRIED, "Anna", said).alone, "it was taken back"


def test_a_trial_before_the_word_counts_with_it(
    ready: Readiness, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = Node(installation).plan(plan_of())
    said = replace(OCCASION, at=LATER)
    monkeypatch.setattr("tests.unit.metadata.installation.OCCASION", said)
    see(ready, ("two", "rehearsed", NEW, LATER - HOUR, 1))
    assert (ready.settle(said), ready.levels(plan, LATER)["two"]) == ((), 0)
    assert ready.confirm(plan, "two", Level.TRIED, "Anna", said).level is Level.TRIED
    assert (since(ready, plan), ready.levels(plan, LATER)["two"]) == (LATER, 3)


def test_what_signs_prove_is_settled_though_one_person_spoke_of_a_trial(
    ready: Readiness, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = Node(installation).plan(plan_of())
    said = replace(OCCASION, at=LATER)
    monkeypatch.setattr("tests.unit.metadata.installation.OCCASION", said)
    ready.confirm(plan, "two", Level.TRIED, "Anna", said)
    see(ready, ("two", "endpoint", NEW, LATER - HOUR, 1))
    assert [partner for _plan, partner in ready.settle(said)] == ["two"]
    assert since(ready, plan) == LATER


def test_nobody_claims_by_the_name_of_what_was_seen(
    ready: Readiness, installation: Installation
) -> None:
    plan = Node(installation).plan(plan_of())
    with pytest.raises(BrokerError) as refused:
        ready.confirm(plan, "two", Level.TRIED, "Anna", replace(OCCASION, at=LATER, by="signs"))
    assert refused.value.code == "rollover.claim"
    assert since(ready, plan) is None
