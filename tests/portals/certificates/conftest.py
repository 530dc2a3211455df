"""One demo for the tests of changes: what is planned there is nobody else's business."""

from collections.abc import Iterator

import pytest

from broker.clock import system_clock
from broker.demo.federation import Ports, build, prepare
from broker.demo.sites import served
from tests.box import Moved
from tests.portals.changing import Change
from tests.portals.visiting import House


@pytest.fixture(scope="module")
def change(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Change]:
    clock = Moved(system_clock())
    folder = tmp_path_factory.mktemp("changing") / "demo"
    prepare(folder, fresh=False)
    demo = build(folder, Ports.free(), clock=clock, say=lambda _: None)
    with served(demo):
        made = Change(House(demo, clock))
        made.keys("oces3")
        yield made
