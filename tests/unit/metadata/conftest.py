"""An installation on each database engine; one that follows sources, and who publishes them."""

from collections.abc import Iterator

import pytest

from broker.db import Engine
from tests.publisher import Follower, Publisher, publishing
from tests.unit.metadata.installation import Installation


@pytest.fixture
def installation(engine: Engine) -> Installation:
    """An installation with the federations of staff and nobody in them."""
    made = Installation(engine)
    made.seed("federations", only="sundhed")
    return made


@pytest.fixture
def follower(engine: Engine) -> Follower:
    """An installation that follows sources, at an instant that tests move."""
    return Follower(engine)


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    """A partner that publishes on loopback."""
    with publishing() as made:
        yield made
