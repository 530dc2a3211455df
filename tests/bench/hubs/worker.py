"""One gunicorn worker of the broker with a gauge around it: `python -m tests.bench.hubs.worker`.

The settings come from the environment as for `broker serve`, whose server this is. FOLDER has
the peers' certificates, and `response.xml` for the floor.
"""

import os
import sys
from pathlib import Path

from broker.cli.server import Server
from broker.settings import Settings, read_settings
from tests.bench.hubs.floor import floor
from tests.bench.hubs.gauge import gauged
from tests.bench.hubs.ours import kept_peer, own_keys
from tests.bench.hubs.peers import Peers


class Gauged(Server):
    """The broker's own server; its application has a gauge around it."""

    def __init__(self, settings: Settings, folder: Path, peers: Peers) -> None:
        self.settings, self.folder, self.peers = settings, folder, peers
        super().__init__(settings)

    def load(self) -> object:
        """The application of the worker, with the gauge and the floor."""
        app = super().load()
        response = (self.folder / "response.xml").read_bytes()
        idp, service = (kept_peer(self.folder, n) for n in (self.peers.idp, self.peers.service))
        ours, signing = own_keys(self.settings)
        return gauged(app, floor(response, idp, service, ours, signing))  # type: ignore[arg-type]


def main() -> None:
    """Serve until told to stop."""
    own = {name: value for name, value in os.environ.items() if name.startswith("BROKER_")}
    folder, service, idp = sys.argv[1:]
    Gauged(read_settings(own), Path(folder), Peers(service, idp)).run()


if __name__ == "__main__":
    main()
