"""Workers of hubs, started in folders of their own and stopped again."""

import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

from broker.db import Engine, make_engine
from tests.bench.hubs import drive, ours, theirs
from tests.bench.hubs.kept import RESPONSE
from tests.bench.hubs.peers import LARGE, SMALL, Hub, Peers
from tests.box import Trip
from tests.hostile.forge import Forge

Fill = Callable[[Engine], None]
_ROOT = Path(__file__).parents[3]
_WORKER = ("-m", "tests.bench.hubs.worker")


@dataclass(frozen=True, slots=True)
class Running:
    """A hub that answers on a port of this machine."""

    hub: Hub
    peers: Peers
    port: int


@contextmanager
def broker(
    folder: Path,
    *,
    bits: int = 2048,
    database_url: str = "",
    choice: bool = False,
    fill: Fill | None = None,
    like: Path | None = None,
    profile: bool = False,
    evidence: bool = False,
) -> Iterator[Running]:
    """One worker of ours, in a folder that is there.

    `fill` puts more into its database before it starts; `like` is the folder of another that was
    stopped, whose keys and database it begins with. With `evidence` it keeps every message.
    """
    peers, port = LARGE if bits > 2048 else SMALL, _free_port()
    data = folder / "data"
    if like is not None:
        shutil.copytree(like / "data", data)
        made = ours.set_up_before(data, port, peers)
    else:
        made = ours.set_up(data, port, peers, bits=bits, database_url=database_url, choice=choice)
    ours.keep_peers(folder, peers)
    trip = Trip(
        SimpleNamespace(id="_request"),  # type: ignore[arg-type]  # all that is asked of it
        None,
        peers.service,
        peers.idp,
        "",
        made.hub.encryption,
    )
    (folder / RESPONSE).write_bytes(Forge(trip, datetime.now(UTC)).xml())
    if fill is not None:
        engine = make_engine(made.settings.database_url)
        fill(engine)
        engine.dispose()
    own = ours.environ(data, port, database_url, evidence=evidence)
    environ = {**os.environ, "PYTHONPATH": str(_ROOT), **own}
    command = [sys.executable, *_WORKER, str(folder), peers.service, peers.idp]
    hub = replace(made.hub, choice=f"{ours.ORIGIN}/sundhed/saml/discovery" if choice else "")
    with drive.started([*command, *(["--profile"] if profile else [])], environ, port):
        yield Running(hub, peers, port)


@contextmanager
def satosa(folder: Path, python: Path) -> Iterator[Running]:
    """One worker of SATOSA, as many threads in it as in ours."""
    port, at = _free_port(), folder / "satosa"
    hub = theirs.set_up(at, SMALL)
    options = ("-b", f"127.0.0.1:{port}", "-w", "1", "--worker-class", "gthread", "--threads", "4")
    environ = {**os.environ, "SATOSA_JSON": str(at / "satosa.json"), "PYTHONPATH": str(at)}
    command = [str(python), "-m", "gunicorn", *options, "satosa_app:app"]
    with drive.started(command, environ, port):
        yield Running(hub, SMALL, port)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
