"""Files of fixed width: shakcomplete.txt and the SKS files of the same family.

    1-3     record type: `sgh` and `afd` in SHAK, others in SKS
    4-23    code
    24-31   from which day, yyyymmdd
    32-39   when last changed
    40-47   until which day, the last on which it holds
    48-167  text

What a code hangs below is not written: it is the longest other code that it begins with.
"""

import re

from broker.codelists.formats.rows import BadRow, Row, code_of, name_of, period_of
from broker.codelists.model import CodeFacts, ListId

SHAK_RECORDS = ("sgh", "afd", "afs")

_SHAPE = re.compile(r"[a-zæøå]{3}[0-9A-Z][0-9A-Z ]{19}[0-9]{8}[0-9 ]{8}[0-9 ]{8}\s*\S")


def list_of(text: str) -> ListId | None:
    """The list that a line of fixed width belongs to; None where it has another shape."""
    if not _SHAPE.match(text):
        return None
    return "shak" if text.startswith(SHAK_RECORDS) else "sks"


def row_of(text: str, list_id: ListId, line: int) -> Row:
    """What a line says. Raises BadRow."""
    if len(text) < 48:
        raise BadRow("codelist.row", "the row is too short")
    kind, code = text[:3], code_of(list_id, text[3:23].strip())
    if (list_id == "shak") != (kind in SHAK_RECORDS):
        raise BadRow("codelist.record", f"{code} is a record of another list", code)
    since, until = period_of(text[23:31], text[39:47], code)
    return Row(line, code, since, until, CodeFacts(name_of(text[47:167], code), kind=kind))
