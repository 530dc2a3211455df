"""`broker rollover readiness`, `confirm` and `sample`: who is ready, and help to become so."""

from datetime import datetime
from pathlib import Path

import click

from broker.audit.store import AuditStore
from broker.cli.context import in_words, occasion_of, service_of, settings_of
from broker.cli.office import print_json
from broker.cli.phone_list import write_phone_list
from broker.cli.printing import print_table, safe
from broker.clock import system_clock
from broker.login.sample import sample as make_sample
from broker.metadata.keyring import PSEUDONYM, load_secret
from broker.metadata.keyrings import Keyrings
from broker.metadata.published.tokens import Tokens
from broker.metadata.readiness.model import Level, Line
from broker.metadata.readiness.risks import days_left
from broker.metadata.readiness.service import Readiness
from broker.metadata.registry import RegistryCache
from broker.metadata.rollover.model import Plan
from broker.saml.bindings import encode_post

WORDS = {
    "nothing": "no sign",
    "fetched": "has fetched the new key",
    "said": "says it is ready",
    "alone": "one person says a trial was accepted",
    "tried": "a trial was accepted",
    "loads_daily": "loads daily, and reads several keys",
    "endpoint": "uses the address of the new key",
    "logins": "logins under the new key go well",
    "opened": "encrypts to the new key",
}
MISSING = """ (loaded and activated)
  It is society-critical, and one person alone says that a trial was accepted. No login that
  tried the new key was seen: it keeps the old key at the switch until one is, or until a second
  person says the same."""
_HOME = click.option("--federation", help="Only in this one.")


@click.command()
@click.argument("code", metavar="PLAN")
@_HOME
@click.option("--json", "as_json", is_flag=True, help="The same for a program.")
@click.option(
    "--phone-list",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write whom to ring, and their numbers, as CSV (- for standard output).",
)
@in_words
def readiness(*, code: str, federation: str | None, as_json: bool, phone_list: Path | None) -> None:
    """Who is ready for PLAN, and how we know; whom to ring first stands at the top.

    Levels: 0 no sign, 1 fetched, 2 somebody says so, 3 tried, 4 used.
    """
    service, now = _readiness(), system_clock()
    service.settle(occasion_of("what was seen of partners"))
    boards = [(p, service.board(p, now)) for p in service.plans(code, now, federation)]
    if phone_list is not None:
        write_phone_list(service.engine, boards, phone_list)
    elif as_json:
        print_json([_facts(plan, line) for plan, lines in boards for line in lines])
    else:
        for plan, lines in boards:
            _print(plan, lines, now)
        if any(line.reached.level < Level.TRIED for _, lines in boards for line in lines):
            click.echo(f"Next: broker rollover readiness {code} --phone-list FILE")


@click.command()
@click.argument("code", metavar="PLAN")
@click.argument("partner")
@click.option("--said-by", required=True, help="Who at the partner answers for it.")
@click.option("--tried", is_flag=True, help="They signed in with the new key, and came in.")
@click.option("--withdraw", is_flag=True, help="It was not so after all.")
@_HOME
@click.option("--reason", default="", help="What they said, for the audit trail.")
@in_words
def confirm(
    *,
    code: str,
    partner: str,
    said_by: str,
    tried: bool,
    withdraw: bool,
    federation: str | None,
    reason: str,
) -> None:
    """Write down that PARTNER says it is ready for PLAN, or that a trial was accepted.

    Of a society-critical one a trial counts when a login was seen that tried the new key, or
    when two people with logins of their own on this host say so.
    """
    if tried and withdraw:
        raise click.UsageError("--tried and --withdraw exclude each other.")
    level = Level.NOTHING if withdraw else Level.TRIED if tried else Level.SAID
    service, now, alone = _readiness(), system_clock(), False
    for plan in service.plans_of(code, partner, now, federation):
        kept = service.confirm(plan, partner, level, said_by, occasion_of(reason))
        who = f"{safe(kept.partner.name)} ({kept.partner.code}) for {plan.slot}"
        click.echo(f"{who}: level {int(kept.level)}{MISSING if kept.alone else ''}")
        alone = alone or kept.alone
    if alone:
        click.echo(
            f"Next: broker rollover try {code} --partner {partner}, and log in with that link"
        )
        again = f"broker rollover confirm {code} {partner} --tried --said-by NAME"
        click.echo(f"  or somebody else at this end says the same: {again}")
    click.echo(f"Next: broker rollover readiness {code}")


