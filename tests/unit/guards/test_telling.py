"""What a run of guards says at its end: only nothing left open is good."""

import pytest

from tests.guards import __main__ as guards

LINE = {"module": "broker.saml.x", "guard": "broker.saml.x:7 read [condition] not found"}
MISSED = {**LINE, "killer": "tests/unit/test_x.py::test_it", "how": "asserted"}
ERROR = {**MISSED, "how": "KeyError"}
REASON = {"broker.saml.x read [condition] not found": "a shortcut"}


@pytest.mark.parametrize(
    ("lines", "reasons", "good", "words"),
    [
        ([MISSED], {}, True, "1 guards: 1 missed by a test (1 by what it asserts, 0 by an error"),
        ([ERROR], {}, True, "1 missed by a test (0 by what it asserts, 1 by an error"),
        ([LINE], {}, False, "SURVIVED broker.saml.x:7 read"),
        ([MISSED, LINE], {}, False, "0 with a reason, 1 survived"),
        ([LINE], REASON, True, "1 with a reason, 0 survived"),
        ([MISSED], REASON, False, "REASON WITHOUT NEED broker.saml.x read"),
        ([MISSED], {"broker.saml.y gone": "?"}, False, "REASON WITHOUT NEED broker.saml.y gone"),
        ([], {}, False, "0 guards"),
    ],
)
def test_it_says_what_is_open(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    lines: list[dict[str, str]],
    reasons: dict[str, str],
    *,
    good: bool,
    words: str,
) -> None:
    monkeypatch.setattr(guards, "REASONS", reasons)
    assert guards.told(list(lines), whole=True) is good
    assert words in capsys.readouterr().out
