"""The region, and what people have in it, on each database engine."""

import pytest

from broker.db import Engine
from tests.unit.roles.reviews.reviewing import Reviewing


@pytest.fixture
def reviewing(engine: Engine) -> Reviewing:
    """The region, and what people have in it."""
    world = Reviewing(engine)
    world.build()
    return world
