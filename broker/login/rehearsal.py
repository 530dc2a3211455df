"""Trying the next key in production: one browser, one service, a quarter of an hour.

A link that the operator or the service's owner is given sets a sealed cookie in the browser
that follows it. While it lasts, what we sign for that service in that browser is signed with
the key of the plan that is announced. Nobody else notices.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from broker.login.state import epoch, from_epoch
from broker.sealing import SealingKeys

PREFIX = "__Host-rehearsal-"
LIFE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Who may try the next key, where, until when."""

    federation: str
    service: int  # Service.row
    until: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Rehearsals:
    """Seals rehearsals into links and cookies, and opens them again."""

    keys: SealingKeys

    def link(self, federation: str, service: int, now: datetime) -> str:
        """What stands at the end of a link that begins a rehearsal; it lasts as long as one."""
        return self._seal("link", Rehearsal(federation, service, now + LIFE, uuid4().hex))

    def begun(self, link: str, federation: str, now: datetime) -> Rehearsal | None:
        """The rehearsal that a link begins, from now on, or None where it begins none any more."""
        found = self._open("link", link, federation)
        if found is None or found.until <= now:
            return None
        return Rehearsal(federation, found.service, now + LIFE, found.id)

    def cookie(self, rehearsal: Rehearsal) -> tuple[str, str]:
        """Name and value of the cookie that carries it."""
        return PREFIX + rehearsal.federation, self._seal("cookie", rehearsal)

    def current(self, cookie: str | None, federation: str, now: datetime) -> Rehearsal | None:
        """The rehearsal that a browser is in, or None."""
        found = None if cookie is None else self._open("cookie", cookie, federation)
        return None if found is None or found.until <= now else found

    def _seal(self, what: str, rehearsal: Rehearsal) -> str:
        said = json.dumps([rehearsal.service, epoch(rehearsal.until), rehearsal.id]).encode()
        box = self.keys.seal(said, _bound(what, rehearsal.federation))
        return base64.urlsafe_b64encode(box).decode().rstrip("=")

    def _open(self, what: str, value: str, federation: str) -> Rehearsal | None:
        try:
            raw = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        plain = self.keys.open(raw, _bound(what, federation))
        if plain is None:
            return None
        service, until, identifier = json.loads(plain)
        return Rehearsal(federation, service, from_epoch(until), identifier)


def _bound(what: str, federation: str) -> bytes:
    return b"\x00".join((b"rehearsal", what.encode(), federation.encode()))
