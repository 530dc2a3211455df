"""What a message costs, without what the tests around it cost."""

import contextlib
import gc
import resource
import time
from collections.abc import Iterator


class Meter:
    """CPU of this thread in seconds, and growth of this process in kilobytes.

    Nobody looks for garbage meanwhile: that goes through all that thousands of tests have left
    in the process, a second's work that falls upon whichever message is there.
    """

    def __init__(self) -> None:
        self._size, self._started, self._collects = 0, 0.0, True

    def begin(self) -> None:
        """From here on."""
        self._collects = gc.isenabled()
        gc.disable()
        self._size = _peak()
        self._started = time.thread_time()

    def end(self) -> tuple[float, int]:
        """Until here."""
        seconds = time.thread_time() - self._started
        kilobytes = _peak() - self._size
        if self._collects:
            gc.enable()
        return seconds, kilobytes


@contextlib.contextmanager
def cheap(seconds: float, kilobytes: int) -> Iterator[None]:
    """What happens inside takes less than that."""
    meter = Meter()
    meter.begin()
    try:
        yield
    finally:
        took, grew = meter.end()
    assert took < seconds, "seconds of CPU"
    assert grew < kilobytes, "kilobytes of memory"


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
