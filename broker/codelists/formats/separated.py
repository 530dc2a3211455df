"""Files with columns: SOR in both forms, the SHAK-SOR map, and CVR and P-numbers.

Columns are set apart by semicolons, as the register does, or by commas or tabs. Values may
stand in quotes, and in the form `="123"` that keeps a spreadsheet from rounding them.
"""

import csv
from collections.abc import Callable, Mapping, Sequence

from broker.codelists import numbers
from broker.codelists.formats.columns import Heading, heading
from broker.codelists.formats.rows import (
    BadRow,
    Row,
    check_text,
    code_of,
    first_of,
    name_of,
    period_of,
    shown,
)
from broker.codelists.model import CodeFacts, Target, pair

_SEPARATORS = ";,\t"


def heading_of(text: str, wanted: Target | None) -> tuple[Heading, str] | None:
    """The heading that a first line is and what sets its columns apart, or None."""
    separator = max(_SEPARATORS, key=text.count)
    try:
        names = cells_of(text, separator)
    except BadRow:
        return None
    found = heading(names, wanted)
    return None if found is None else (found, separator)


def cells_of(text: str, separator: str) -> list[str]:
    """The values of one line. Raises BadRow("codelist.row")."""
    try:
        (cells,) = csv.reader([text], delimiter=separator, strict=True)
    except (csv.Error, ValueError):
        raise BadRow("codelist.row", "the quotes of the row don't match") from None
    return [_unwrapped(cell) for cell in cells]


def is_open(text: str) -> bool:
    """Whether a value in quotes goes on after the end of the line."""
    return text.count('"') % 2 == 1


def row_of(cells: Sequence[str], head: Heading, line: int) -> Row:
    """What a row says. Raises BadRow."""
    if len(cells) < head.width or any(cells[head.width :]):
        words = f"the row has {len(cells)} columns where the heading has {head.width}"
        raise BadRow("codelist.row", words)
    return _ROWS[head.format.target](cells, head, line)


def _sor(cells: Sequence[str], head: Heading, line: int) -> Row:
    code = code_of("sor", head.value(cells, "code"))
    since, until = period_of(head.value(cells, "since"), head.value(cells, "until"), code)
    ways = (head.value(cells, field) for field in ("parent", "institution", "owner"))
    parent = next((way for way in ways if way not in ("", code)), None)
    if parent is not None and not numbers.is_sor(parent):
        words = f"{code} hangs below {shown(parent)}, which is no SOR id"
        raise BadRow("codelist.parent", words, code)
    odd: list[str] = []
    facts = CodeFacts(
        name=name_of(head.value(cells, "name"), code),
        parent=parent,
        kind=_text(cells, head, "type", code) or _text(cells, head, "kind", code),
        cvr=_kept(head.value(cells, "cvr"), numbers.is_cvr, f"CVR number of {code}", odd),
        shak=_kept(head.value(cells, "shak"), numbers.is_shak, f"SHAK code of {code}", odd),
        region=_text(cells, head, "region", code),
        specialty=_text(cells, head, "specialty", code),
    )
    return Row(
        line,
        code,
        since,
        until,
        facts,
        _successor(cells, head, code, numbers.is_sor, odd),
        first_of(head.value(cells, "first"), code),
        tuple(odd),
    )


def _pnumber(cells: Sequence[str], head: Heading, line: int) -> Row:
    code = code_of("pnumber", head.value(cells, "code"))
    cvr = head.value(cells, "cvr")
    if not numbers.is_cvr(cvr):
        words = f"{code} belongs to {shown(cvr)}, which is no CVR number"
        raise BadRow("codelist.cvr", words, code)
    return _plain(cells, head, line, code, cvr, numbers.is_pnumber)


def _cvr(cells: Sequence[str], head: Heading, line: int) -> Row:
    code = code_of("cvr", head.value(cells, "code"))
    return _plain(cells, head, line, code, code, numbers.is_cvr)


def _plain(
    cells: Sequence[str],
    head: Heading,
    line: int,
    code: str,
    cvr: str,
    holds: Callable[[str], bool],
) -> Row:
    since, until = period_of(head.value(cells, "since"), head.value(cells, "until"), code)
    odd: list[str] = []
    facts = CodeFacts(
        name=name_of(head.value(cells, "name"), code),
        kind=_text(cells, head, "kind", code),
        cvr=cvr,
    )
    successor = _successor(cells, head, code, holds, odd)
    return Row(line, code, since, until, facts, successor, odd=tuple(odd))


def _map(cells: Sequence[str], head: Heading, line: int) -> Row:
    shak = code_of("shak", head.value(cells, "shak"))
    sor = code_of("sor", head.value(cells, "sor"))
    key = pair(shak, sor)
    since, until = period_of(head.value(cells, "since"), head.value(cells, "until"), key)
    return Row(line, key, since, until, CodeFacts(name=""))


def _successor(
    cells: Sequence[str],
    head: Heading,
    code: str,
    holds: Callable[[str], bool],
    odd: list[str],
) -> str | None:
    found = _kept(head.value(cells, "replaced_by"), holds, f"successor of {code}", odd)
    return None if found == code else found


def _kept(text: str, holds: Callable[[str], bool], what: str, odd: list[str]) -> str | None:
    """A value beside the code; one without the right shape is left out, and told of."""
    if not text:
        return None
    if holds(text):
        return text
    odd.append(f"the {what} can't be {shown(text)} and is left out")
    return None


def _text(cells: Sequence[str], head: Heading, field: str, code: str) -> str:
    text = head.value(cells, field)[:100]
    check_text(text, code)
    return text


def _unwrapped(cell: str) -> str:
    cell = cell.strip()
    if len(cell) > 2 and cell.startswith('="') and cell.endswith('"'):
        cell = cell[2:-1].strip()
    return cell


_ROWS: Mapping[Target, Callable[[Sequence[str], Heading, int], Row]] = {
    "sor": _sor,
    "cvr": _cvr,
    "pnumber": _pnumber,
    "shak-sor": _map,
}
