"""The shape and the check digit of each kind of code. Pure; CPR numbers have no place here."""

import re
from collections.abc import Callable, Mapping

from broker.codelists.model import ListId

# Verhoeff's scheme: multiplication in the dihedral group of ten, and a permutation by place.
_PRODUCT = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
_STEP = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
_INVERSE = (0, 4, 3, 2, 1, 5, 6, 7, 8, 9)

_SOR = re.compile(r"[1-9][0-9]{10,17}\Z", re.ASCII)
_SHAK = re.compile(r"[0-9][0-9A-Z]{3}(?:[0-9A-Z]{2}[0-9A-Z]?)?\Z", re.ASCII)
_SKS = re.compile(r"[A-Z][0-9A-Z]{0,19}\Z", re.ASCII)
_EIGHT = re.compile(r"[0-9]{8}\Z", re.ASCII)
_TEN = re.compile(r"[0-9]{10}\Z", re.ASCII)
_CVR_WEIGHTS = (2, 7, 6, 5, 4, 3, 2, 1)

_NAMESPACE = "100001600"  # SOR's namespace within SNOMED CT, and the partition of its ids


def _permutations() -> tuple[tuple[int, ...], ...]:
    rows = [tuple(range(10)), _STEP]
    while len(rows) < 8:
        rows.append(tuple(rows[-1][_STEP[digit]] for digit in range(10)))
    return tuple(rows)


_PERMUTED = _permutations()


def _verhoeff(digits: str, start: int) -> int:
    check = 0
    for place, digit in enumerate(reversed(digits), start):
        check = _PRODUCT[check][_PERMUTED[place % 8][int(digit)]]
    return check


def is_sor(text: str) -> bool:
    """Whether it is a SOR id: 11 to 18 digits whose last one is Verhoeff's check of all."""
    return _SOR.match(text) is not None and _verhoeff(text, 0) == 0


def make_sor(item: int) -> str:
    """The SOR id of an item number, with its check digit: 123 gives 1231000016008.

    For synthetic lists and for tests; ids of the register are the register's to make.
    """
    body = f"{item}{_NAMESPACE}"
    return f"{body}{_INVERSE[_verhoeff(body, 1)]}"


def is_shak(text: str) -> bool:
    """Whether it has a SHAK code's shape: 4 characters (hospital), 6 (department), 7 (section)."""
    return _SHAK.match(text) is not None


def shak_parents(code: str) -> tuple[str, ...]:
    """What a SHAK code can hang below, the nearest first: its department, its hospital."""
    return tuple(code[:length] for length in (6, 4) if length < len(code))


def is_sks(text: str) -> bool:
    """Whether it has an SKS code's shape: a capital letter, then letters and digits."""
    return _SKS.match(text) is not None


def sks_parents(code: str) -> tuple[str, ...]:
    """What an SKS code can hang below, the nearest first: everything that it begins with."""
    return tuple(code[:length] for length in range(len(code) - 1, 0, -1))


def shak_of_sks(code: str) -> str | None:
    """The SHAK code that an additional SKS code of the form `A` + SHAK stands for, or None."""
    return code[1:] if code.startswith("A") and is_shak(code[1:]) else None


def is_cvr(text: str, *, strict: bool = False) -> bool:
    """Whether it is eight digits, and with `strict` ones that pass `cvr_checks` too."""
    return _EIGHT.match(text) is not None and (not strict or cvr_checks(text))


def cvr_checks(text: str) -> bool:
    """Whether the weighted sum of eight digits is a multiple of 11.

    The numbers of real organisations pass; many published test numbers don't, so that a
    number that fails is worth a warning and no more, unless somebody asks for more.
    """
    return _EIGHT.match(text) is not None and not (
        sum(weight * int(digit) for weight, digit in zip(_CVR_WEIGHTS, text, strict=True)) % 11
    )


def is_pnumber(text: str) -> bool:
    """Whether it has the shape of a P-number (production unit): ten digits."""
    return _TEN.match(text) is not None


def is_se(text: str) -> bool:
    """Whether it has the shape of an SE number (tax): eight digits."""
    return _EIGHT.match(text) is not None


def fault(list_id: ListId, code: str) -> str | None:
    """Why a code can't be one of the list, in words; None where it can."""
    holds, words = _FAULTS[list_id]
    if list_id == "sor" and _SOR.match(code) and not holds(code):
        return "the check digit of the SOR id is wrong"
    return None if holds(code) else words


_FAULTS: Mapping[ListId, tuple[Callable[[str], bool], str]] = {
    "sor": (is_sor, "a SOR id has 11 to 18 digits"),
    "shak": (is_shak, "a SHAK code has 4, 6 or 7 characters"),
    "sks": (is_sks, "an SKS code is a letter, then letters and digits"),
    "cvr": (is_cvr, "a CVR number has eight digits"),
    "pnumber": (is_pnumber, "a P-number has ten digits"),
}
