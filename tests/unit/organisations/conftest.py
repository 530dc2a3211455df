"""A federation on each database engine, with nobody in it."""

import pytest

from broker.db import Engine
from tests.unit.organisations.office import Office
from tests.unit.organisations.world import World


@pytest.fixture
def world(engine: Engine) -> World:
    """Rows to add, in the federation `sundhed`."""
    made = World(engine)
    made.federation()
    return made


@pytest.fixture
def office(world: World) -> Office:
    """The services on those rows."""
    return Office(world)
