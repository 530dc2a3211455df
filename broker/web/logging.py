"""One JSON line per event on standard error, and no CPR number in any of them.

The redaction sits in the formatter, the last thing that sees an event, so it holds for what
libraries log as well. A traceback is logged as the places it passed, never as words.
"""

import logging
import re
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType

from pythonjsonlogger.json import JsonFormatter

from broker.web.errors import frames

# Six digits with a month in the middle and four more, however they are set apart. Days of test
# persons are beyond 31, and numbers since 2007 may break modulus 11, so neither is asked for.
CPR = re.compile(
    r"\d{2}[\s./_-]?(?:0[1-9]|1[0-2])[\s./_-]?\d{2}(?:[^\w<>\"']{0,3}|%2D|%20)\d{4}",
    re.IGNORECASE,
)
REDACTED = "[redacted]"

# Messages in addresses, as servers and libraries quote them; base64 hides whom they are about.
MESSAGE = re.compile(
    r"\b(SAMLRequest|SAMLResponse|RelayState|Signature)(=|%3D)[^&\s\"'<>]*", re.IGNORECASE
)

# Ids that we or a peer drew at random, and hashes: digits in them are chance.
_RANDOM = re.compile(
    r"_?[0-9a-f]{32}|[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII
)
_FIELDS = "%(asctime)s%(levelname)s%(name)s%(message)s"
_NAMES = {"asctime": "time", "levelname": "level", "name": "logger", "message": "event"}
_MAX = 2000

# Libraries that put names, messages or whole addresses into their logs.
_QUIET = {
    "saml2": logging.CRITICAL,
    "xmlschema": logging.CRITICAL,
    "werkzeug": logging.WARNING,
    "urllib3": logging.WARNING,
}

_LOG = logging.getLogger("broker.web")

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def redact(value: object) -> object:
    """The value without anything that could be a CPR number, however deep it lies."""
    match value:
        case bool() | None:
            return value
        case str():
            return value if _RANDOM.fullmatch(value) else _redact_text(value[:_MAX])
        case float():
            return value
        case int():
            return REDACTED if CPR.search(str(value).zfill(10)) else value
        case Mapping():
            return {str(redact(str(key))): redact(inner) for key, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [redact(inner) for inner in value]
        case _:
            return redact(str(value))


def _redact_text(text: str) -> str:
    if "=" in text or "%" in text:  # no message stands in an address without either
        text = MESSAGE.sub(rf"\1={REDACTED}", text)
    return CPR.sub(REDACTED, text)


class RedactingFormatter(JsonFormatter):
    """JSON with every field redacted, and exceptions as places instead of words."""

    def process_log_record(self, log_data: dict[str, object]) -> dict[str, object]:
        """Redact what is about to be written; a library's hook, called for every record."""
        return {key: redact(value) for key, value in log_data.items()}

    def formatTime(  # noqa: N802 - logging's name
        self, record: logging.LogRecord, datefmt: str | None = None
    ) -> str:
        """When it happened, in UTC."""
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802 - logging's name
        """The type of an exception and where it passed."""
        kind = ei[0].__qualname__ if ei[0] else "unknown"
        return f"{kind} at {', '.join(frames(ei[2]))}"

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 - logging's name
        """Stacks quote source lines; the frames of an exception are enough."""
        return ""


def redacted() -> RedactingFormatter:
    """The one formatter of this process; a handler without it writes what it is given."""
    return RedactingFormatter(_FIELDS, rename_fields=_NAMES)


def configure(level: str) -> None:
    """Send every event of this process to standard error, ours from this level on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(redacted())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("broker").setLevel(level)
    # A finished login is one line in the security log, whatever else is not worth a line (R8).
    logging.getLogger("broker.security").setLevel(logging.INFO)
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(least)
    # A record that cannot be formatted would otherwise be printed with its arguments.
    logging.raiseExceptions = False
    # Python's own ways to standard error: warnings quote values, and tracebacks their words.
    logging.captureWarnings(capture=True)
    sys.excepthook = _unexpected
    threading.excepthook = lambda args: _unexpected(
        args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
    )


def _unexpected(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        _LOG.critical("internal.error", exc_info=(kind, error, traceback))
