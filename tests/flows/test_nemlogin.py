"""NemLog-in's integration tests, by their names, played against the demo's identity provider."""

from collections.abc import Callable, Iterator

import pytest
from click.testing import Result

from broker.demo.nemlogin import CASES, MANDATORY, OPTIONAL
from broker.demo.rehearsal import Act, Failed, demand, rehearsing, run

NAMES = [
    "IT-LOGON-1",
    "IT-SSO-1",
    "IT-SPSES-1",
    "IT-SLO-1",
    "IT-SLO-2",
    "IT-SLO-3",
    "IT-LOA-1",
    "IT-TIM-1",
    "IT-TIM-2",
    "IT-LOG-1",
    "IT-FORCE-1",
    "IT-REPL-1",
    "IT-PRIV-1",
    "IT-PRIV-2",
    "IT-PRIV-3",
]


@pytest.fixture(scope="module")
def act() -> Iterator[Act]:
    with rehearsing(lambda _: None) as made:
        yield made


@pytest.mark.parametrize("name", NAMES)
def test_the_case_is_passed(act: Act, name: str) -> None:
    case = CASES[name]
    assert case.__doc__, "our reading of what the case asks"
    result = run(act, name, case, mandatory=name in MANDATORY)
    assert result.passed, result.seen
    assert result.seen


def test_the_cases_are_those_of_the_report() -> None:
    assert [*MANDATORY, *OPTIONAL] == NAMES


def test_a_case_that_does_not_hold_is_reported_as_failed(act: Act) -> None:
    def never(_act: Act) -> str:
        demand(False, "seen to fail")
        return "never"

    with pytest.raises(Failed):
        never(act)
    result = run(act, "IT-X", never, mandatory=True)
    assert (result.passed, result.seen) == (False, "seen to fail")


def test_the_command_prints_the_report(here: Callable[..., Result]) -> None:
    done = here("check", "--nemlogin")
    assert done.exit_code == 0, done.output
    for name in NAMES:
        (line,) = [line for line in done.stdout.splitlines() if f" {name} " in line]
        assert "passed" in line
    assert "15 of 15" in done.stdout
