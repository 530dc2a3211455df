"""`broker rollover try`: a link with which one browser gets the next key at one service."""

import click

from broker.audit.store import AuditStore
from broker.cli.context import in_words, occasion_of, service_of, settings_of
from broker.clock import system_clock
from broker.errors import Refused, Unknown
from broker.login.rehearsal import LIFE, Rehearsals
from broker.metadata.keyring import SEALING
from broker.metadata.readiness.service import Readiness
from broker.metadata.registry import RegistryCache
from broker.metadata.rollover.choosing import is_live
from broker.metadata.rollover.model import Plan
from broker.sealing import SealingKeys


@click.command("try")
@click.argument("code", metavar="PLAN")
@click.option("--partner", required=True, help="The service at which it is tried.")
@click.option("--federation", help="Only in this one.")
@in_words
def try_key(*, code: str, partner: str, federation: str | None) -> None:
    """A link with which one browser tries the key that PLAN leads to, at one service.

    For a quarter of an hour what we sign for PARTNER in that browser is signed with the new key.
    Nobody else notices. Send it to whoever tests there, or follow it yourself.
    """
    settings, now = settings_of(), system_clock()
    readiness = Readiness(service_of(settings).engine, AuditStore())
    known = RegistryCache(readiness.engine, settings.origin).current()
    plans = [plan for plan in known.rollovers.plans if _meant(plan, code, federation)]
    if not plans:
        words = f"no plan {code!r} changes a key that signs for services: broker rollover show"
        raise Unknown("rollover.no_plan", words)
    rehearsals = Rehearsals(SealingKeys.load(settings.keys / SEALING))
    for plan in plans:
        path = plan.slot.federation
        if not is_live(plan, now):
            words = f"{plan.code} of {plan.slot} is not announced yet, or is over"
            raise Refused("rollover.not_announced", words)
        link = rehearsals.link(path, known.service_by_code(path, partner).row, now)
        readiness.offer(plan, partner, now + LIFE, occasion_of(""))
        click.echo(f"{settings.origin}/{path}/saml/try/{link}")
    click.echo(f"It can be followed for {LIFE.seconds // 60} minutes, in the browser that tries.")
    told = f"broker rollover confirm {code} {partner} --tried --said-by NAME"
    click.echo(f"Next, when the login came in: {told}")


def _meant(plan: Plan, code: str, federation: str | None) -> bool:
    """Whether a plan changes what signs for services, under that code and there."""
    slot = plan.slot
    if (slot.side, slot.use) != ("idp", "signing") or plan.cancelled_at is not None:
        return False
    return plan.code == code and federation in (None, slot.federation)
