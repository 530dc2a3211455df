"""`broker rollover`: from one key of ours to the next, without anybody noticing."""

import click

from broker.cli.rollover_readiness import confirm, readiness, sample


@click.group()
def rollover() -> None:
    """Change our own keys, and see who is ready."""


for command in (readiness, confirm, sample):
    rollover.add_command(command)
