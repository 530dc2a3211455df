"""What a worker does about its memory before it serves.

One heap for all its threads, where the C library is glibc.
Left to itself glibc gives every thread a heap of its own, and messages leave holes in each that
no other thread can use: a worker grew for hours by some kilobytes a login. Python's threads take
turns anyway, so that they seldom wait for one another at a heap that they share. This is
what MALLOC_ARENA_MAX=1 says to a program that is started with it; mallopt(3).
"""

import ctypes
import gc
import os

# A login makes thousands of objects, and nearly all go without the collector, which by Python's
# default looks for rings among them after every seven hundred.
GARBAGE = 20_000
_TUNABLES = "GLIBC_TUNABLES"
_ARENA_MAX = -8  # as <malloc.h> has it


def share_heap() -> None:
    """From here on; where the environment says how many, somebody has decided otherwise."""
    choose = getattr(ctypes.CDLL(None), "mallopt", None)
    decided = "MALLOC_ARENA_MAX" in os.environ or "arena_max" in os.environ.get(_TUNABLES, "")
    if choose is not None and not decided:
        choose(_ARENA_MAX, 1)


def settle() -> None:
    """What is there now stays: a collection need not go through it again, and comes less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE)
