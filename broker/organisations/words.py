"""What administrators may write: short, readable, and never a CPR number."""

import re
import unicodedata

from broker.errors import Refused
from broker.organisations.model import Deed

NAME, MAIL, REASON, CASE, UNIT_KEY, UNIT, GROUP = 200, 254, 500, 64, 64, 18, 120

# A day, a month, a year and four digits more; days of replacement numbers are 60 higher.
_CPR = re.compile(
    r"(?<!\d)(?:0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])[ ./_-]?(?:0[1-9]|1[0-2])[ ./_-]?"
    r"(?:18|19|20)?\d\d[ ./_\u2010–-]{0,3}\d{4}(?!\d)",
    re.ASCII,
)
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_P_NUMBER = re.compile(r"P\d{10}")
_P_CODED = re.compile(r"(?<=pnumber=)1\d{9}(?!\d)|\bP1\d{9}\b", re.ASCII)
_P_ALONE = re.compile(rf"\b1\d{{9}}\b|{_P_CODED.pattern}", re.ASCII)
# Ids and digests, with what begins the id of a message: ten digits in a row are an accident there.
_MADE = re.compile(
    r"(?<![0-9a-z])(?:_|id-?)?(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,128})"
    r"(?![0-9a-z])",
    re.IGNORECASE,
)
# What is nobody's number in a document of metadata: addresses, phones, and ids.
_OF_METADATA = re.compile(
    r"""https?://[^\s"'<>]*|<(?:\w+:)?TelephoneNumber\b[^<]*|\bID=(?:"[^"]*"|'[^']*')""",
    re.ASCII,
)
_WEIGHTS = (2, 7, 6, 5, 4, 3, 2, 1)


def holds_cpr(text: str, *, p_numbers: bool = False) -> bool:
    """Whether something in it looks like a CPR number, in whatever letters it is written.

    P-numbers have ten digits and begin with 1, so that nothing tells many of them from the CPR
    number of a tenth. They pass where they are said to be one, or where `p_numbers` are asked for.
    """
    coded = _P_ALONE if p_numbers else _P_CODED
    said = _MADE.sub("x", unicodedata.normalize("NFKC", text))
    return _CPR.search(coded.sub("x", said)) is not None


def document_holds_cpr(text: str) -> bool:
    """The same of a document of metadata, past the numbers that such a document is made of."""
    return holds_cpr(_OF_METADATA.sub("x", text))


def line(what: str, value: str, longest: int) -> str:
    """One line of text, trimmed.

    Raises Refused("input.empty" | "input.too_long" | "input.unreadable" | "input.cpr").
    """
    said = unicodedata.normalize("NFC", value).strip()
    if not said:
        raise Refused("input.empty", f"{what} is missing")
    if len(said) > longest:
        raise Refused("input.too_long", f"{what} is longer than {longest} characters")
    if any(unicodedata.category(letter) in _UNSEEN for letter in said):
        raise Refused("input.unreadable", f"{what} holds characters that nobody can see")
    if holds_cpr(said):
        words = f"{what} looks like it holds a CPR number; write it without"
        raise Refused("input.cpr", words)
    return said


def optional(what: str, value: str | None, longest: int) -> str | None:
    """The same where nothing may be said too. Raises what `line` does."""
    return line(what, value, longest) if value and value.strip() else None


def mail(value: str | None) -> str | None:
    """A mail address, or None. Raises Refused("input.mail") and what `line` does."""
    said = optional("the mail address", value, MAIL)
    if said is not None and not _MAIL.fullmatch(said):
        raise Refused("input.mail", "that is no mail address")
    return said


def cvr(value: str) -> str:
    """A CVR number: eight digits, the first not 0. Raises Refused("input.cvr")."""
    said = value.strip()
    if not re.fullmatch(r"[1-9]\d{7}", said, re.ASCII):
        raise Refused("input.cvr", "a CVR number has eight digits and does not begin with 0")
    return said


def cvr_warning(number: str) -> str | None:
    """Words where the check digit does not fit; a few numbers in use have one that does not."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=True))
    return None if total % 11 == 0 else f"the check digit of CVR {number} does not fit"


def unit_key(value: str) -> str:
    """What tells several organisations of one CVR number apart; mostly nothing.

    A P-number is written with its letter, P1003334567, since ten digits may be a CPR number.
    """
    said = value.strip()
    return said if not said or _P_NUMBER.fullmatch(said) else line("the unit", said, UNIT_KEY)


def deed(of: Deed) -> Deed:
    """The deed with its words checked: no change without a reason.

    Raises Refused("change.reason") where there is none, and what `line` does.
    """
    if not of.reason.strip():
        raise Refused("change.reason", "say why: every change is recorded with its reason")
    return Deed(
        at=of.at,
        reason=line("the reason", of.reason, REASON),
        reference=of.reference,
        case_no=optional("the case number", of.case_no, CASE),
    )