@click.command()
@click.argument("code", metavar="PLAN")
@click.option("--partner", required=True, help="The service whose verifier it is for.")
@_HOME
@click.option("--form", is_flag=True, help="As the value of SAMLResponse in a form.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="A file; standard output unless given.",
)
@in_words
def sample(
    *, code: str, partner: str, federation: str | None, form: bool, output: Path | None
) -> None:
    """An answer to feed PARTNER's verifier, signed with the key that PLAN leads to.

    It is encrypted to the service, fictive, marked as a sample, and ran out a year ago.
    """
    settings, now = settings_of(), system_clock()
    plans = _readiness().plans(code, now, federation)
    plan = next((p for p in plans if (p.slot.side, p.slot.use) == ("idp", "signing")), None)
    if plan is None:
        raise click.ClickException(f"{code} changes no key that signs for services.")
    known = RegistryCache(_readiness().engine, settings.origin).current()
    home = known.federation(plan.slot.federation)
    service = known.service_by_code(home.path, partner)
    key = Keyrings(settings.keys).signing(plan.slot, plan.after)
    xml = make_sample(service, home, key, now).xml
    content = encode_post(xml).encode() if form else xml
    if output is None:
        click.echo(content)
        return
    output.write_bytes(content)
    print_to = f"{output}: signed with {plan.after}, SHA-256 {key.certificate.fingerprint}"
    click.echo(print_to)
    address = Tokens(load_secret(settings.keys / PSEUDONYM)).address(home, "idp", service.row)
    click.echo(f"The document of its own for {partner} is {address}")


def _readiness() -> Readiness:
    return Readiness(service_of(settings_of()).engine, AuditStore())


def _print(plan: Plan, lines: tuple[Line, ...], now: datetime) -> None:
    left = days_left(plan, now)
    when = f"switches {plan.instants.switch:%Y-%m-%d %H:%M} UTC"
    click.secho(f"{plan.code} of {plan.slot} {when}, {left:.1f} days from now", bold=True)
    print_table(
        ("partner", "level", "how we know", "since", "critical", "logins a day", "failed"),
        [
            (
                line.partner.code,
                str(int(line.reached.level)),
                WORDS[line.reached.because],
                f"{line.reached.at:%Y-%m-%d %H:%M}" if line.reached.at else "",
                "yes" if line.partner.critical else "",
                f"{line.daily:.0f}",
                str(line.failures or ""),
            )
            for line in lines
        ],
    )
    for line in lines:
        if line.last_trial is not None:
            logins = "1 login" if line.trials == 1 else f"{line.trials} logins"
            when = f"{line.last_trial:%Y-%m-%d} at {line.last_trial:%H:%M} UTC"
            click.echo(f"{line.partner.code}: tried on {when}, {logins}")
    if not lines:
        click.echo("Nobody is registered on this side.")


def _facts(plan: Plan, line: Line) -> dict[str, object]:
    return {
        "plan": plan.code,
        "slot": str(plan.slot),
        "partner": line.partner.code,
        "name": line.partner.name,
        "level": int(line.reached.level),
        "because": line.reached.because,
        "since": line.reached.at,
        "critical": line.partner.critical,
        "daily": round(line.daily, 1),
        "failures": line.failures,
        "risk": round(line.risk, 3),
        "last_fetch": line.last_fetch,
        "trials": line.trials,
        "last_trial": line.last_trial,
        "claims": [
            {"level": int(c.level), "said_by": c.said_by, "by": c.by, "at": c.at}
            for c in line.claims
        ],
    }
