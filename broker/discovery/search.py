"""What somebody wrote in the search field to the identity providers that may be meant.

100  the name itself
 60  an abbreviation, a nickname, a CVR number or a mail domain, in full
 50  the beginning of the name
 45  the beginnings of words in the name
 40  a part of the name
 30  the town
 20  the beginnings of words in anything else that is known of it
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from broker.discovery.cards import Card
from broker.discovery.folding import core, spell, squeeze

MAX_QUERY = 80  # characters; nobody's organisation has a longer name
_NEAR = 0.68  # how alike a word must be to be suggested
_SUGGESTIONS = 3
_CVR = re.compile(r"(\d\d) ?(\d\d) ?(\d\d) ?(\d\d)\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for. Of a mail address only the domain is kept."""

    shown: str
    spelt: str
    folded: str
    core: str
    domain: str | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing to search for."""
        return not self.folded


def read_query(text: str) -> Query:
    """A query of what somebody wrote; too long a text is cut."""
    shown = " ".join("".join(c if c.isprintable() else " " for c in text).split())[:MAX_QUERY]
    domain = None
    if "@" in shown:
        shown = domain = shown.rpartition("@")[2].strip(" .>").lower()
    number = _CVR.match(shown)
    spelt = "".join(number.groups()) if number else spell(shown)
    folded = squeeze(spelt)
    return Query(shown, spelt, folded, core(folded), domain)


def search(query: Query, cards: Iterable[Card], language: str) -> list[Card]:
    """Those that may be meant, the likeliest first.

    Where some are written as it was written, only those: whoever writes aa does not mean a.
    """
    rated = [(rate(query, card), card) for card in cards]
    found = [(points, card) for points, card in rated if points]
    words = core(query.spelt).split()
    written = [(n, card) for n, card in found if all(word in card.spelt for word in words)]
    best = sorted(written or found, key=lambda one: (-one[0], one[1].order[language]))
    return [card for _, card in best]


def rate(query: Query, card: Card) -> int:
    """How likely it is that this one is meant; 0 is not at all."""
    if query.domain is not None:
        return 60 if any(_within(query.domain, domain) for domain in card.domains) else 0
    wanted, words = query.core, query.core.split()
    if not wanted:
        return 0
    if wanted in card.names:
        return 100
    if wanted in card.exact or query.folded in card.exact:
        return 60
    if any(name.startswith(wanted) for name in card.names):
        return 50
    if any(_begin(words, name.split()) for name in card.names):
        return 45
    if len(wanted) > 2 and any(wanted in name for name in card.names):
        return 40
    if card.town and card.town.startswith(wanted):
        return 30
    return 20 if _begin(words, card.words) else 0


def suggest(query: Query, cards: Iterable[Card]) -> list[Card]:
    """Those whose names look like what was written, where nothing was found."""
    by_word: dict[str, Card] = {}
    for card in cards:
        for word in (*card.names, *(w for name in card.names for w in name.split())):
            if len(word) > 2:
                by_word.setdefault(word, card)
    near = get_close_matches(query.core, by_word, n=_SUGGESTIONS * 2, cutoff=_NEAR)
    found = {by_word[word].code: by_word[word] for word in near}
    return list(found.values())[:_SUGGESTIONS]


def _begin(words: list[str], of: Iterable[str]) -> bool:
    known = list(of)
    return all(any(one.startswith(word) for one in known) for word in words)


def _within(domain: str, registered: str) -> bool:
    return domain == registered or domain.endswith(f".{registered}")
