"""The cookie of choices: small, sealed, of services and logins, forgotten in time."""

from datetime import timedelta

import pytest

from broker.discovery import memory
from broker.discovery.memory import Kept
from broker.sealing import SealingKeys
from tests.factories import NOW

KEYS = SealingKeys((b"k" * 32,))
DAY = timedelta(days=1)


def test_what_is_sealed_is_read_again() -> None:
    kept = (Kept(1, 2, NOW, remembered=True), Kept(3, 4, NOW), Kept(3, 5, NOW, once=True))
    assert memory.read(KEYS, memory.seal(KEYS, kept), NOW) == kept


@pytest.mark.parametrize("value", [None, "", "x", "é", "A" * 3000, "AAAA", "=" * 9, "\x00"])
def test_a_cookie_that_is_not_ours_is_none(value: str | None) -> None:
    assert memory.read(KEYS, value, NOW) == ()


def test_a_cookie_under_another_key_or_changed_is_none() -> None:
    value = memory.seal(KEYS, (Kept(1, 2, NOW),))
    assert memory.read(SealingKeys((b"o" * 32,)), value, NOW) == ()
    for at in range(0, len(value), 7):
        changed = value[:at] + ("A" if value[at] != "A" else "B") + value[at + 1 :]
        assert memory.read(KEYS, changed, NOW) == ()


def test_it_is_forgotten_after_ninety_days_and_a_start_link_after_minutes() -> None:
    value = memory.seal(KEYS, (Kept(1, 2, NOW), Kept(1, 3, NOW, once=True)))
    assert len(memory.read(KEYS, value, NOW + timedelta(minutes=4))) == 2
    assert len(memory.read(KEYS, value, NOW + 90 * DAY - timedelta(seconds=1))) == 1
    assert memory.read(KEYS, value, NOW + 90 * DAY) == ()
    assert memory.read(KEYS, value, NOW - DAY) == ()


def test_sixteen_services_fit_and_the_oldest_goes_first() -> None:
    kept: memory.Memory = ()
    for service in range(20):
        at = NOW + timedelta(seconds=service)
        kept = memory.with_choice(kept, Kept(10**8 + service, 10**8, at, remembered=True))
    assert len(kept) == 16
    value = memory.seal(KEYS, kept)
    assert len(value) + len(memory.COOKIE) <= memory.MAX_BYTES
    found = memory.read(KEYS, value, NOW + timedelta(minutes=1))
    assert [k.service for k in found] == [10**8 + s for s in range(19, 3, -1)]


def test_one_service_has_one_choice_and_others_keep_theirs() -> None:
    kept = memory.with_choice((Kept(1, 2, NOW), Kept(7, 2, NOW)), Kept(1, 5, NOW))
    found = memory.of_service(kept, 1, NOW)
    assert found is not None
    assert found.idp == 5
    assert [k.service for k in kept] == [1, 7]
    assert memory.of_service(kept, 2, NOW) is None
    assert memory.without(kept, [1]) == (Kept(7, 2, NOW),)


def test_a_start_link_is_followed_once() -> None:
    kept = memory.with_choice((Kept(1, 2, NOW),), Kept(1, 5, NOW, once=True))
    asked = memory.asked_once(kept, 1, NOW)
    assert asked is not None
    assert asked.idp == 5
    assert memory.not_once(kept, 1) == (Kept(1, 2, NOW),)
