"""One-time codes: a part that finds one, and a part that only its hash is kept of."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from uuid import UUID

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is read as another
_SELECTOR, _SECRET = 6, 10  # letters; 50 secret bits against five attempts


@dataclass(frozen=True, slots=True)
class Code:
    """A code, in its two parts."""

    selector: str
    secret: str = field(repr=False)

    @property
    def shown(self) -> str:
        """As people read it and links carry it."""
        letters = self.selector + self.secret
        return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))

    def hashed(self, bound_to: UUID) -> str:
        """What is kept of it; a hash of one thing is no hash of another."""
        return hashlib.sha256(f"{bound_to}|{self.secret}".encode()).hexdigest()

    def opens(self, bound_to: UUID, kept: str) -> bool:
        """Whether it is the code that this was kept of."""
        return hmac.compare_digest(kept, self.hashed(bound_to))


def new_code() -> Code:
    """A random one."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_SELECTOR + _SECRET))
    return Code(letters[:_SELECTOR], letters[_SELECTOR:])


def read_code(typed: str) -> Code:
    """The code as it was made, however somebody typed it."""
    letters = "".join(letter for letter in typed.upper() if letter.isalnum())[:64]
    return Code(letters[:_SELECTOR], letters[_SELECTOR:])
