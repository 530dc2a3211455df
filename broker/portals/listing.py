"""Pages of a long list: how many there are, which are shown, and where the others are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
SIZE = 50
_LAST = 100_000


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """One page of a list. `total` is of the whole list after filtering."""

    rows: Sequence[T]
    number: int  # 1 is the first
    total: int
    size: int = SIZE

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def near(self) -> tuple[int, ...]:
        """The page numbers to offer: around this one, and both ends."""
        around = range(self.number - 2, self.number + 3)
        wanted = {1, self.pages, *around}
        return tuple(sorted(n for n in wanted if 1 <= n <= self.pages))


def asked_page(value: str | None) -> int:
    """The page number in an address; the first where it is none."""
    good = value is not None and value.isascii() and value.isdigit() and len(value) < 7
    return max(1, min(int(value or "1"), _LAST)) if good else 1


def paged(rows: Sequence[T], number: int, size: int = SIZE) -> Listed[T]:
    """One page of a list that is at hand as a whole; long ones are cut where they are read."""
    last = max(1, -(-len(rows) // size))
    at = min(number, last)
    return Listed(rows[(at - 1) * size : at * size], at, len(rows), size)
