"""A federation on each database engine with an operator or two and the owner of a service."""

import pytest

from broker.db import Engine
from tests.unit.cases.counter import Counter
from tests.unit.organisations.world import World


@pytest.fixture
def counter(engine: Engine) -> Counter:
    """Everybody who has something to do with cases."""
    world = World(engine)
    world.federation()
    return Counter(world)
