"""Text that may be written down: CPR numbers masked, control characters replaced, length capped.

What a peer claims reaches the log of a refusal, so all of it is treated as hostile.
"""

import re
import unicodedata

LONGEST = 256
MASK = "[cpr]"
_CUT = "…"

# Six digits with a month in the middle and four more, however they are set apart. Wider than
# the numbers that exist: days of test persons and of replacement numbers are beyond 31.
_CPR = re.compile(
    r"(?<!\d)(?:18|19|20)?\d{2}[\s./_-]?(?:0[1-9]|1[0-2])[\s./_-]?\d{2}(?:[^\w<>\"']{0,3}|%2D|%20)\d{4}(?!\d)",
    re.IGNORECASE,
)
# Identifiers and digests of 128 bits and more: ten digits in a row are an accident there.
_RANDOM = re.compile(
    r"(?=.*[a-f])_?(?:[0-9a-f]{32,128}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\Z"
)

# What the patterns above do not see in JSON as it is: escapes, and strings that are cut.
_SUSPECT = re.compile(rf'\\|"[^"]{{{LONGEST + 1},}}"')


def cleaned(value: str) -> str:
    """The text as it may be logged and kept, at most LONGEST characters."""
    if _RANDOM.match(value):
        return value
    text = value[: 4 * LONGEST]
    if not text.isprintable():  # never so where something is unseen; a line break costs the loop
        text = "".join(map(_visible, text))
    text = _CPR.sub(MASK, text)
    shortened = len(text) > LONGEST or len(value) > 4 * LONGEST
    return text[: LONGEST - 1] + _CUT if shortened else text


def is_clean(text: str) -> bool:
    """Whether nothing within a JSON text needs `cleaned`: asked once instead of for each string.

    Where it says no, something may still be clean: the numbers of an id drawn at random, say.
    """
    return text.isprintable() and not _SUSPECT.search(text) and not _CPR.search(text)


def number(value: int | None) -> int | str | None:
    """A count or a row; a number long enough to be a CPR number is masked."""
    return MASK if value is not None and abs(value) >= 10**8 else value


def _visible(character: str) -> str:
    """The character, or a mark in its place where it would steer a terminal or a log file."""
    unseen = unicodedata.category(character) in _UNSEEN
    return "·" if unseen else character


_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
