"""The code lists that delimit roles."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class CodeListLoaded:
    """A file of a code list, or of the map between two, was loaded; how many codes it changed."""

    NAME: ClassVar[str] = "codelist.loaded"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by"})

    code_list: str
    source: str
    counts_from: str  # ISO 8601 with an offset
    rows: int
    new: int
    changed: int
    closed: int
    unchanged: int
    refused: int  # rows that were left out
    by: str
    reason: str


EXAMPLES: tuple[CodeListLoaded, ...] = (
    CodeListLoaded(
        code_list="sor",
        source="sor.csv",
        counts_from="2026-03-02T00:00:00+00:00",
        rows=61,
        new=60,
        changed=0,
        closed=0,
        unchanged=0,
        refused=1,
        by="operator",
        reason="nightly load",
    ),
)
