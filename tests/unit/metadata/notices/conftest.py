"""A town on each engine."""

import pytest

from broker.db import Engine
from tests.unit.metadata.notices.town import Town


@pytest.fixture
def town(engine: Engine) -> Town:
    """A federation with a partner of every kind."""
    return Town(engine)
