"""One gunicorn worker of the broker with a gauge around it: `python -m tests.bench.hubs.worker`.

The settings come from the environment as for `broker serve`, whose server this is. FOLDER has
the peers' certificates, and a Response for the floor.
"""

import os
import sys
from pathlib import Path
from typing import Any

from broker.cli.server import Server
from broker.settings import Settings, read_settings
from tests.bench.hubs.gauge import gauged
from tests.bench.hubs.kept import kept_floor
from tests.bench.hubs.sampling import Sampler


class Gauged(Server):
    """The broker's own server; its application has a gauge around it."""

    def __init__(
        self, settings: Settings, folder: Path, idp: str, service: str, *, profile: bool = False
    ) -> None:
        self.settings, self.folder, self.idp, self.service = settings, folder, idp, service
        self.profile = profile
        super().__init__(settings)

    def load(self) -> Any:  # as the server's
        """The application of the worker, with the gauge and the floor."""
        app = super().load()
        run = kept_floor(self.folder, self.idp, self.service, self.settings)
        if not self.profile:
            return gauged(app, run)
        sampler = Sampler()
        sampler.start()
        return gauged(app, run, sampler.table)


def main() -> None:
    """Serve until told to stop."""
    own = {name: value for name, value in os.environ.items() if name.startswith("BROKER_")}
    folder, service, idp, *more = sys.argv[1:]
    Gauged(read_settings(own), Path(folder), idp, service, profile="--profile" in more).run()


if __name__ == "__main__":
    main()
