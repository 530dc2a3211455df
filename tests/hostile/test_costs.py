"""The meter itself: work counts, and the search for garbage does not."""

import gc
import time

import pytest

from tests.hostile.costs import Meter, cheap


def test_work_counts_and_the_search_for_garbage_does_not() -> None:
    meter = Meter()
    kept = [[number] for number in range(200_000)]  # something to look through
    began = time.thread_time()
    meter.begin()
    for _ in range(5):
        gc.collect()
    took, _grew = meter.end()
    assert took < (time.thread_time() - began) / 5
    assert len(kept) == 200_000
    with pytest.raises(AssertionError, match="CPU"), cheap(0.001, 1_000_000):
        sum(range(1_000_000))


def test_memory_counts() -> None:
    with pytest.raises(AssertionError, match="memory"), cheap(60, 50 * 1024):
        assert len(b"x" * (2**30)) == 2**30
