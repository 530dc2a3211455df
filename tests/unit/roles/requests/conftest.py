"""A region with approvers, on each database engine."""

import pytest

from broker.db import Engine
from tests.unit.roles.requests.asking import Asking


@pytest.fixture
def asking(engine: Engine) -> Asking:
    """The region, and everybody who asks or decides in it."""
    world = Asking(engine)
    world.build()
    return world
