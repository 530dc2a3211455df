"""What may be seen of a hostile message from anywhere: one refusal, one event, and nothing else.

The whole outcome of a case is asserted in one place: status, page, reason, exactly one
event (an audit row as well, from the verified signature on), the counters that it moves and
no other, nothing issued, nothing reached outside this process, no file written, bounded
memory and time, and no canary.
"""

import base64
import contextlib
import logging
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from werkzeug.test import TestResponse

from broker.audit.store import AUDIT
from broker.db import METADATA, reading
from tests.box import SESSION, Box, code_of
from tests.canary import CANARIES
from tests.hostile import counters
from tests.hostile.costs import Meter

CANARY = f"{CANARIES[0][:6]}-{CANARIES[0][6:]}"  # stands in every hostile assertion, and may not be seen anywhere
SPELLINGS = tuple(
    spelling.encode()
    for spelling in (CANARY, CANARY.replace("-", ""), CANARY.replace("-", " "), CANARY[:6] + "%2D")
) + tuple(base64.b64encode(CANARY.encode()[cut:])[:12] for cut in range(3))
STATUS = {
    "malformed": 400, "limit": 400, "signature": 403, "context": 403, "flow": 403,
    "policy": 403, "request": 400, "request.acs": 403, "request.unknown_issuer": 403,
}  # fmt: skip
# Refused by what the envelope claims, which nobody has verified yet: no row for those (R8).
CLAIMED = frozenset({
    "context.destination", "context.in_response_to", "context.issue_instant", "context.issuer",
    "context.status", "context.time_format", "context.unsolicited",
})  # fmt: skip
# Refused although the answer held: somebody came back, and may not go on.
HELD = ("policy.",)
VERIFIED = ("context.", "policy.")
ISSUED = ("login_session", "session_participant", "person", "name_identifier")
SECONDS, KILOBYTES = 1.0, 24 * 1024

_REACHING = frozenset({
    "socket.connect", "socket.getaddrinfo", "socket.sendto", "subprocess.Popen", "os.system",
    "os.exec", "os.posix_spawn", "os.fork", "tempfile.mkstemp", "tempfile.mkdtemp", "shutil.move",
    "os.rename", "os.mkdir", "os.symlink",
})  # fmt: skip
_reached: list[str] | None = None


def _audited(event: str, arguments: tuple[object, ...]) -> None:
    """Python's own audit hook: it cannot be taken out again, so it does nothing by default."""
    if _reached is None:
        return
    if event == "open":
        path, mode, flags = arguments
        writing = flags & 0o3 if isinstance(flags, int) else "r" not in str(mode)
        if writing and not str(path).endswith(".pyc") and "__pycache__" not in str(path):
            _reached.append(f"open {path}")
    elif event in _REACHING:
        _reached.append(f"{event} {arguments[1:2]}")


sys.addaudithook(_audited)


