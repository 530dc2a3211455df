"""The yard on each database engine."""

import pytest

from broker.db import Engine
from tests.unit.organisations.world import World
from tests.unit.vendors.yard import Yard


@pytest.fixture
def yard(engine: Engine) -> Yard:
    """A federation with a service, its owner, and vendors."""
    world = World(engine)
    world.federation()
    return Yard(world)
