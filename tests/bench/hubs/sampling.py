"""Where a worker's time goes: stacks, looked at every so often while a request is answered."""

import sys
import threading
import time
from collections import Counter
from pathlib import Path
from types import FrameType

_WORKER = "gunicorn/workers/gthread.py"
EVERY = 0.001  # seconds between two looks

PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    # The first part whose file is anywhere on the stack has the sample, from the inside out.
    ("database", ("sqlalchemy/", "broker/db/")),
    ("pages", ("jinja2/", "templates/")),
    ("cryptography and XML", ("broker/saml/", "saml2/")),
    ("cookies", ("broker/sealing.py", "broker/login/seal.py")),
    ("logging", ("/logging/", "broker/audit/log.py", "broker/web/logging.py", "gunicorn/glogging")),
    ("roles", ("broker/roles/",)),
    ("login", ("broker/",)),
    ("Flask", ("flask/", "werkzeug/")),
    ("gunicorn", ("gunicorn/",)),
)


class Sampler:
    """Counts by function, and by part of the house."""

    def __init__(self) -> None:
        self.parts: Counter[str] = Counter()
        self.within: Counter[str] = Counter()
        self.leaves: Counter[str] = Counter()

    def start(self) -> None:
        """Begin."""
        sys.setswitchinterval(EVERY / 10)  # so that it comes to look while another thread works
        threading.Thread(target=self._go_on, name="sampler", daemon=True).start()

    def _go_on(self) -> None:
        while True:
            time.sleep(EVERY)
            for frame in sys._current_frames().values():  # noqa: SLF001  # nothing else tells them
                self._count(frame)

    def _count(self, frame: FrameType | None) -> None:
        stack = []
        while frame is not None:
            stack.append((frame.f_code.co_filename, frame.f_code.co_name))
            frame = frame.f_back
        if not any(_WORKER in file and name == "handle" for file, name in stack):
            return
        if any("hubs/floor.py" in file for file, _ in stack):
            return
        for file, _ in stack:
            part = next((p for p, marks in PARTS if any(m in file for m in marks)), None)
            if part is not None:
                self.parts[part] += 1
                break
        named = [f"{_short(file)}:{name}" for file, name in stack]
        self.leaves[named[0]] += 1
        self.within.update(set(named))

    def table(self, most: int = 60) -> str:
        """What was seen so far, as text."""
        every = sum(self.leaves.values())
        if not every:
            return f"Nothing was seen: is the worker that of {_WORKER}?"
        lines = [f"{every} samples"]
        for title, counted in (
            ("by part", self.parts),
            ("with what it calls", self.within),
            ("by itself", self.leaves),
        ):
            lines.append(f"\n{title}")
            lines += [f"{100 * n / every:6.1f} %  {what}" for what, n in counted.most_common(most)]
        return "\n".join(lines)


def _short(file: str) -> str:
    for mark in ("site-packages/", "/broker/", "/python3."):
        if mark in file:
            return ("broker/" if mark == "/broker/" else "") + file.split(mark, 1)[1]
    return Path(file).name
