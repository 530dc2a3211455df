"""Reference ids: short enough to read aloud on a phone, random enough to name one event."""

import secrets

# Without 0 O, 1 I L, U V: nothing that sounds or looks like another.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"
GROUPS, GROUP = 3, 4


def new_reference() -> str:
    """A new reference such as `7KQ2-9F4M-XTRC`, 58 bits from the system's random source."""
    drawn, letters = secrets.randbelow(len(ALPHABET) ** (GROUPS * GROUP)), []
    for _ in range(GROUPS * GROUP):
        drawn, place = divmod(drawn, len(ALPHABET))
        letters.append(ALPHABET[place])
    return "-".join("".join(letters[at : at + GROUP]) for at in range(0, len(letters), GROUP))
