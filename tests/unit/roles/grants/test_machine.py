"""No sequence of calls lets anybody grant to themselves, beyond a ceiling, or elsewhere."""

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from broker.db import Engine
from tests.drawn import examples
from tests.unit.roles.grants import machine

EXAMPLES = {"sqlite": 120, "postgresql": 40}
STEPS = 30


def test_no_sequence_of_calls_widens_what_may_be(engine: Engine) -> None:
    class Here(machine.Region):
        """The machine on this engine."""

    Here.engine = engine
    limits = settings(
        max_examples=examples(EXAMPLES[engine.dialect.name]),
        stateful_step_count=STEPS,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Here, settings=limits)
