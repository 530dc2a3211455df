"""No CPR number, control character or endless text gets past what may be written down."""

import pytest

from broker.audit.masking import LONGEST, MASK, cleaned, number


@pytest.mark.parametrize(
    "text",
    [
        "0101901234",
        "010190-1234",
        "010190 1234",
        "010190–1234",
        "010190\u00a01234",
        "01-01-90-1234",
        "01.01.90/1234",
        "19900101-1234",
        "6101901234",  # a test person's number: sixty is added to the day
        "dk:gov:010190-1234:x",
        "cpr0101901234",
        "uid=0101901234&x=1",
        "010190\r\n1234",
    ],
)
def test_a_cpr_number_is_masked_however_it_is_written(text: str) -> None:
    assert MASK in cleaned(f"before {text} after")
    assert "1234" not in cleaned(f"before {text} after")


@pytest.mark.parametrize(
    "text",
    [
        "https://saml.nemlog-in.dk",
        "CVR:29190925",
        "_5b1f7c0a94de3b22860101901234e98b3c5b1f7c0a94de3b2286f0a1c4",
        "3f6c0a2e-8f0b-4d0e-9a51-010190123e94",
        "2026-03-02T03:00:00+00:00",
        "4:12:1234",
        "æøå ÆØÅ",
    ],
)
def test_what_is_no_number_of_a_person_stays(text: str) -> None:
    assert cleaned(text) == text


@pytest.mark.parametrize("character", ["\n", "\r", "\x00", "\x1b", "\u2028", "\u202e", "\ud800"])
def test_what_would_steer_a_terminal_or_a_log_is_replaced(character: str) -> None:
    assert cleaned(f"a{character}b") == "a·b"


def test_text_is_cut() -> None:
    assert len(cleaned("x" * 100_000)) == LONGEST
    assert cleaned("x" * LONGEST) == "x" * LONGEST
    assert "1234" not in cleaned("0101901234 " * 100_000)


def test_a_long_number_is_masked_as_well() -> None:
    assert number(101901234) == MASK
    assert number(4096) == 4096
    assert number(None) is None
