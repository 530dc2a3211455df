"""Beside a failing IdP stands what the person may use instead, and nothing weaker."""

from dataclasses import replace
from datetime import timedelta

from broker.health.alternatives import alternatives
from broker.health.model import CountRow
from broker.health.snapshot import judge
from broker.metadata.activation import Activation, State
from broker.metadata.activations import Offer
from broker.saml import names
from broker.saml.assurance import Assurance
from tests.factories import NOW
from tests.unit.web.pages import idp

STAFF, BOTH = frozenset({names.PROFESSIONAL}), frozenset({names.PROFESSIONAL, names.PERSON})


def offer(
    code: str,
    row: int,
    level: Assurance = Assurance.SUBSTANTIAL,
    state: State = "active",
    kinds: frozenset[str] = STAFF,
) -> Offer:
    made = replace(idp(code, code), row=row, maximum=level, identity_types=kinds)
    return Offer(made, Activation(code), state)


def test_only_what_is_open_as_strong_for_the_same_people_and_well() -> None:
    failing = offer("rn", 1)
    offers = (
        failing,
        offer("nemlogin", 2, Assurance.HIGH, kinds=BOTH),
        offer("same-level", 3),
        offer("weaker", 4, Assurance.LOW),
        offer("planned", 5, state="planned"),
        offer("tried", 6, state="trial"),
        offer("paused", 7, state="paused"),
        offer("citizens", 8, kinds=frozenset({names.PERSON})),
        offer("ill-as-well", 9),
    )
    minutes = [
        CountRow(NOW - timedelta(minutes=ago), "sundhed", "dpsd", code, 5, 0, 0)
        for ago in range(1, 16)
        for code in ("rn", "ill-as-well")
    ]
    found = alternatives(offers, failing, judge(minutes, [], NOW), "dpsd")
    assert [one.idp.code for one in found] == ["nemlogin", "same-level"]
