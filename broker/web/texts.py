"""explain(): a code as words for somebody who is busy: what happened, and who must act.

One table, exact codes before families. Words about a login are for the person at the screen;
what a technician needs is behind the reference.
"""

from dataclasses import dataclass

from broker.web.explanations import EXACT
from broker.web.families import FAMILIES, NOT_LOGGED_OUT
from broker.web.language import Text
from broker.web.language import Text as _


@dataclass(frozen=True, slots=True)
class Explanation:
    """A heading, what happened, and who must do what about it."""

    title: Text
    what: Text
    who: Text


_LEVELS = {"Low": _("Low"), "Substantial": _("Substantial"), "High": _("High")}


def explain(code: str) -> Explanation:
    """The explanation of a code, else of its family, else that something went wrong here."""
    family = code.partition(".")[0]
    found = EXACT.get(code) or FAMILIES.get(family) or FAMILIES["internal"]
    return Explanation(*found)


def explain_logout(code: str) -> Explanation:
    """The same for a logout that was refused: what it means is that nothing was ended by it."""
    if code in EXACT and code.partition(".")[0] == "logout":
        return Explanation(*EXACT[code])
    return Explanation(*NOT_LOGGED_OUT)


def level(word: str) -> str:
    """An NSIS level of assurance as a word for people; another word as it is."""
    return str(_LEVELS.get(word, word))
