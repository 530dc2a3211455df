"""Flights and looks as they are kept, and people found in a whole federation."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from broker.audit.flights import store
from broker.audit.flights.model import KEPT, Flight
from broker.audit.store import AuditStore
from broker.db import Engine, reading, writing
from broker.errors import NotAllowed
from broker.organisations.model import Actor
from broker.portals.looking import store as looks
from broker.portals.looking.service import Looking
from broker.saml.assurance import Assurance
from tests.factories import NOW


def flight(reference: str, person: UUID, minutes: int = 0, code: str = "ok") -> Flight:
    at = NOW + timedelta(minutes=minutes)
    story = {"hop": "mapping", "tries": [{"idp": "nemlogin", "how": "list"}]}
    return Flight(uuid4(), reference, at, "sundhed", "dpsd", "nemlogin", code, person, None, story)


def test_flights_are_found_by_reference_and_by_person(engine: Engine) -> None:
    one, other = uuid4(), uuid4()
    first, second = flight("A", one), flight("A", one, 1, "policy.no_role")
    with writing(engine) as connection:
        store.keep(connection, [first, second, flight("B", other, 2)])
        store.keep(connection, [])
    with reading(engine) as connection:
        assert store.under(connection, "sundhed", "A") == (first, second)
        assert store.under(connection, "elsewhere", "A") == ()
        assert store.of_persons(connection, "sundhed", [one]) == (second, first)
        assert store.of_persons(connection, "sundhed", [one], limit=1) == (second,)
        assert store.of_persons(connection, "sundhed", []) == ()


def test_flights_go_after_their_time(engine: Engine) -> None:
    with writing(engine) as connection:
        store.keep(connection, [flight("A", uuid4()), flight("B", uuid4(), 10)])
        assert store.purge_flights(connection, NOW + KEPT + timedelta(minutes=5)) == 1
        assert store.under(connection, "sundhed", "A") == ()
        assert len(store.under(connection, "sundhed", "B")) == 1


def test_a_look_without_a_mandate_is_refused(engine: Engine) -> None:
    nobody = Actor(label="x", federation="sundhed", assurance=Assurance.HIGH)
    looking = Looking(AuditStore())
    with writing(engine) as connection, pytest.raises(NotAllowed) as refused:
        looking.begin(connection, nobody, "sundhed", "Mette", "a reason", "", NOW)
    assert refused.value.code == "permission.mandate"
    with reading(engine) as connection:
        assert looks.latest(connection, "sundhed", 1, 50) == ((), 0)
