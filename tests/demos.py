"""The demo as tests have it: complete, on free ports, with the keys of the suite's pool."""

import atexit
import shutil
import socket
import tempfile
from functools import cache
from pathlib import Path

from broker.clock import Clock, system_clock
from broker.demo.federation import DemoFederation, Ports, build, prepare
from tests.key_pool import pooled

_BEGAN = system_clock()  # before any test's clock stands still, so that what is set up counts there


def made_in(folder: Path, clock: Clock = system_clock) -> DemoFederation:
    """Make a demo in a folder, or make it again in its own.

    To set one up is most of the work. So a new one starts in a copy of a folder where that was
    done, and on its ports where they are free: then there is nothing to load again.
    """
    ports = Ports.free()
    if not folder.exists():
        before, theirs = _set_up()
        shutil.copytree(before, folder)
        ports = theirs if _are_free(theirs) else ports
    return _made(folder, ports, clock)


def _made(folder: Path, ports: Ports, clock: Clock) -> DemoFederation:
    prepare(folder, fresh=False)
    with pooled():
        return build(folder, ports, clock=clock, say=lambda _: None)


@cache
def _set_up() -> tuple[Path, Ports]:
    """A demo that is set up and never served, once for this process, and its ports."""
    folder = Path(tempfile.mkdtemp(prefix="broker-demo-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = _made(folder, Ports.free(), lambda: _BEGAN)
    made.services.engine.dispose()
    return folder, made.ports


def _are_free(ports: Ports) -> bool:
    try:
        for port in (ports.broker, ports.idps, ports.services):
            socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
