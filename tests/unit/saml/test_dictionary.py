"""Names that strangers make up are forgotten, by a thread that lives on as by one that ends."""

import ctypes
import threading
from collections.abc import Callable
from typing import ClassVar

import pytest
from lxml import etree

from broker.errors import Refused
from broker.saml import dictionary, names
from broker.saml.metadata_xml import parse_metadata
from broker.saml.xml import MAX_BYTES, isolate, like, parse

MB = 2**20


def made_up(number: int) -> bytes:
    """A message of the size that is allowed, nearly all of it names that no other one has."""
    inside: list[str] = []
    size = 0
    while size < MAX_BYTES - 1000:
        named = "".join(f' a{number:x}{len(inside):x}.{n:x}=""' for n in range(60))
        inside.append(f"<b{named}/>")
        size += len(inside[-1])
    return f'<p:Response xmlns:p="{names.SAMLP}">{"".join(inside)}</p:Response>'.encode()


class Heap(ctypes.Structure):
    """What glibc's `mallinfo2` tells; malloc_info(3) has the words."""

    _fields_: ClassVar[list[tuple[str, type]]] = [
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    ]


_heap = ctypes.CDLL(None).mallinfo2
_heap.restype = Heap


def in_use() -> int:
    """Bytes that C code has and has not given back, whatever the allocator keeps beside them."""
    heap = _heap()
    return int(heap.uordblks + heap.hblkhd)


def grown(read: Callable[[bytes], object]) -> int:
    """By how many bytes a thread grows that reads sixteen such messages after the first four."""
    found: list[int] = []

    def run() -> None:
        for number in range(20):
            if number == 4:
                found.append(in_use())
            read(made_up(number))
        found.append(in_use())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[1] - found[0]


@pytest.mark.parametrize("read", [parse, parse_metadata])
def test_h05_made_up_names_leave_nothing_behind(read: Callable[[bytes], object]) -> None:
    assert grown(read) < MB


def test_lxml_would_keep_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dictionary, "ENOUGH", 2**62)
    assert grown(parse) > 5 * MB


def test_trees_outlive_the_dictionary_that_they_were_read_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dictionary, "ENOUGH", 0)
    raw = b'<p:a xmlns:p="urn:p"><p:b c="1">x<d/>y</p:b><p:e/></p:a>'
    for _ in range(200):
        older, newer = parse(raw), parse(raw)
        whole = like(newer)
        whole.extend([*older, *newer])
        alone = isolate(whole[0])
        with pytest.raises(Refused, match=r"malformed\.xml"):
            parse(b"<nothing")
        assert etree.tostring(alone) == b'<p:b xmlns:p="urn:p" c="1">x<d/>y</p:b>'
        assert [child.tag for child in whole] == ["{urn:p}b", "{urn:p}e", "{urn:p}b", "{urn:p}e"]
