"""`broker roles`: who may hand out what, who has what, and the rules over both."""

import click

from broker.cli.explaining import explain_command
from broker.cli.importing import exporting, importing
from broker.cli.roles_bundles import bundles
from broker.cli.roles_entitling import change_ceiling, entitle, entitlements, withdraw
from broker.cli.roles_grants import copy, extend, grant, narrow, revoke, shorten
from broker.cli.roles_reports import expiring, unused, who
from broker.cli.roles_rules import conflicts, rule


@click.group()
def roles() -> None:
    """Roles: who may hand them out, who has them, and why.

    An ORGANISATION is its CVR number or its id, a ROLE is SERVICE/CODE, national/CODE or its
    URN. Dates are 31-12-2026 or 2026-12-31, in Denmark. At the console one is an operator;
    what only an organisation's administrators may do is done with `--as ACCOUNT`, and both
    are recorded.

    \b
      broker roles entitle 90000004 dpsd/Sagsbehandler --ceiling sor=CODE+ --reason …
      broker roles grant 90000004 dpsd/Sagsbehandler --account Anna --scope sor=own-unit+ …
      broker roles who --organisation 90000004
    """


for command in (
    *(entitle, change_ceiling, withdraw, entitlements),
    *(grant, extend, shorten, narrow, revoke, copy),
    *(who, expiring, unused),
    *(bundles, conflicts, rule),
    *(explain_command, importing, exporting),
):
    roles.add_command(command)
