"""A region whose administrators upload files, on each database engine."""

import pytest

from broker.db import Engine
from tests.unit.roles.importing.uploads import Uploads


@pytest.fixture
def uploads(engine: Engine) -> Uploads:
    """The region, its people, and what they have."""
    world = Uploads(engine)
    world.build()
    return world
