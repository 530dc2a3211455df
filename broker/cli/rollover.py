"""`broker rollover`: from one key of ours to the next, without anybody noticing.

A family of commands is a module; this one lists them.
"""

import click

from broker.cli.rollover_deciding import compromised, override, resume, rollback
from broker.cli.rollover_drill import simulate
from broker.cli.rollover_keys import keys
from broker.cli.rollover_planning import cancel, move, plan
from broker.cli.rollover_readiness import confirm, readiness, sample
from broker.cli.rollover_show import show
from broker.cli.rollover_trying import try_key


@click.group()
def rollover() -> None:
    """Change our own keys: plan it, watch it, take it back.

    A plan leads from one EPOCH of a key to the next. Nothing has to happen at its instants:
    every node compares them with the clock when it needs a key.

    \b
      broker rollover keys oces3
      broker rollover plan --code autumn --after oces3 --switch 2027-04-24T06:00:00+02:00
      broker rollover show
      broker rollover simulate autumn
      broker rollover readiness autumn
      broker rollover override autumn dpsd late --reason …
      broker rollover rollback autumn --reason …
    """


for command in (
    *(keys, plan, move, cancel, show),
    *(simulate, readiness, confirm, sample, try_key),
    *(override, rollback, resume, compromised),
):
    rollover.add_command(command)
