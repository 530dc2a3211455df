"""An owner of a service, a supplier's technician, and invitations between them."""

import pytest

from broker.db import Engine
from tests.unit.invitations.desk import Desk
from tests.unit.organisations.office import Office
from tests.unit.organisations.world import World


@pytest.fixture
def desk(engine: Engine) -> Desk:
    """The federation, with everybody in it."""
    world = World(engine)
    world.federation()
    return Desk(Office(world))
