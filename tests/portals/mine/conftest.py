"""A demo of their own for the employee's pages: what others are given elsewhere shows here."""

from collections.abc import Iterator

import pytest

from tests.portals.conftest import opened
from tests.portals.visiting import House


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(tmp_path_factory.mktemp("mine") / "demo") as made:
        yield made
