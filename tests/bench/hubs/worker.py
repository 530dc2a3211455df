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
from tests.bench.hubs.sampling import Sampler


class Gauged(Server):
    """The broker's own server; its application has a gauge around it."""

    def __init__(
        self, settings: Settings, folder: Path, peers: Peers, *, profile: bool = False
    ) -> None:
        self.settings, self.folder, self.peers, self.profile = settings, folder, peers, profile
        super().__init__(settings)

    def load_config(self) -> None:
        """The server's own options; Python's signals reach only the thread that is looked at."""
        super().load_config()
        if self.profile:
            self.cfg.set("worker_class", "sync")

    def load(self) -> object:
        """The application of the worker, with the gauge and the floor."""
        app = super().load()
        response = (self.folder / "response.xml").read_bytes()
        idp, service = (kept_peer(self.folder, n) for n in (self.peers.idp, self.peers.service))
        ours, signing = own_keys(self.settings)
        run = floor(response, idp, service, ours, signing)
        if not self.profile:
            return gauged(app, run)  # type: ignore[arg-type]  # Flask's application is WSGI's
        sampler = Sampler()
        sampler.start()
        return gauged(app, run, sampler.table)  # type: ignore[arg-type]  # Flask's application is WSGI's


def main() -> None:
    """Serve until told to stop."""
    own = {name: value for name, value in os.environ.items() if name.startswith("BROKER_")}
    folder, service, idp, *more = sys.argv[1:]
    peers = Peers(service, idp)
    Gauged(read_settings(own), Path(folder), peers, profile="--profile" in more).run()


if __name__ == "__main__":
    main()
