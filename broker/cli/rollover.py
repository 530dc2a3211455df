"""`broker rollover`: from one key of ours to the next, without anybody noticing.

A family of commands is a module; this one lists them.
"""

import click

from broker.cli.listing import Commands

# Imported when they are asked for: a rehearsal carries a whole demo federation.
_WHERE = {
    **dict.fromkeys(("override", "rollback", "resume", "compromised"), "rollover_deciding"),
    **dict.fromkeys(("plan", "move", "cancel"), "rollover_planning"),
    **dict.fromkeys(("readiness", "confirm", "sample"), "rollover_readiness"),
    "keys": "rollover_keys",
    "show": "rollover_show",
    "simulate": "rollover_drill",
    "try": "rollover_trying:try_key",
}


@click.group(commands=Commands(_WHERE))
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
