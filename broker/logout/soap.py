"""Asking partners without a browser: all at once, each for a limited time. R21.

A partner that hangs, drips or answers nonsense is one that has not confirmed; it delays
the others by nothing and the whole by no more than the limit.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

import requests

from broker.errors import BrokerError
from broker.saml.soap import CONTENT_TYPE, envelope

LIMIT = 4.0  # seconds for one partner, and so for all of them
MAX_ANSWER = 64 * 1024
MAX_AT_ONCE = 64  # partners being asked by this process, whoever logs out

_LOG = logging.getLogger("broker.logout")
Confirm = Callable[[bytes], bool]  # whether an answer, verified, says that it is done


@dataclass(frozen=True, slots=True)
class Question:
    """One partner to ask: where, with what, and what counts as its yes."""

    number: int
    location: str
    message: bytes = field(repr=False)
    confirms: Confirm


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
        begun: dict[Future[bool], int] = {}
        for question in questions:
            if self._room.acquire(blocking=False):
                begun[pool.submit(self._one, question)] = question.number
        finished, _ = wait(begun, timeout=self._limit)
        for future in finished:
            if fault := future.exception():  # a bug, or an address that no library foresaw
                _LOG.error("logout.fault", extra={"fault": type(fault).__name__})
                continue
            found[begun[future]] = future.result()
        pool.shutdown(wait=False)  # who has not answered by now is not waited for
        return found

    def _one(self, question: Question) -> bool:
        try:
            answer = self._post(question)
            return answer is not None and question.confirms(answer)
        except requests.RequestException as error:
            _LOG.info("logout.unreachable", extra={"fault": type(error).__name__})
            return False
        except BrokerError as error:
            _LOG.warning("logout.answer_refused", extra={"code": error.code})
            return False
        finally:
            self._room.release()

    def _post(self, question: Question) -> bytes | None:
        """The answer, where it is one: in time, of a sane size, not from somewhere else."""
        until = time.monotonic() + self._limit
        with requests.Session() as session:
            session.trust_env = False
            with session.post(
                question.location,
                data=envelope(question.message),
                headers={
                    "Content-Type": CONTENT_TYPE,
                    "SOAPAction": '"http://www.oasis-open.org/committees/security"',
                },
                timeout=self._limit,
                allow_redirects=False,
                stream=True,
            ) as answer:
                if answer.status_code != 200:
                    return None
                body = b""
                for chunk in answer.iter_content(8192):
                    body += chunk
                    if len(body) > MAX_ANSWER or time.monotonic() > until:
                        return None
                return body
