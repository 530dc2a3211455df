"""An identity provider as the page needs it, worked out once for each snapshot of the registry."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from broker.discovery.folding import GENERIC, alphabetical, core, fold, spell
from broker.metadata.model import ConnectedIdp
from broker.metadata.registry import Registry
from broker.metadata.showing import IdpPage

_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Card:
    """One identity provider: what is shown of it, and what it is found by."""

    idp: ConnectedIdp
    monogram: str
    logo: str | None  # the end of its address, with its version
    names: tuple[str, ...]  # folded, without what everybody says; both languages
    exact: frozenset[str]  # abbreviations, nicknames, code, numbers
    words: frozenset[str]  # of names, nicknames, keywords and town
    town: str
    domains: tuple[str, ...]
    order: Mapping[str, tuple[tuple[int, ...], str]] = field(repr=False)  # by language
    spelt: str = field(repr=False)  # everything it is found by, with aa, ae and oe

    @property
    def code(self) -> str:
        """Its code, which the buttons post."""
        return self.idp.code

    @property
    def page(self) -> IdpPage:
        """What its document says of it."""
        return self.idp.page


class Shelf:
    """The cards of one process: made anew when the registry is."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: tuple[Registry | None, dict[str, Mapping[int, Card]]] = (None, {})

    def of(self, registry: Registry, path: str) -> Mapping[int, Card]:
        """The cards of a federation by the row of the identity provider, in order of the pages."""
        with self._lock:
            known, cards = self._known
            if known is not registry:
                cards = {}
                self._known = (registry, cards)
            if path not in cards:
                cards[path] = {idp.row: make_card(idp) for idp in registry.idps(path)}
            return cards[path]


def make_card(idp: ConnectedIdp) -> Card:
    """Fold, sort and abbreviate once what the page would else do at each visit."""
    page = idp.page
    names = tuple(dict.fromkeys(core(fold(name)) for name in (idp.name.da, idp.name.en)))
    numbers = idp.cvrs or ()
    exact = {fold(text) for text in (*page.aliases, idp.code)} | set(numbers)
    told = [idp.name.da, idp.name.en, *page.aliases, *page.keywords, page.city or ""]
    words = {word for text in told for word in fold(text).split()}
    spelt = dict.fromkeys([*(w for t in told for w in spell(t).split()), *sorted(numbers)])
    return Card(
        idp=idp,
        monogram=monogram(idp.name.da),
        logo=f"idp/{idp.code}?v={page.logo.version}" if page.logo else None,
        names=names,
        exact=frozenset(exact),
        words=frozenset(words),
        town=fold(page.city or ""),
        domains=page.domains,
        order={"da": alphabetical(idp.name.da), "en": alphabetical(idp.name.en)},
        spelt=" ".join(spelt),
    )


def monogram(name: str) -> str:
    """Two letters in place of a logo: of the words that tell it apart."""
    told = [word for word in name.split() if word[0].isalnum()]
    own = [word for word in told if fold(word) not in GENERIC] or told
    first = own[0] if own else "?"
    second = own[1][0] if len(own) > 1 else first[1:2]
    return (first[0] + second)[:_LETTERS].upper()
