"""An installation on each database engine."""

import pytest

from broker.db import Engine
from tests.unit.metadata.installation import Installation


@pytest.fixture
def installation(engine: Engine) -> Installation:
    """An installation with the federations of staff and nobody in them."""
    made = Installation(engine)
    made.seed("federations", only="sundhed")
    return made
