"""Whoever's mandate has ended decides nothing, however fresh the page was that they looked at."""

from collections.abc import Callable

import pytest

from broker.audit.store import AuditStore
from broker.db import Connection
from broker.errors import NotAllowed
from broker.organisations.model import Actor
from broker.organisations.tables import MANDATE
from broker.roles.reviews.model import NewReview
from broker.roles.reviews.service import ReviewService
from tests.factories import NOW
from tests.unit.roles.grants.rights import DAY, deed
from tests.unit.roles.requests.asking import Asking

Attempt = Callable[[Asking, Connection, Actor], object]
PLAN = NewReview("Q1", "sundhed", NOW, NOW + DAY, service="dpsd")


def reject(asking: Asking, connection: Connection, actor: Actor) -> object:
    (item,) = asking.lists.mine(connection, asking.acting(asking.anna), NOW)
    return asking.requests.reject(connection, actor, item.filed.request.id, deed())


def review(asking: Asking, connection: Connection, actor: Actor) -> object:
    reviews = ReviewService(AuditStore(), asking.grants, asking.cache.current_in)
    return reviews.open(connection, actor, PLAN, deed())


def bundle(asking: Asking, connection: Connection, actor: Actor) -> object:
    roles = [asking.roles["reader"]]
    return asking.bundles.make(connection, actor, asking.region, "Vagt", roles, deed())


def entitle(asking: Asking, connection: Connection, actor: Actor) -> object:
    role = asking.roles["reader"]
    return asking.entitlements.entitle(connection, actor, asking.owner_home, role, (), deed())


def propose(asking: Asking, connection: Connection, actor: Actor) -> object:
    document = {
        "code": "x",
        "role": "reader",
        "when": [[{"attribute": "title", "op": "present"}]],
    }
    return asking.rules.propose(connection, actor, "sundhed", document, deed())


@pytest.mark.parametrize(
    ("who", "attempt"),
    [
        ("carl", reject),
        ("frida", review),
        ("bo", bundle),
        ("gry", entitle),
        ("frida", propose),
    ],
    ids=["reject", "review", "bundle", "entitle", "propose"],
)
def test_an_ended_mandate_decides_nothing(asking: Asking, who: str, attempt: Attempt) -> None:
    asking.ask(asking.anna, "reader")
    actor = asking.acting(getattr(asking, who))
    with asking.work() as connection:
        attempt(asking, connection, actor)
        connection.rollback()
    asking.open = None
    with asking.work() as connection:
        connection.execute(MANDATE.update().values(revoked_at=NOW))
    with asking.work() as connection, pytest.raises(NotAllowed) as refused:
        attempt(asking, connection, actor)
    assert refused.value.code == "permission.mandate"
