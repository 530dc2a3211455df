"""The region of the tests, on each database engine."""

import pytest

from broker.db import Engine
from tests.unit.roles.grants.rights import Region


@pytest.fixture
def region(engine: Engine) -> Region:
    """A region, its wards, roles and people."""
    return Region(engine).build()
