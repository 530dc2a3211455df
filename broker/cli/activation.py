"""`broker activation`: whether an IdP may be used for a service, from when, and why not."""

import json

import click

from broker.cli.activation_desk import ActivationDesk
from broker.cli.activation_options import in_both, meant, texts, wave
from broker.cli.context import in_words, instant
from broker.metadata import waves
from broker.metadata.announcing import AUDIENCES, LANGUAGES, announcements

_HOME = click.option("--federation", help="The federation; the first one unless given.")
_JSON = click.option("--json", "as_json", is_flag=True, help="The same as data.")
_FROM = click.option("--from", "since", metavar="INSTANT", help="From when; now unless given.")


@click.group()
def activation() -> None:
    """Whether an IdP may be used for a service: now, from when, and why not.

    What is decided counts on every node from the next request on, and a date from its instant
    on; nothing has to be started anew. Services are named one by one with --service, or all of
    them with --all and some left out with --except.
    """


@activation.command()
@click.option("--service", help="Only of this service.")
@click.option("--idp", help="Only of this IdP.")
@click.option("--at", metavar="INSTANT", help="Past, present or future; now unless given.")
@click.option("--history", is_flag=True, help="What was decided, when, by whom and why.")
@_HOME
@_JSON
@in_words
def show(
    *,
    service: str | None,
    idp: str | None,
    at: str | None,
    history: bool,
    federation: str | None,
    as_json: bool,
) -> None:
    """The state of each IdP at each service, at an instant."""
    desk = ActivationDesk.here(federation)
    if history:
        desk.print_history(service, idp, as_json=as_json)
    else:
        desk.print_states(service, idp, instant("--at", at) or desk.now, as_json=as_json)


@activation.command()
@wave
@click.option("--from", "opens", metavar="INSTANT", required=True, help="When it opens.")
@click.option("--until", "closes", metavar="INSTANT", help="When it closes again.")
@click.option("--visible-from", metavar="INSTANT", help="When people may see it; at once.")
@texts
@in_words
def plan(
    *,
    idp: str,
    opens: str,
    closes: str | None,
    visible_from: str | None,
    text_da: str | None,
    text_en: str | None,
) -> None:
    """Open IDP for services from an instant on; until then people see it with its date.

    An instant is written with its offset: 2026-03-02T06:00:00+01:00.
    """
    said, desk = meant(), ActivationDesk.here(meant().federation)
    edit = waves.plan(
        instant("--from", opens) or desk.now,
        instant("--until", closes),
        instant("--visible-from", visible_from),
        in_both(text_da, text_en),
    )
    desk.decide(idp, said, "plan", edit)


@activation.command()
@wave
@in_words
def approve(*, idp: str) -> None:
    """Put the names of those who approve on what is planned; whoever asked is not one of them."""
    said = meant()
    if not (said.signed.approved_by_owner or said.signed.approved_by_operator):
        raise click.UsageError("Say who: --approved-by-owner or --approved-by-operator.")
    ActivationDesk.here(said.federation).decide(idp, said, "approve", waves.approve())


@activation.command("open")
@wave
@in_words
def open_now(*, idp: str) -> None:
    """Open IDP for everybody now."""
    desk = ActivationDesk.here(meant().federation)
    desk.decide(idp, meant(), "open", waves.activate(desk.now, None))


@activation.command("test")
@wave
@click.option("--user", "users", multiple=True, help="Id of a person or an account; repeatable.")
@click.option("--remove", multiple=True, help="Id of somebody who tries it no more.")
@_FROM
@in_words
def let_try(
    *, idp: str, users: tuple[str, ...], remove: tuple[str, ...], since: str | None
) -> None:
    """Let some people use IDP before it opens. Who they are is known only after they sign in."""
    edit = waves.let_try(users, remove, instant("--from", since))
    ActivationDesk.here(meant().federation).decide(idp, meant(), "trial", edit)


@activation.command()
@wave
@_FROM
@click.option("--until", metavar="INSTANT", help="Until when; until resumed unless given.")
@texts
@in_words
def pause(
    *, idp: str, since: str | None, until: str | None, text_da: str | None, text_en: str | None
) -> None:
    """Send nobody to IDP, and tell people why. Whoever is there already may finish."""
    reason = in_both(text_da, text_en)
    if reason is None:
        raise click.UsageError("People want to know why: --text-da and --text-en.")
    desk = ActivationDesk.here(meant().federation)
    edit = waves.pause(instant("--from", since) or desk.now, instant("--until", until), reason)
    desk.decide(idp, meant(), "pause", edit)


@activation.command()
@wave
@in_words
def resume(*, idp: str) -> None:
    """Let IDP go on as it was planned."""
    ActivationDesk.here(meant().federation).decide(idp, meant(), "resume", waves.resume())


@activation.command()
@wave
@_FROM
@texts
@in_words
def close(*, idp: str, since: str | None, text_da: str | None, text_en: str | None) -> None:
    """Close IDP for services, also for whoever is signing in there at that moment."""
    desk = ActivationDesk.here(meant().federation)
    edit = waves.close(instant("--from", since) or desk.now, in_both(text_da, text_en))
    desk.decide(idp, meant(), "close", edit)


@activation.command()
@click.argument("idp")
@click.option("--service", "services", multiple=True, help="Only for this one; repeatable.")
@click.option("--audience", type=click.Choice(AUDIENCES), help="Only the text for these.")
@click.option("--at", metavar="INSTANT", help="What holds then; now unless given.")
@_HOME
@_JSON
@in_words
def announce(
    *,
    idp: str,
    services: tuple[str, ...],
    audience: str | None,
    at: str | None,
    federation: str | None,
    as_json: bool,
) -> None:
    """Texts about IDP in Danish and English: to owners, for the page, for the status page."""
    desk = ActivationDesk.here(federation)
    home = desk.registry.federation(desk.federation)
    offers = [
        (service, offer)
        for service, offer in desk.offers(None, idp, instant("--at", at) or desk.now)
        if not services or service.code in services
    ]
    found = [
        {
            "state": one.state,
            "services": [service.code for service in one.services],
            "audience": reader,
            "language": language,
            "text": one.text(reader, language, home),
        }
        for one in announcements(offers)
        for reader in AUDIENCES
        if audience in (None, reader)
        for language in LANGUAGES
    ]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for text in found:
        click.secho(f"--- {text['audience']}, {text['language']}", bold=True)
        click.echo(f"{text['text']}\n")
    if not found:
        click.echo(f"{idp} is relevant to none of them. Next: broker activation plan {idp} …")
