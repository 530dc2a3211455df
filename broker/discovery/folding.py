"""Letters folded so that people find what they mean, and the order of the Danish alphabet.

`static/discovery.js` folds in the same way; a test compares the two in a browser.
"""

import re
import unicodedata

# Whether somebody writes å, aa or a, all three are the same when it is searched for.
_LETTERS = str.maketrans({"å": "a", "æ": "a", "ä": "a", "ø": "o", "ö": "o", "ß": "s", "ü": "u"})
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


def fold(text: str) -> str:
    """Small letters a to z and digits, words parted by one blank."""
    small = unicodedata.normalize("NFC", text).lower().translate(_LETTERS)
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFD", small)
        if not unicodedata.combining(letter)
    )
    merged = _PAIRS.sub("a", plain).replace("oe", "o")
    return _NOT_LETTERS.sub(" ", merged).strip()


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
