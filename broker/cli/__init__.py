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
from broker.cli.activation import activation
from broker.cli.audit import audit
from broker.cli.certificates import certificates
from broker.cli.codes import codes
from broker.cli.demo import demo
from broker.cli.evidence import evidence
from broker.cli.health import health
from broker.cli.install import check, init, serve
from broker.cli.jobs import jobs
from broker.cli.mail import mail
from broker.cli.mapping import mapping
from broker.cli.metadata import metadata
from broker.cli.metrics import metrics
from broker.cli.operators import operators
from broker.cli.organisations import organisations
from broker.cli.portals import portals
from broker.cli.proxy import proxy
from broker.cli.purge import purge
from broker.cli.roles import roles
from broker.cli.rollover import rollover
from broker.cli.services import services
from broker.cli.statistics import statistics


@click.group()
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


for command in (
    init,
    check,
    serve,
    metadata,
    certificates,
    rollover,
    mapping,
    codes,
    services,
    organisations,
    portals,
    operators,
    roles,
    activation,
    health,
    statistics,
    metrics,
    jobs,
    mail,
    proxy,
    purge,
    audit,
    evidence,
    demo,
):
    main.add_command(command)
