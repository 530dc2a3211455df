"""`broker rollover override`, `rollback`, `resume` and `compromised`."""

from typing import get_args

import click

from broker.cli.context import in_words, instant, occasion_of, settings_of
from broker.cli.rollover_options import (
    HOME,
    REASON,
    SLOT,
    chosen,
    given,
    instants,
    print_changed,
    rollovers_of,
)
from broker.metadata.rollover.service import Kind

_WORDS: dict[Kind, str] = {
    "early": "switches early",
    "late": "switches late",
    "waive": "may switch unready, says one more person",
    "follow": "follows the plan again",
}


@click.command()
@click.argument("code")
@click.argument("partner")
@click.argument("kind", type=click.Choice(get_args(Kind)), metavar="early|late|waive|follow")
@click.option("--from", "since", metavar="INSTANT", help="From when; as soon as may be.")
@click.option("--until", metavar="INSTANT", help="Until when; as long as may be.")
@HOME
@REASON
@in_words
def override(
    *,
    code: str,
    partner: str,
    kind: Kind,
    since: str | None,
    until: str | None,
    federation: str | None,
    reason: str,
) -> None:
    """Treat PARTNER otherwise than the plan CODE says.

    \b
      early   switches before the others
      late    keeps the old key after the switch, until it is withdrawn at the latest
      waive   is society-critical and switches though it is not ready; two people must say so
      follow  does as the plan says again
    """
    changed = rollovers_of(settings_of()).override(
        code,
        partner,
        kind,
        occasion_of(reason),
        since=instant("--from", since),
        until=instant("--until", until),
        federation=federation,
    )
    print_changed(changed, f"{partner} {_WORDS[kind]}")
    click.echo(f"Next: broker rollover show {code} --partner {partner}")


@click.command()
@click.argument("code")
@click.option("--partner", help="Only this one; everybody unless given.")
@HOME
@REASON
@in_words
def rollback(*, code: str, partner: str | None, federation: str | None, reason: str) -> None:
    """Take the plan CODE back: the old key signs the next message, on every node.

    Whoever uses the address of the new key keeps the new key, for it has no other.
    """
    service = rollovers_of(settings_of())
    occasion = occasion_of(reason)
    changed = service.rollback(code, occasion, partner=partner, federation=federation)
    print_changed(changed, f"taken back for {partner or 'everybody'}")
    if partner is None and any(one.plan.style == "hard" for one in changed):
        click.secho("Whoever has loaded the new document alone is cut off now.", fg="yellow")
    again = f"override {code} {partner} follow" if partner else f"resume {code} --switch INSTANT"
    seen = f"{code} --partner {partner}" if partner else code
    click.echo(f"Next: broker rollover show {seen}; to go on: broker rollover {again}")


@click.command()
@click.argument("code")
@instants
@HOME
@REASON
@in_words
def resume(*, code: str, federation: str | None, reason: str) -> None:
    """Let the plan CODE go on after it was taken back, with a new switch."""
    changes = given()
    if "switch" not in changes:
        raise click.UsageError("Give --switch: when the new key counts again.")
    service = rollovers_of(settings_of())
    print_changed(service.resume(code, changes, occasion_of(reason), federation), "goes on")
    click.echo(f"Next: broker rollover show {code}")


@click.command()
@click.argument("epoch")
@click.option("--federation", required=True, help="The federation whose key it is.")
@SLOT
@click.option("--to", metavar="EPOCH", help="What counts instead, where partners know no other.")
@REASON
@in_words
def compromised(
    *, epoch: str, federation: str, slots: tuple[str, ...], to: str | None, reason: str
) -> None:
    """Say that the key of EPOCH is known to others: it signs nothing from now on.

    There is no way back from that. Another key that partners know counts at once; where there
    is none, --to names one that was made by broker rollover keys.
    """
    service = rollovers_of(settings_of())
    meant = chosen(slots)
    then = service.compromised(federation, meant, epoch, occasion_of(reason), to=to)
    for (side, use), counts in zip(meant, then, strict=True):
        click.echo(f"{federation}/{side}-{use}: {epoch} signs nothing; {counts} counts")
    click.echo("Next: call the partners, then broker rollover show")
