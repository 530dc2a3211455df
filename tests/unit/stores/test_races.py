"""Ids of any length, and first logins that meet."""

import threading

import pytest
import sqlalchemy as sa

from broker.db import Engine, reading, writing
from broker.errors import Refused
from broker.identities.model import IdentityKey, NameIdResult
from broker.identities.store import PERSON, IdentityStore
from broker.login.store import LoginStore
from tests.factories import NOW


def spend(engine: Engine, assertion: str) -> None:
    with writing(engine) as connection:
        LoginStore().spend(
            connection,
            "sundhed",
            [("i" * 1024, assertion)],
            NOW,
        )


def test_an_id_of_any_length_is_spent_once_and_told_from_others(engine: Engine) -> None:
    spend(engine, "_" + "a" * 5000)
    spend(engine, "_" + "a" * 4999 + "b")
    with pytest.raises(Refused, match=r"context\.replay"):
        spend(engine, "_" + "a" * 5000)


def test_first_logins_that_share_only_some_keys_end_with_one_person(engine: Engine) -> None:
    store = IdentityStore(b"k" * 32)
    rounds = 10
    for number in range(rounds):
        strong = IdentityKey("professional-uuid", f"uuid{number}")
        weak = IdentityKey("rid", f"rid{number}")
        results: list[NameIdResult] = []
        barrier = threading.Barrier(2)

        def first(
            *keys: IdentityKey,
            barrier: threading.Barrier = barrier,
            results: list[NameIdResult] = results,
        ) -> None:
            barrier.wait()
            with writing(engine) as connection:
                results.append(
                    store.name_id(
                        connection, store.person(connection, "sundhed", keys, NOW), "g", NOW
                    )
                )

        threads = [threading.Thread(target=first, args=keys) for keys in ((strong, weak), (weak,))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len({result.value for result in results}) == 1
        assert len(results) == 2
    with reading(engine) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(PERSON)) == rounds
