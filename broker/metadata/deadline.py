"""A time limit on the whole of a fetch, not on each of its reads."""

import socket
import threading
import time
from contextlib import suppress


class Deadline:
    """Cuts connections at an instant, whatever they are waiting for.

    A time limit on each read is none on the whole: a byte every other second keeps such a
    connection open for as long as the other side likes, in its headers as in its body.
    """

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self._watched: list[socket.socket] = []
        self._timer = threading.Timer(max(seconds, 0.0), self._cut)
        self._timer.daemon = True

    def __enter__(self) -> "Deadline":
        self._timer.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._timer.cancel()
        for watched in self._watched:
            watched.close()

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self._ends

    def watch(self, made: socket.socket) -> None:
        """Cut this connection too; through a handle of our own, since TLS takes over the other."""
        self._watched.append(made.dup())

    def _cut(self) -> None:
        for watched in self._watched:
            with suppress(OSError):
                watched.shutdown(socket.SHUT_RDWR)
