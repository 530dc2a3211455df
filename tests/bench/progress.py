"""How far a load is: one line for each stage, written over as it goes on."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType

import click

Say = Callable[[str, int, int], None]  # what, how many are done, of how many

_EVERY = 0.1  # seconds


@dataclass(slots=True)
class Stages:
    """Tells on standard error what is being done; where nobody watches, once for each stage."""

    _line: str = ""
    _doing: str = ""
    _told: float = 0.0
    _began: float = field(default_factory=time.perf_counter)

    def __enter__(self) -> Say:
        return self._say

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def _say(self, doing: str, done: int, of: int) -> None:
        if doing != self._doing:
            self._end()
            self._doing = doing
        now = time.perf_counter()
        self._line = (
            f"{now - self._began:6.1f} s  {doing:<20} {min(done * 100 // of, 100):>3} %"
            f"  {done:>9,} of {of:,}"
        )
        if sys.stderr.isatty() and now - self._told > _EVERY:
            self._told = now
            click.echo(f"\r\x1b[K{self._line}", nl=False, err=True)

    def _end(self) -> None:
        if self._line:
            click.echo(f"\r\x1b[K{self._line}" if sys.stderr.isatty() else self._line, err=True)
        self._line = ""
