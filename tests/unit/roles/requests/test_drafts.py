"""Carts that are put together page by page, and what colleagues have, on both databases."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from broker.errors import Refused
from broker.roles.requests import store
from broker.roles.requests.drafts import KEPT, MOST, Draft
from tests.factories import NOW
from tests.unit.roles.grants.rights import NIGHT, OWN, WARD, alone, below, deed
from tests.unit.roles.requests.asking import Asking


def test_a_cart_is_kept_as_it_was_and_another_persons_is_another(asking: Asking) -> None:
    role = asking.roles["reader"]
    until = NOW + timedelta(days=90)
    draft = Draft().with_roles([role]).narrowed(role, [below(WARD), OWN], done=True)
    draft = replace(draft, since=NOW, until=until, reason="Nattevagter på Ø")
    with asking.work() as connection:
        store.keep_draft(connection, asking.anna, draft, NOW)
        kept = store.draft(connection, asking.anna, NOW)
        assert store.draft(connection, asking.carl, NOW) == Draft()
    assert kept == replace(draft, changed_at=NOW)
    assert kept.version != draft.version
    (line,) = kept.cart(asking.anna)
    assert (line.action, line.subject, line.role) == ("add", asking.anna, role)
    assert (line.since, line.until, len(line.scopes)) == (NOW, until, 2)


def test_a_cart_is_kept_in_the_place_of_the_one_before(asking: Asking) -> None:
    role = asking.roles["reader"]
    later = NOW + timedelta(minutes=1)
    with asking.work() as connection:
        store.keep_draft(connection, asking.anna, Draft().with_roles([role]), NOW)
        store.keep_draft(
            connection, asking.anna, replace(Draft().with_roles([role]), reason="x"), later
        )
        kept = store.draft(connection, asking.anna, later)
        assert (kept.reason, kept.changed_at) == ("x", later)
        store.keep_draft(connection, asking.anna, kept.without(role), later)
        assert store.draft(connection, asking.anna, later) == Draft()


def test_a_cart_that_nobody_went_on_with_is_forgotten(asking: Asking) -> None:
    draft = Draft().with_roles([asking.roles["reader"]])
    with asking.work() as connection:
        store.keep_draft(connection, asking.anna, draft, NOW)
        assert store.draft(connection, asking.anna, NOW + KEPT).picked
        after = NOW + KEPT + timedelta(seconds=1)
        assert not store.draft(connection, asking.anna, after).picked
        assert store.purge_drafts(connection, NOW + KEPT) == 0
        assert store.purge_drafts(connection, after) == 1


def test_a_role_is_in_the_cart_once_and_there_is_an_end_to_it(asking: Asking) -> None:
    role, other = asking.roles["reader"], asking.roles["secret"]
    draft = Draft().with_roles([role, role]).with_roles([role, other])
    assert [one.role for one in draft.picked] == [role, other]
    narrowed = draft.narrowed(role, [alone(WARD)], done=False)
    assert narrowed.of(role) is not None
    assert narrowed.of(other) == draft.of(other)
    many = Draft().with_roles([uuid4() for _ in range(MOST + 5)])
    assert len(many.picked) == MOST


def test_what_colleagues_have_is_counted_by_unit_and_without_oneself(asking: Asking) -> None:
    near = [asking.account(asking.region, f"Nær {n}", unit=WARD) for n in range(2)]
    far = asking.account(asking.region, "Fjern", unit=NIGHT)
    for who in (*near, far, asking.anna):
        asking.give(asking.bo, asking.region, "reader", account=who)
    with asking.work() as connection:
        found = store.held_nearby(connection, asking.region, WARD, asking.anna, NOW)
        assert found == {asking.roles["reader"]: 2}
        assert store.held_nearby(connection, asking.region, WARD, near[0], NOW) != {}
        before = NOW - timedelta(seconds=1)
        assert store.held_nearby(connection, asking.region, WARD, asking.anna, before) == {}


@pytest.mark.parametrize("reason", ["Patienten er 010190-1234", "cpr 0101901234", "x" * 501])
def test_a_reason_holds_no_cpr_number_and_is_no_essay(asking: Asking, reason: str) -> None:
    cart = Draft().with_roles([asking.roles["reader"]]).cart(asking.anna)
    acting = asking.acting(asking.anna)
    said = deed(NOW, reason)
    with asking.work() as connection, pytest.raises(Refused):
        asking.sender.send(connection, acting, cart, said)


def test_a_reason_of_several_lines_can_be_approved(asking: Asking) -> None:
    """It becomes the reason of the grant, which is one line."""
    cart = Draft().with_roles([asking.roles["reader"]]).cart(asking.anna)
    acting = asking.acting(asking.anna)
    with asking.work() as connection:
        said = deed(NOW, "Nattevagter\r\n på Ø\n")
        (made,) = asking.sender.send(connection, acting, cart, said)
    assert made.reason == "Nattevagter på Ø"
    assert asking.approve(asking.carl, made).state == "done"
