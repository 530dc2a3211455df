"""The demo as tests have it: complete, on free ports, with the keys of the suite's pool."""

from pathlib import Path

from broker.clock import Clock, system_clock
from broker.demo.federation import DemoFederation, Ports, build, prepare
from tests.key_pool import pooled


def made_in(folder: Path, clock: Clock = system_clock) -> DemoFederation:
    """Make a demo in a folder, or make it again in its own."""
    prepare(folder, fresh=False)
    with pooled():
        return build(folder, Ports.free(), clock=clock, say=lambda _: None)
