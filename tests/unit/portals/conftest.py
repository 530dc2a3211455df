"""A region with people and roles in it, on each database engine."""

import pytest

from broker.db import Engine
from tests.unit.roles.grants.rights import Region


@pytest.fixture
def region(engine: Engine) -> Region:
    """One region that may grant everything below its hospital."""
    made = Region(engine)
    made.build()
    return made
