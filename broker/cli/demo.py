"""`broker demo`: a whole federation on this machine, to click in, or one login told hop by hop."""

import json
import os
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import click

from broker.cli.context import in_words
from broker.clock import system_clock
from broker.demo.federation import DemoFederation, Ports, build, claimed, prepare
from broker.demo.once import Told, expected, plan, stage
from broker.demo.parties import codes
from broker.demo.people import PEOPLE
from broker.demo.sites import served
from broker.errors import Unknown
from broker.web.logging import configure


def default_folder() -> Path:
    """Where the demo keeps its data when nothing else is said."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "federation-broker" / "demo"


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65533),
    default=8700,
    show_default=True,
    help="The broker's; the two after it too. 0 takes free ones.",
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the demo's data.",
)
@click.option("--fresh", is_flag=True, help="Throw earlier data away first.")
@click.option("--once", is_flag=True, help="Play one login, tell what each hop did, and end.")
@click.option("--all", "everything", is_flag=True, help="Play every service with every IdP.")
@click.option("--service", help="With --once: the service's code.")
@click.option("--idp", help="With --once: the identity provider's code.")
@click.option("--person", help="With --once: the person's key.")
@click.option("--force-authn", is_flag=True, help="With --once: demand a new authentication.")
@click.option("--passive", is_flag=True, help="With --once: no page may be shown on the way.")
@click.option(
    "--require-assurance",
    type=click.Choice(["Low", "Substantial", "High"]),
    help="With --once: the least level that the service demands.",
)
@click.option("--logout", is_flag=True, help="With --once: log out again, everywhere.")
@click.option("--json", "as_json", is_flag=True, help="With --once or --all: JSON instead of text.")
@in_words
def demo(
    *,
    port: int,
    data: Path | None,
    fresh: bool,
    once: bool,
    everything: bool,
    service: str | None,
    idp: str | None,
    person: str | None,
    force_authn: bool,
    passive: bool,
    require_assurance: str | None,
    logout: bool,
    as_json: bool,
) -> None:
    """A whole federation on this machine: services, identity providers and fictive staff."""
    configure("WARNING")
    for number in (signal.SIGINT, signal.SIGTERM):  # so that both tidy up, in the background too
        signal.signal(number, signal.default_int_handler)
    wish = {
        **({"force": "1"} if force_authn else {}),
        **({"passive": "1"} if passive else {}),
        **({"level": require_assurance} if require_assurance else {}),
    }
    one = bool(once or service or idp or person or wish or logout)
    if everything and one:
        raise click.UsageError("--all plays every service with every identity provider.")
    if everything:
        sys.exit(_play_all(as_json=as_json))
    if one:
        chosen = _chosen(service, idp, person)
        sys.exit(_play_once(chosen, wish, logout=logout, as_json=as_json))
    if as_json:
        raise click.UsageError("--json goes with --once or --all.")
    folder = data or default_folder()
    with claimed(folder):
        _run(folder, Ports.starting(port), fresh=fresh)


def _say(what: str) -> None:
    click.echo(f"  preparing {what} …", err=True)


def _chosen(service: str | None, idp: str | None, person: str | None) -> tuple[str, str, str]:
    try:
        return plan(service, idp, person, codes("services"), codes("idp"))
    except Unknown as unknown:
        raise click.UsageError(unknown.detail) from unknown


def _play_once(
    chosen: tuple[str, str, str], wish: Mapping[str, str], *, logout: bool, as_json: bool
) -> int:
    with stage(_say) as play:
        told = play.login(*chosen, wish, logout=logout)
    click.echo(json.dumps(told.facts(), ensure_ascii=False, indent=2) if as_json else _text(told))
    return 1 if told.refused else 0


def _play_all(*, as_json: bool) -> int:
    found: list[Told] = []
    as_planned = True
    with stage(_say) as play:
        services, idps = play.members()
        for service in services:
            for idp in idps:
                told = play.login(*plan(service, idp, None, [service], [idp]))
                as_planned &= (told.refused is None) == expected(play.demo, service, idp)
                found.append(told)
    if as_json:
        facts = [told.facts() for told in found]
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
    else:
        click.echo("\n\n".join(_text(told) for told in found))
    return 0 if as_planned else 1


def _text(told: Told) -> str:
    """One login for a person to read."""
    lines = [f"{told.person} logs in to {told.service} through {told.idp}", ""]
    for hop in told.hops:
        lines.append(f"  {hop.hop} {hop.name:<13} {hop.ms:7.1f} ms  {hop.peer}")
        lines.append(f"    {', '.join(hop.checks)}")
    lines.append("")
    if told.refused:
        lines.append(f"  refused: {told.refused[0]} – {told.refused[1]}")
    facts = told.facts()
    if told.arrival:
        lines += [f"  NameID     {facts['name_id']}", f"  assurance  {facts['assurance']}"]
        attributes = told.arrival["attributes"]
        if isinstance(attributes, dict):
            lines += [f"  {name} = {', '.join(values)}" for name, values in attributes.items()]
        roles = told.arrival["roles"]
        lines.append(f"  roles      {', '.join(roles) if isinstance(roles, list) else ''}")
    if told.logout:
        lines.append(
            f"  logout     {told.logout['service']}, session at the broker {told.logout['broker']}"
        )
    lines.append(f"  reference  {facts['reference']}")
    return "\n".join(lines)


def _run(folder: Path, ports: Ports, *, fresh: bool) -> None:
    prepare(folder, fresh=fresh)
    click.echo(f"The demo keeps its data in {folder}", err=True)
    made = build(folder, ports, clock=system_clock, say=_say)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with served(made):
        click.echo(_welcome(made))
        stop.wait()
    click.echo("Stopped.")


def _welcome(made: DemoFederation) -> str:
    services = "\n".join(f"    {sp.url}/  {sp.name.da}" for sp in made.sps.values())
    people = "\n".join(f"    {p.name}, {p.title} ({p.idp}, {p.level})" for p in PEOPLE)
    return f"""
The demo federation is running.

  Open a service and press Log ind:
{services}

  Choose an identity provider, then one of these people:
{people}

  The test environment: {made.sps["dpsd"].url}/login?federation=sundhed-test

  Try also: a second service, which asks nobody again; Log out everywhere, there, at the
  broker and at an identity provider; FMK-Online is not open for the regions; Lone's login is
  too weak; Viggo has no role; Cancel at the identity provider; two services in two tabs.

  Profiles            dpsd OIOSAML 3, fmk-online OIOSAML-H, esundhed-sor OIOSAML 2, sor SAML 2.0;
                      Region Sjælland speaks OIOSAML 2, the other logins OIOSAML 3
  Demands             {made.sps["dpsd"].url}/login?force=1, ?passive=1, ?level=High
  Your session        {made.ports.origin}/sundhed/saml/logout

  The broker          {made.ports.origin}/
  Metadata            {made.ports.origin}/sundhed/metadata/idp.xml
                      {made.ports.origin}/sundhed/metadata/sp.xml

Ctrl-C stops it."""