class Everything(logging.Handler):
    """Keeps what any logger says, whole."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@dataclass
class Watched:
    """What happened while one message was answered."""

    reached: list[str] = field(default_factory=list)
    logged: list[logging.LogRecord] = field(default_factory=list)
    seconds: float = 0
    kilobytes: int = 0
    before: Mapping[str, int] = field(default_factory=dict)
    after: Mapping[str, int] = field(default_factory=dict)
    counted: Mapping[counters.Name, int] = field(default_factory=dict)
    audited: list[str] = field(default_factory=list)

    @property
    def events(self) -> list[logging.LogRecord]:
        """The security log."""
        return [record for record in self.logged if record.name == "broker.security"]

    def one_event(self, code: str, rows: int | None = None) -> str:
        """One in the security log, one in the trail from the verified signature on, and
        exactly the counters that it moves (R8).

        What it gives back is the reference of the event.
        """
        (event,) = self.events
        assert event.__dict__["code"] == code
        wanted = counters.of_refusal(event)
        if code.startswith(HELD):
            wanted |= counters.came_back(event)
        assert self.counted == wanted, "what the metrics say"
        if rows is None:
            rows = 1 if code.startswith(VERIFIED) and code not in CLAIMED else 0
        assert len(self.audited) == rows, "rows in the audit trail"
        return str(event.__dict__["reference"])

    def nothing_more(self) -> None:
        """Nothing was issued, reached or written, and it was cheap."""
        assert self.reached == []
        assert {name: self.after[name] for name in ISSUED} == {n: self.before[n] for n in ISSUED}
        assert self.seconds < SECONDS, "seconds of CPU for one message"
        assert self.kilobytes < KILOBYTES, "kilobytes of memory for one message"

    def no_canary(self, page: TestResponse, *names: str) -> None:
        """No person's number on the page, in its headers, in any log, or in the audit trail;
        nor any of these names in a log or in the trail."""
        kept = [repr(record.__dict__).encode() for record in self.logged]
        kept += [row.encode() for row in self.audited]
        for text in (page.data, str(page.headers).encode(), *kept):
            assert not [spelling for spelling in SPELLINGS if spelling in text]
        for text in kept:
            assert not [name for name in names if name.encode() in text]

    def refused(
        self, page: TestResponse, code: str, status: int | None = None, *, rows: int | None = None
    ) -> None:
        """The whole tuple of a refusal. `rows` of audit, where the code alone does not tell."""
        assert "SAMLResponse" not in page.text
        self._told(page, code, status, rows)

    def denied(self, page: TestResponse, code: str) -> None:
        """The tuple of a refusal by policy: the page has a way back with a signed failure."""
        assert "SAMLResponse" in page.text
        self._told(page, code, None, None)

    def _told(self, page: TestResponse, code: str, status: int | None, rows: int | None) -> None:
        assert code_of(page) == code
        assert page.status_code == (status or status_of(code))
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert SESSION not in str(page.headers.getlist("Set-Cookie"))
        assert "Location" not in page.headers
        assert self.one_event(code, rows) in page.text
        self.nothing_more()
        self.no_canary(page)


class Watch:
    """Watches whatever this thread does to a broker, from `begin` to `end`."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._logger, self._handler = logging.getLogger(), Everything()
        self._level = self._logger.level
        self._ends: Mapping[str, int] = {}
        self._standing = Counter[counters.Name]()
        self._meter, self._on = Meter(), False
        self.seen = Watched()

    def begin(self) -> None:
        """From here on."""
        global _reached  # noqa: PLW0603  # the hook cannot be given anything else
        self.end()
        self._handler.records = []
        self.seen = Watched(before=_issued(self._box), logged=self._handler.records)
        self._ends, self._on = _ends(self._box), True
        self._standing = counters.standing(self._box)
        self._logger.addHandler(self._handler)
        self._logger.setLevel(logging.INFO)
        self._meter.begin()
        _reached = self.seen.reached

    def end(self) -> Watched:
        """Until here; what was seen."""
        global _reached
        if self._on:
            _reached, self._on = None, False
            self.seen.seconds, self.seen.kilobytes = self._meter.end()
            self._logger.setLevel(self._level)
            self._logger.removeHandler(self._handler)
            self.seen.after = _issued(self._box)
            self.seen.counted = counters.moved(self._standing, counters.standing(self._box))
            self.seen.audited = [repr(tuple(row)) for row in _audit_rows(self._box, self._ends)]
        return self.seen


@contextlib.contextmanager
def watching(box: Box) -> Iterator[Watched]:
    """Watch whatever happens inside."""
    watch = Watch(box)
    watch.begin()
    try:
        yield watch.seen
    finally:
        watch.end()


@contextlib.contextmanager
def reaching() -> Iterator[list[str]]:
    """What this process asks of others, or writes to files, meanwhile."""
    global _reached  # noqa: PLW0603  # the hook cannot be given anything else
    found: list[str] = []
    _reached = found
    try:
        yield found
    finally:
        _reached = None


def status_of(code: str) -> int:
    """The HTTP status of a reason."""
    return STATUS.get(code) or STATUS[code.partition(".")[0]]


def _issued(box: Box) -> dict[str, int]:
    """How many rows there are of all that a login leaves behind."""
    with reading(box.services.engine) as connection:
        return {
            name: connection.scalar(sa.select(sa.func.count()).select_from(METADATA.tables[name]))
            or 0
            for name in ISSUED
        }


def _audit_rows(box: Box, known: Mapping[str, int]) -> list[sa.Row[Any]]:
    """The rows of each writer of the audit trail, from the one that was last."""
    found: list[sa.Row[Any]] = []
    with reading(box.services.engine) as connection:
        for writer in connection.scalars(sa.select(AUDIT.c.writer).distinct()):
            mine = sa.select(AUDIT).where(AUDIT.c.writer == writer)
            found += connection.execute(mine.where(AUDIT.c.seq > known.get(writer, -1))).all()
    return found


def _ends(box: Box) -> dict[str, int]:
    last = sa.select(AUDIT.c.writer, sa.func.max(AUDIT.c.seq)).group_by(AUDIT.c.writer)
    with reading(box.services.engine) as connection:
        return {row[0]: row[1] for row in connection.execute(last)}
