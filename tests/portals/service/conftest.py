"""One service that has everything, for the tests that try it and those that bring it out."""

import pytest

from tests.portals.service.filling import SERVICE, begin, describe, put_into_test
from tests.portals.visiting import House, Portal


@pytest.fixture(scope="session")
def owner(house: House) -> Portal:
    """Its owner; it is in operation in test."""
    made = begin(house, SERVICE)
    describe(made, SERVICE, f"{house.demo.newcomer.url}/")
    put_into_test(made, SERVICE)
    return made
