"""What a message costs, without what the tests around it cost."""

import contextlib
import gc
import resource
import threading
import time
from collections.abc import Iterator, Mapping


class _Garbage(threading.local):
    """The CPU that a thread spent on looking for garbage, in seconds."""

    began, spent = 0.0, 0.0


_garbage = _Garbage()


def _collecting(phase: str, _told: Mapping[str, int]) -> None:
    if phase == "start":
        _garbage.began = time.thread_time()
    else:
        _garbage.spent += time.thread_time() - _garbage.began


gc.callbacks.append(_collecting)


class Meter:
    """CPU of this thread in seconds, and growth of this process in kilobytes.

    Without the search for garbage: that goes through all that thousands of tests have left in
    the process, a second's work that falls upon whichever message is there.
    """

    def __init__(self) -> None:
        self._size, self._started = 0, 0.0

    def begin(self) -> None:
        """From here on."""
        self._size, self._started = _peak(), _worked()

    def end(self) -> tuple[float, int]:
        """Until here."""
        return _worked() - self._started, _peak() - self._size


@contextlib.contextmanager
def cheap(seconds: float, kilobytes: int) -> Iterator[None]:
    """What happens inside takes less than that."""
    meter = Meter()
    meter.begin()
    yield
    took, grew = meter.end()
    assert took < seconds, "seconds of CPU"
    assert grew < kilobytes, "kilobytes of memory"


def _worked() -> float:
    return time.thread_time() - _garbage.spent


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
