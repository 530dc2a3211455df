"""Where codes hang: cycles and hierarchies without end are found, and cut loose. Pure.

What is cut hangs at the top, below nothing. So a fault in a file can make "everything below"
smaller than it should be, and never larger.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass

MAX_DEPTH = 20  # levels; the register has about six

Parents = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Cuts:
    """Codes to hang at the top: those of a cycle, and those where a hierarchy gets too deep."""

    cycles: frozenset[str]
    deep: frozenset[str]


def cuts(parents: Parents, movable: Set[str]) -> Cuts:
    """Which codes to hang at the top, so that every way up ends, within MAX_DEPTH steps.

    Only `movable` codes are cut; a cycle that has none is left for whoever made it, and does
    not keep this from ending.
    """
    depth: dict[str, int] = {}
    cycles: set[str] = set()
    deep: set[str] = set()
    for start in parents:
        way: list[str] = []
        on_way: set[str] = set()
        code: str | None = start
        while code is not None and code in parents and code not in depth and code not in on_way:
            way.append(code)
            on_way.add(code)
            code = parents[code]
        if code is not None and code in on_way:
            cycles.update(each for each in way[way.index(code) :] if each in movable)
            level = -1
        else:
            level = depth.get(code, -1) if code is not None else -1
        for below in reversed(way):
            level = 0 if below in cycles else level + 1
            if level > MAX_DEPTH and (top := _nearest(below, parents, movable)) is not None:
                deep.add(top)
                level = 0 if top == below else level
            depth[below] = level
    return Cuts(frozenset(cycles), frozenset(deep))


def _nearest(code: str, parents: Parents, movable: Set[str]) -> str | None:
    """The code itself or the first above it that may be moved; none is further than too deep."""
    at: str | None = code
    for _ in range(MAX_DEPTH + 2):
        if at is None or at in movable:
            return at
        at = parents.get(at)
    return None
