"""WSGI around a hub: what its process, and the children that it waited for, have used so far.

Nothing but the standard library is imported here: SATOSA's environment has nothing of ours.
"""

import json
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

USED = "/-/used"
FLOOR = "/-/floor"
PROFILE = "/-/profile"

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def used() -> dict[str, float]:
    """CPU seconds of this process and of its children, resident bytes now and at most."""
    times = os.times()
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    status = dict(line.split(":", 1) for line in lines)
    children = times.children_user + times.children_system
    return {
        "cpu": time.process_time() + children,
        "children": children,
        "resident": int(status["VmRSS"].split()[0]) * 1024,
        "most": int(status["VmHWM"].split()[0]) * 1024,
    }


def gauged(
    app: Wsgi, floor: Callable[[], None] | None = None, profile: Callable[[], str] | None = None
) -> Wsgi:
    """The hub, and beside it what it used; `floor` is run where its path is asked, and timed."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == PROFILE and profile is not None:
            start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
            return [profile().encode()]
        if path not in (USED, FLOOR):
            return app(environ, start_response)
        before = time.process_time()
        if path == FLOOR and floor is not None:
            floor()
        told = json.dumps({**used(), "took": time.process_time() - before}).encode()
        start_response("200 OK", [("Content-Type", "application/json")])
        return [told]

    return answer
