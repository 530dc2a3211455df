"""The session cookie: which row, and the key to what it remembers of the person. R19."""

import base64
import binascii
import hashlib
import secrets
from dataclasses import dataclass, field
from uuid import UUID, uuid4

PREFIX = "__Host-session-"
_SIZE = 16 + 32


@dataclass(frozen=True, slots=True)
class SessionCookie:
    """The browser's half of a session."""

    id: UUID
    key: bytes = field(repr=False)

    @staticmethod
    def fresh(session: UUID | None = None) -> "SessionCookie":
        """A new key, for a new session or for one that goes on."""
        return SessionCookie(session or uuid4(), secrets.token_bytes(32))

    @staticmethod
    def read(value: str | None) -> "SessionCookie | None":
        """What a cookie says, or None where it is none of ours."""
        try:
            raw = base64.b64decode((value or "").encode("ascii"), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        return SessionCookie(UUID(bytes=raw[:16]), raw[16:]) if len(raw) == _SIZE else None

    @property
    def token(self) -> str:
        """What a form of ours carries, and no other site can know."""
        return hashlib.sha256(b"form" + self.key).hexdigest()[:32]

    @property
    def value(self) -> str:
        """The cookie's value."""
        return base64.urlsafe_b64encode(self.id.bytes + self.key).decode()


def name_for(federation: str) -> str:
    """The name of the cookie of one federation, by its path."""
    return PREFIX + federation
