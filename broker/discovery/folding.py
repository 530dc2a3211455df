"""Letters folded so that people find what they mean, and the order of the Danish alphabet.

`static/discovery.js` folds in the same way; a test compares the two in a browser.
"""

import re
import unicodedata

_LETTERS = str.maketrans(
    {"å": "aa", "æ": "ae", "ä": "ae", "ø": "oe", "ö": "oe", "ß": "ss", "ü": "u"}
)
_PAIRS = re.compile(r"aa|ae")
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")

_ALPHABET = "abcdefghijklmnopqrstuvwxyzæøå"
_PLACES = {letter: place for place, letter in enumerate(_ALPHABET, start=20)}
_SAME_PLACE = {"ä": "æ", "ö": "ø", "ü": "y"}

# Said by nearly everybody, so they tell nobody apart unless nothing else is said.
GENERIC = frozenset(
    (
        *("region", "regionen", "kommune", "kommunes", "kommunen", "municipality", "of", "the"),
        *("sygehus", "sygehuset", "hospital", "hospitalet", "privathospital", "privathospitalet"),
        *("apotek", "apoteket", "pharmacy", "danmark", "denmark"),
    )
)


def spell(text: str) -> str:
    """Small letters a to z and digits, words parted by one blank; å is aa, æ is ae, ø is oe."""
    small = unicodedata.normalize("NFC", text).lower().translate(_LETTERS)
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFD", small)
        if not unicodedata.combining(letter)
    )
    return _NOT_LETTERS.sub(" ", plain).strip()


def squeeze(spelt: str) -> str:
    """The same where a stands for å and æ as well, and o for ø: not every keyboard has them."""
    return _PAIRS.sub("a", spelt).replace("oe", "o")


def fold(text: str) -> str:
    """A text as it is searched for and in: however its Danish letters were written."""
    return squeeze(spell(text))


def core(folded: str) -> str:
    """What is left without the words that everybody says; all of it where nothing would be."""
    words = [word for word in folded.split() if word not in GENERIC]
    return " ".join(words) or folded


def alphabetical(name: str) -> tuple[tuple[int, ...], str]:
    """A key that sorts as a Danish dictionary does: æ, ø and å last, and aa as å."""
    small = unicodedata.normalize("NFC", name).lower().replace("aa", "å")
    places: list[int] = []
    for letter in small:
        known = _SAME_PLACE.get(letter, letter)
        if known not in _PLACES:
            known = unicodedata.normalize("NFD", known)[0]
        if known in _PLACES:
            places.append(_PLACES[known])
        elif known.isdigit():
            places.append(2 + int(known) if known.isascii() else 12)
        else:
            places.append(1)
    return tuple(places), small
