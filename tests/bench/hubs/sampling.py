"""Where a worker's CPU time goes: its stack, looked at every so often while it computes."""

import signal
from collections import Counter
from pathlib import Path
from types import FrameType

EVERY = 0.0005  # seconds of CPU between two looks

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
        """Begin; in the main thread."""
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)

    def _look(self, _number: int, frame: FrameType | None) -> None:
        stack = []
        while frame is not None:
            stack.append((frame.f_code.co_filename, frame.f_code.co_name))
            frame = frame.f_back
        if not any("gunicorn/workers/sync.py" in file and name == "handle" for file, name in stack):
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
        every = max(1, sum(self.leaves.values()))
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
