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
from broker.cli.demo_text import one_login, table
from broker.clock import system_clock
from broker.demo.everything import play_all
from broker.demo.federation import DemoFederation, Ports, build, claimed, prepare
from broker.demo.once import Chosen, plan, stage
from broker.demo.parties import members
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


def _chosen(service: str | None, idp: str | None, person: str | None) -> Chosen:
    try:
        return plan(service, idp, person, members("services"), members("idp"))
    except Unknown as unknown:
        raise click.UsageError(unknown.detail) from unknown


def _play_once(chosen: Chosen, wish: Mapping[str, str], *, logout: bool, as_json: bool) -> int:
    with stage(_say) as play:
        told = play.login(chosen, wish, logout=logout)
    click.echo(_json(told.facts()) if as_json else one_login(told))
    return 1 if told.refused else 0


def _play_all(*, as_json: bool) -> int:
    with stage(_say) as play:
        found = list(play_all(play))
        lines = [] if as_json else list(table(found, play.demo, system_clock()))
    click.echo(_json([one.facts() for one in found]) if as_json else "\n".join(lines))
    return 1 if any(one.wrong for one in found) else 0


def _json(facts: object) -> str:
    return json.dumps(facts, ensure_ascii=False, indent=2)


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
    origin, dpsd = made.ports.origin, made.sps["dpsd"].url
    return f"""
The demo federation is running.

  All services        http://127.0.0.1:{made.ports.services}/
  for instance        {dpsd}/
  The test federation {dpsd}/login?federation=sundhed-test
  Citizens            {made.sps["web-pharmacy"].url}/

  Press Log ind, choose an identity provider, and be one of these people:

    NemLog-in          Mette Åkjær       roles that her privileges give, in her own wing
                       Tove Lyngsø       roles that an administrator gave; two need an exception
                       Omar Lindskov     at level High; eSundhed by SKS, SEI2 by SOR
                       Hanne Løvdal      a national role, for SIAP-NSP and NSP
                       Viggo Ørsnes      no role: refused where a role is demanded
                       Freja Holmgaard   privileges of another organisation, which count for nothing
                       Lone Bækgård      a login too weak
                       Sidsel Tornby     works in two organisations of one CVR number
    Region Nordjylland Karen Vesterskov  several units, a group; one role has ended, one not begun
                       Gitte Nørrekær    the roles of a bundle
    Both               Dorte Kallehave   moves from NemLog-in to the region and keeps every role,
                                         by her professional UUID; Ejnar Hjorthøj by his RID;
                                         the stranger who is called Dorte Kallehave gets none
    KOMBIT             Birgit Søndermark two roles that go together only with a warning

  Try also: a second service, which asks nobody again; Log out everywhere; FMK-Online is not
  open for the regions; Cancel at the identity provider; two services in two tabs.

  The portal          {origin}/sundhed/portal/
  Its guides          {origin}/sundhed/guide/

  Log in to it at NemLog-in, where nothing else is said, as one of these:

    Mette Åkjær        an employee, as everybody above: her own accesses
    Bodil Kornmose     administrator of Plejecenter Egely; Vibeke Strandmark its chief, Anton
                       Bøgelund approves requests, Else Kildegaard only looks
    Annelise Egemark   administrator of another organisation, at KOMBIT
    Merete Skovbo      owner of DPSD and SOR; Palle Engsø technician of DPSD;
                       a service for her to register: http://127.0.0.1:{made.ports.services}/vaccination/metadata
    Rikke Ravnkilde    operator, at level High, as is Holger Dalsgård: much takes two
    Rosa Lindhøj       auditor: sees everything, changes nothing

  Demands             {dpsd}/login?force=1, ?passive=1, ?level=High
  Your session        {origin}/sundhed/saml/logout
  The broker          {origin}/
  Metadata            {origin}/sundhed/metadata/idp.xml
                      {origin}/sundhed/metadata/sp.xml

Ctrl-C stops it."""
