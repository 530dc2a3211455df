"""Reference ids: short enough to read aloud on a phone, random enough to name one event."""

import secrets

# Without 0 O, 1 I L, U V: nothing that sounds or looks like another.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"
GROUPS, GROUP = 3, 4


def new_reference() -> str:
    """A new reference such as `7KQ2-9F4M-XTRC`, 58 bits from the system's random source."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))
