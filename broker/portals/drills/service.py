"""Start a drill in a process of its own, and keep what it found."""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from broker.clock import Clock
from broker.db import Engine, reading, writing
from broker.errors import Refused
from broker.metadata.report import Occasion
from broker.portals.drills import store
from broker.portals.drills.model import PATIENCE, Drill
from broker.settings import Settings

_LOG = logging.getLogger("broker.portals")
THREAD = "drill"
_MOST = 2000  # characters of what a process that failed said


@dataclass(frozen=True, slots=True)
class Drills:
    """Drills of one installation."""

    engine: Engine
    settings: Settings
    clock: Clock

    def newest(self, federation: str, plan: str) -> Drill | None:
        """The drill of a plan that began last."""
        with reading(self.engine) as connection:
            return store.newest(connection, federation, plan)

    def start(
        self,
        federation: str,
        plan: str,
        occasion: Occasion,
        *,
        registered: bool,
        span: tuple[datetime, datetime] | None = None,
    ) -> Drill:
        """Let one begin, of the whole plan or of a span of it.

        Raises Refused("rollover.drill_runs") while another runs there.
        `plan` is the code of one that is known; nothing that somebody typed becomes a command.
        """
        with writing(self.engine) as connection:
            last = store.newest(connection, federation)
            if last is not None and last.state(occasion.at) == "running":
                raise Refused("rollover.drill_runs", f"{last.plan} is rehearsed right now")
            begun = Drill(0, federation, plan, registered, occasion.at, occasion.by)
            drill = store.add(connection, begun)
        command = [sys.executable, "-m", "broker.cli", "rollover", "simulate", plan, "--json"]
        command += ["--registered"] if registered else []
        if span is not None:
            command += ["--from", span[0].isoformat(), "--to", span[1].isoformat()]
        threading.Thread(target=self._run, args=(drill, command), name=THREAD, daemon=True).start()
        return drill

    def _run(self, drill: Drill, command: list[str]) -> None:
        try:
            ended = subprocess.run(  # noqa: S603 # no shell; our program, a code of the registry
                command,
                env=self._environment(),
                capture_output=True,
                text=True,
                timeout=PATIENCE.total_seconds(),
                check=False,
            )
            failed = ended.returncode != 0
            found = ended.stderr.strip()[-_MOST:] if failed else ended.stdout
        except (OSError, subprocess.TimeoutExpired) as error:
            failed, found = True, type(error).__name__
        with writing(self.engine) as connection:
            store.finish(connection, drill.number, self.clock(), found, failed=failed)
        _LOG.info("drill.ended", extra={"plan": drill.plan, "failed": failed})

    def _environment(self) -> Mapping[str, str]:
        settings = self.settings
        own = {
            "BROKER_DATA": str(settings.data),
            "BROKER_ORIGIN": settings.origin,
            "BROKER_DATABASE_URL": settings.database_url,
        }
        return {**os.environ, **own}
