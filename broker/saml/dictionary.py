"""The names that lxml remembers, forgotten before a stranger can make them many.

lxml keeps one dictionary of names for each thread, with every name of an element, an attribute
or a prefix that the thread ever parsed, for as long as the thread lives. A worker's threads live
as long as it does, and a message may hold tens of thousands of names that nobody had before: 256
kB of them leave 700 kB behind, whether or not they are refused afterwards. So the dictionary goes
when enough was read with it. Trees that were read before keep it between them until they end, as
they do when a thread ends; the next parse begins another.

lxml has no word for this. What ends a thread's dictionary with the thread is where it is kept,
and from there it is taken; were that another place one day, nothing would happen here, and a
test would show that memory grows.
"""

import ctypes
import threading

ENOUGH = 512 * 1024  # bytes of messages; a login reads some 20 kB
_KEPT_AS = "_ParserDictionaryContext"

_thread_state = ctypes.pythonapi.PyThreadState_GetDict
_thread_state.argtypes, _thread_state.restype = (), ctypes.c_void_p


class _Read(threading.local):
    size = 0


_READ = _Read()


def reading(size: int) -> None:
    """So many bytes are about to be parsed: begin a new dictionary where enough was read."""
    _READ.size += size
    if _READ.size > ENOUGH:
        _READ.size = size
        _forget()


def _forget() -> None:
    place = _thread_state()
    if place:
        ctypes.cast(place, ctypes.py_object).value.pop(_KEPT_AS, None)
