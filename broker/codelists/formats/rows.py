"""One row of a file, whichever file it is, and what a single value may look like."""

from dataclasses import dataclass
from datetime import datetime

from broker.codelists import dates, numbers
from broker.codelists.model import CodeFacts, ListId
from broker.codelists.timeline import BEGINNING
from broker.periods import Period

LONGEST_NAME = 300  # characters

# A spreadsheet runs what begins like this, and people open lists in spreadsheets.
_FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class Row:
    """What one row says of one code; `since` is BEGINNING where it does not say."""

    line: int
    code: str
    since: datetime
    until: datetime
    facts: CodeFacts
    replaced_by: str | None = None
    first: datetime | None = None  # when the code began, where this row is only its latest change
    odd: tuple[str, ...] = ()  # what is odd about it, in words


class BadRow(Exception):
    """A row that does not hold: a stable code, words, and whose row it is where that is known."""

    def __init__(self, code: str, words: str, of: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.words = words
        self.of = of


def code_of(list_id: ListId, text: str) -> str:
    """A code as it is kept. Raises BadRow("codelist.code")."""
    words = numbers.fault(list_id, text)
    if words is not None:
        raise BadRow("codelist.code", f"{shown(text)}: {words}")
    return text


def name_of(text: str, code: str) -> str:
    """A name as it is kept. Raises BadRow("codelist.name" | "codelist.formula")."""
    text = text.strip()
    if not text:
        raise BadRow("codelist.name", f"{code} has no name", code)
    if len(text) > LONGEST_NAME:
        raise BadRow("codelist.name", f"{code} has a name over {LONGEST_NAME} characters", code)
    if text.startswith(_FORMULA):
        words = f"the name of {code} begins with {text[0]}, as a spreadsheet's formula does"
        raise BadRow("codelist.formula", words, code)
    check_text(text, code)
    return text


def check_text(text: str, code: str) -> None:
    """Refuse what is no text. Raises BadRow("codelist.name")."""
    # Spaces that don't break are fine; whatever else does not print is not.
    plain = text.replace("\xa0", " ")
    if not plain.isprintable() or "\ufffd" in plain:
        raise BadRow("codelist.name", f"{code} holds characters that are no text", code)


def period_of(since: str, until: str, code: str) -> tuple[datetime, datetime]:
    """When a row holds. Raises BadRow("codelist.date")."""
    try:
        begins, ends = dates.since(since) or BEGINNING, dates.until(until)
        Period(begins, ends)
    except (ValueError, OverflowError):
        words = f"{code} has no usable dates: {shown(since)} to {shown(until)}"
        raise BadRow("codelist.date", words, code) from None
    return begins, ends


def first_of(text: str, code: str) -> datetime | None:
    """When a code began at all. Raises BadRow("codelist.date")."""
    return period_of(text, "", code)[0] if text else None


def shown(text: str) -> str:
    """A value of a file for a sentence: short, in quotes, and nothing that steers a terminal."""
    seen = "".join(letter if letter.isprintable() else "·" for letter in text[:40])
    return f"“{seen}{'…' if len(text) > 40 else ''}”"
