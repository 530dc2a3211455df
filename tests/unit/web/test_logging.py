"""One JSON line per event, and never a CPR number, whoever logs it and however."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from broker.web.logging import REDACTED, configure, redact

CPR = "0101901234"
SPELLINGS = (
    "0101901234",
    "010190-1234",
    "010190 1234",
    "010190%2D1234",
    "010190%201234",
    "%200101901234",
    "010190\u20111234",
    "01 01 90 1234",
    "01-01-90-1234",
    "610190-1234",
    "cpr0101901234x",
    "99010190-123499",
)


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """The root logger as configure() leaves it, writing here; put back afterwards."""
    root, broker = logging.getLogger(), logging.getLogger("broker")
    quiet = [logging.getLogger(n) for n in ("saml2", "xmlschema", "werkzeug", "urllib3")]
    before = root.handlers[:], {logger: logger.level for logger in (root, broker, *quiet)}
    raises, propagates = logging.raiseExceptions, broker.propagate
    configure("INFO")
    broker.propagate = True
    out = io.StringIO()
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(out)
    yield out
    root.handlers[:] = before[0]
    for logger, level in before[1].items():
        logger.setLevel(level)
    logging.raiseExceptions, broker.propagate = raises, propagates


def read(lines: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_an_event_is_one_line_of_json(lines: io.StringIO) -> None:
    logging.getLogger("broker.x").info("login\nrefused", extra={"reference": "7KQ2", "hop": 3})
    (event,) = read(lines)
    assert event["event"] == "login\nrefused"
    assert (event["logger"], event["level"]) == ("broker.x", "INFO")
    assert (event["reference"], event["hop"]) == ("7KQ2", 3)
    assert str(event["time"]).endswith("+00:00")


def test_a_forged_line_stays_inside_its_own(lines: io.StringIO) -> None:
    forged = 'x"}\r\n{"event": "ok"}\u2028\x1b[31m${jndi:ldap://x}'
    logging.getLogger("broker").warning("claimed", extra={"issuer": forged})
    (event,) = read(lines)
    assert event["issuer"] == forged
    assert "\u2028" not in lines.getvalue()
    assert "\x1b" not in lines.getvalue()


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_of_a_cpr_number_is_logged(lines: io.StringIO, spelling: str) -> None:
    log = logging.getLogger("broker")
    log.warning("person %s", spelling)
    log.warning("person", extra={"a": spelling, "b": [{"c": (spelling,)}], "d": {spelling: 1}})
    written = "".join(json.dumps(event, ensure_ascii=False) for event in read(lines))
    assert spelling not in written
    assert "1234" not in written
    assert REDACTED in written


def test_a_cpr_number_among_numbers_and_objects_is_not_logged() -> None:
    assert redact(101901234) == REDACTED
    assert redact(1101901234) == REDACTED
    assert redact({"at": ValueError(CPR)}) == {"at": REDACTED}
    assert redact({1}) == [1]
    assert redact([None, False, 42, 1.5]) == [None, False, 42, 1.5]


@pytest.mark.parametrize(
    "harmless",
    [
        "_" + "0101901234" * 3 + "ab",
        "0101901234ab" * 5 + "abcd",
        "01019012-3401-0190-1234-010190123456",
        "7KQ2-9F4M-XTRC",
        "2026-11-23T06:19:17.064+00:00",
        "https://saml.nemlog-in.dk",
    ],
)
def test_ids_times_and_references_stay(harmless: str) -> None:
    assert redact(harmless) == harmless


def test_a_long_value_is_cut() -> None:
    assert len(str(redact("x" * 5000))) == 2000


def test_an_exception_is_logged_without_its_words(lines: io.StringIO) -> None:
    try:
        raise ValueError(CPR + "-secret")
    except ValueError:
        logging.getLogger("broker").exception("failed", stack_info=True)
    (event,) = read(lines)
    assert str(event["exc_info"]).startswith("ValueError at ")
    assert "test_logging.py:" in str(event["exc_info"])
    assert "secret" not in lines.getvalue()


def test_libraries_that_log_messages_are_silent(lines: io.StringIO) -> None:
    logging.getLogger("saml2.response").error("Subject NameID: somebody")
    logging.getLogger("werkzeug").info("GET /?SAMLRequest=x")
    logging.getLogger("anybody").info("chatter")
    assert not lines.getvalue()
    logging.getLogger("anybody").warning("worth knowing")
    assert len(read(lines)) == 1


def test_a_record_that_cannot_be_written_is_not_printed_either(
    lines: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    logging.getLogger("broker").warning("%d", CPR)
    assert CPR not in capsys.readouterr().err + lines.getvalue()


def test_the_level_is_the_one_of_the_settings(lines: io.StringIO) -> None:
    logging.getLogger("broker").debug("too fine for INFO")
    logging.getLogger("broker").info("seen")
    assert [event["event"] for event in read(lines)] == ["seen"]
