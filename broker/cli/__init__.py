"""The `broker` command. Every command says in plain words what it did and what comes next.

init, check, serve    an installation: make it, examine it, run it
metadata              who is in the federations
certificates          of partners and ours: until when they count, and who is revoked
rollover              our own keys, and who is ready for a new one
mapping               what each service is told
codes                 the code lists that delimit roles
services              services with their roles, interfaces and rules
portals, operators    where people see and give access, and the first who runs it all
organisations         whose people sign in, and who administers them
roles                 who may hand out what, and who has it
activation            whether an IdP may be used for a service, from when, and why not
health                how each identity provider is doing
statistics, metrics   how people get on with the discovery page; the same for Prometheus
jobs, mail            what happens by itself, and whom it tells
proxy                 what nginx in front of it needs: error pages, registered networks
purge                 what has run out, deleted
audit, evidence       that the trail is as it was written; messages that an offline key opens
demo                  a whole federation on this machine
"""

import click

from broker import __version__
from broker.cli.listing import Commands

# A command is imported when it is asked for: a node that serves carries none of the others.
_WHERE = {
    "init": "install",
    "check": "install",
    "serve": "install",
    "metadata": "metadata",
    "certificates": "certificates",
    "rollover": "rollover",
    "mapping": "mapping",
    "codes": "codes",
    "services": "services",
    "organisations": "organisations",
    "portals": "portals",
    "operators": "operators",
    "roles": "roles",
    "activation": "activation",
    "health": "health",
    "statistics": "statistics",
    "metrics": "metrics",
    "jobs": "jobs",
    "mail": "mail",
    "purge": "purge",
    "audit": "audit",
    "evidence": "evidence",
    "proxy": "proxy",
    "demo": "demo",
}


@click.group(commands=Commands(_WHERE))
@click.version_option(__version__)
def main() -> None:
    """A SAML federation broker: people sign in once, at the place that knows them.

    A new installation takes five commands:

    \b
      broker init
      broker metadata load idp.xml --cvr any --loa High
      broker metadata load sp.xml --idp all
      broker check
      broker serve
    """
