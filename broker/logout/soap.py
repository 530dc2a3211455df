"""Asking partners without a browser: all at once, each for a limited time. R21.

A partner that hangs, drips or answers nonsense is one that has not confirmed; it delays
the others by nothing and the whole by no more than the limit.
"""

import logging
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from broker.errors import BrokerError
from broker.saml.soap import CONTENT_TYPE, envelope

LIMIT = 4.0  # seconds for one partner, and so for all of them
MAX_ANSWER = 64 * 1024
MAX_AT_ONCE = 64  # partners being asked by this process, whoever logs out

_ACTION = '"http://www.oasis-open.org/committees/security"'
_LOG = logging.getLogger("broker.logout")
Confirm = Callable[[bytes], bool]  # whether an answer, verified, says that it is done


@dataclass(frozen=True, slots=True)
class Question:
    """One partner to ask: where, with what, and what counts as its yes."""

    number: int
    location: str
    message: bytes = field(repr=False)
    confirms: Confirm


class Line:
    """One connection to a partner, which can be cut from outside while it is being read."""

    def __init__(self, location: str, limit: float) -> None:
        parts = urlsplit(location)
        self._target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        self._connection: HTTPConnection
        if parts.scheme == "https":
            context = ssl.create_default_context()
            self._connection = HTTPSConnection(
                parts.hostname or "", parts.port, timeout=limit, context=context
            )
        else:
            self._connection = HTTPConnection(parts.hostname or "", parts.port, timeout=limit)
        self._socket: socket.socket | None = None
        self._over = False

    def post(self, body: bytes) -> bytes | None:
        """The answer, where it is one of a sane size; a redirect is none. Raises OSError."""
        try:
            self._connection.connect()
            self._socket = self._connection.sock  # the response takes it over later
            if self._over:
                return None
            headers = {"Content-Type": CONTENT_TYPE, "SOAPAction": _ACTION, "Connection": "close"}
            self._connection.request("POST", self._target, body, headers)
            answer = self._connection.getresponse()
            if answer.status != 200:
                return None
            found = answer.read(MAX_ANSWER + 1)
            return found if len(found) <= MAX_ANSWER else None
        finally:
            self._connection.close()

    def cut(self) -> None:
        """Its time is over: whoever reads or writes on it stops at once."""
        self._over = True
        held = self._socket or self._connection.sock
        if held is not None:
            try:
                held.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # closed already


class BackChannel:
    """Asks partners over HTTP, never more than MAX_AT_ONCE of them."""

    def __init__(self, limit: float = LIMIT) -> None:
        self._limit = limit
        self._room = threading.BoundedSemaphore(MAX_AT_ONCE)

    def ask(self, questions: Sequence[Question]) -> Mapping[int, bool]:
        """Whether each partner confirmed within the limit, by the question's number."""
        found = dict.fromkeys((question.number for question in questions), False)
        if not questions:
            return found
        pool = ThreadPoolExecutor(max_workers=len(questions), thread_name_prefix="logout")
        begun: dict[Future[bool], tuple[int, Line]] = {}
        for question in questions:
            if self._room.acquire(blocking=False):
                line = Line(question.location, self._limit)
                begun[pool.submit(self._one, question, line)] = (question.number, line)
        finished, late = wait(begun, timeout=self._limit)
        for future in late:
            begun[future][1].cut()
        for future in finished:
            if fault := future.exception():  # a bug, or an address that no library foresaw
                _LOG.error("logout.fault", extra={"fault": type(fault).__name__})
                continue
            found[begun[future][0]] = future.result()
        pool.shutdown(wait=False)  # who has not answered by now is not waited for
        return found

    def _one(self, question: Question, line: Line) -> bool:
        try:
            answer = line.post(envelope(question.message))
            return answer is not None and question.confirms(answer)
        except (OSError, HTTPException) as error:
            _LOG.info("logout.unreachable", extra={"fault": type(error).__name__})
            return False
        except BrokerError as error:
            _LOG.warning("logout.answer_refused", extra={"code": error.code})
            return False
        finally:
            self._room.release()
