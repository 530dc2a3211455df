"""Boxes made and kept: of a login in its transaction, of requests a second later."""

import atexit
import hashlib
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from broker.audit.evidence import store
from broker.audit.evidence.box import EvidenceKey
from broker.audit.evidence.model import Bound, Kept, Message, pack, request_key
from broker.db import Connection, Engine, writing

MOST = 5000  # requests that wait in one process; a database that is away must not fill its memory
PAUSE = 1.0  # seconds

_LOGGER = logging.getLogger("broker.security")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Keeps messages, where there is a key to encrypt them to."""

    key: EvidenceKey | None
    requests: "WaitingRequests"

    def keep(
        self,
        connection: Connection,
        messages: Sequence[Message],
        *,
        reference: str,
        federation: str,
        at: datetime,
        request: str | None,
    ) -> str:
        """One row in the transaction of a login; what the audit event calls it, or ""."""
        if self.key is None or not messages:
            return ""
        bound = Bound("login", reference, federation, at, request)
        box = self.key.seal(pack(messages), bound)
        kept = Kept(hashlib.sha256(box).hexdigest(), bound, self.key.id, box)
        store.add(connection, kept)
        return kept.id

    def asked(
        self,
        message: Message,
        *,
        reference: str,
        federation: str,
        service: str,
        request_id: str,
        at: datetime,
    ) -> None:
        """A service's request whose signature was verified; it is written within a second."""
        if self.key is not None:
            found = request_key(federation, service, request_id)
            bound = Bound("request", reference, federation, at, None)
            self.requests.add(self.key, found, bound, message)


@dataclass(slots=True)
class WaitingRequests:
    """Requests that are not written yet, and the thread that writes them."""

    engine: Engine
    _waiting: dict[str, tuple[EvidenceKey, Bound, Message]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None
    _wake: threading.Event = field(default_factory=threading.Event)

    def add(self, key: EvidenceKey, found: str, bound: Bound, message: Message) -> None:
        """Let one wait; a second of the same request is the same."""
        with self._lock:
            if len(self._waiting) >= MOST:
                _LOGGER.warning(
                    "evidence.full", extra={"reference": bound.reference, "code": "evidence.full"}
                )
                return
            self._waiting.setdefault(found, (key, bound, message))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="evidence", daemon=True)
                self._thread.start()
                atexit.register(self.write)
        self._wake.set()

    def write(self) -> int:
        """Write what waits, now; how many. What could not be written waits on."""
        with self._lock:
            taken, self._waiting = self._waiting, {}
        if not taken:
            return 0
        rows = [
            Kept(found, bound, key.id, key.seal(pack([message]), bound))
            for found, (key, bound, message) in taken.items()
        ]
        try:
            with writing(self.engine) as connection:
                store.add_requests(connection, rows)
        except Exception:  # whatever it is, the requests are not lost by it
            _LOGGER.exception("evidence.waits", extra={"code": "evidence.waits", "reference": ""})
            with self._lock:
                self._waiting = {**taken, **self._waiting}
            return 0
        return len(rows)

    def _run(self) -> None:
        while True:
            self._wake.wait()
            threading.Event().wait(PAUSE)  # those that come meanwhile go along
            self._wake.clear()
            self.write()
            if self._waiting:
                self._wake.set()
