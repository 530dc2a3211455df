"""Connecting an identity provider: its steps, and what the recorder kept of its test logins."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from broker.audit.flights import store as flights
from broker.audit.flights.model import Flight, came
from broker.cases.connecting import connecting, shown
from broker.cases.documents import Shown
from broker.db import Engine, reading, writing
from broker.errors import NotAllowed
from tests.factories import NOW
from tests.unit.cases.counter import Counter
from tests.unit.cases.test_documents import CONNECTING
from tests.unit.organisations.office import deed


@pytest.mark.parametrize(
    ("values", "shape"),
    [(("90000004",), "d8"), (("Mette Åkjær", "x"), "x11"), ((), ""), (("",), ""), (("٣",), "x1")],
)
def test_of_an_attribute_only_its_shape_is_told(values: tuple[str, ...], shape: str) -> None:
    told = came("urn:x", values)
    assert (told.values, told.shape) == (len(values), shape)
    assert not any(value and value in repr(told) for value in values if len(value) > 1)


def test_the_latest_logins_through_one_are_found(engine: Engine) -> None:
    def flight(idp: str, hours: int, federation: str = "sundhed") -> Flight:
        story = {"came": [["urn:x", 1, "d8"]]}
        at = NOW + timedelta(hours=hours)
        return Flight(uuid4(), f"R{hours}", at, federation, "dpsd", idp, "ok", story=story)

    kept = [flight("new", hours) for hours in (-1, 0, 1, 2)]
    with writing(engine) as connection:
        flights.keep(connection, [*kept, flight("old", 1), flight("new", 1, "borger")])
    with reading(engine) as connection:
        found = flights.of_idp(connection, "sundhed", "new", NOW)
        assert [one.reference for one in found] == ["R2", "R1", "R0"]
        assert len(flights.of_idp(connection, "sundhed", "new", NOW, 1)) == 1
    assert shown(found[0].story["came"]) == (Shown("urn:x", 1, "d8"),)
    assert shown(None) == ()


def test_whoever_connects_it_does_not_open_it(counter: Counter) -> None:
    first, second = counter.holding(("operator", None)), counter.holding(("operator", None))
    owner = counter.holding(("service_owner", "dpsd"))
    with reading(counter.world.engine) as connection:
        unowned = connecting(connection, "sundhed", replace(CONNECTING, service="fmk"), NOW)
        opening = connecting(connection, "sundhed", CONNECTING, NOW)
    assert "owner:fmk" not in {step.code for step in unowned.steps}
    case = counter.service.open(first, opening, deed())
    for step in ("metadata", "test_login", "mapping"):
        case = counter.service.approve(first, case.id, step, case.version, deed())
    with pytest.raises(NotAllowed, match=r"^case\.oneself"):
        counter.service.approve(first, case.id, "open", case.version, deed())
    case = counter.service.approve(owner, case.id, "owner:dpsd", case.version, deed())
    case = counter.service.approve(second, case.id, "open", case.version, deed())
    assert case.state == "approved"
