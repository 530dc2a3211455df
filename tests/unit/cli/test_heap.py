"""Threads of a worker share one heap: memory that one of them frees is there for all."""

import subprocess
import sys

import pytest

# glibc writes one <heap> for each that it has; four threads at a time take memory of C's.
PROGRAM = """
import ctypes, sys, threading
if sys.argv[1] == "shared":
    from broker.cli.heap import share_heap
    share_heap()
c = ctypes.CDLL(None)
c.malloc.restype, c.malloc.argtypes = ctypes.c_void_p, (ctypes.c_size_t,)
together = threading.Barrier(4)
def take():
    together.wait()
    c.malloc(5000)
    together.wait()
threads = [threading.Thread(target=take) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
c.fdopen.restype, c.malloc_info.argtypes = ctypes.c_void_p, (ctypes.c_int, ctypes.c_void_p)
out = ctypes.c_void_p(c.fdopen(1, b"w"))
c.malloc_info(0, out)
c.fflush(out)
"""


@pytest.mark.parametrize(
    ("how", "environ", "one"),
    [
        ("alone", {}, False),
        ("shared", {}, True),
        ("shared", {"MALLOC_ARENA_MAX": "4"}, False),
        ("shared", {"GLIBC_TUNABLES": "glibc.malloc.arena_max=4"}, False),
    ],
)
def test_one_heap_unless_somebody_says_otherwise(
    how: str, environ: dict[str, str], *, one: bool
) -> None:
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM, how],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONMALLOC": "pymalloc", **environ},
    )
    assert (told.stdout.count("<heap ") == 1) is one
