"""One demo for the tests of changes: what is planned there is nobody else's business."""

from collections.abc import Iterator

import pytest

from broker.clock import system_clock
from broker.demo.sites import served
from tests.box import Moved
from tests.demos import made_in
from tests.portals.changing import Change
from tests.portals.visiting import House


@pytest.fixture(scope="module")
def change(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Change]:
    clock = Moved(system_clock())
    demo = made_in(tmp_path_factory.mktemp("changing") / "demo", clock)
    with served(demo):
        made = Change(House(demo, clock))
        made.keys("oces3")
        yield made
