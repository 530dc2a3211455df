"""`broker rollover plan`, `move` and `cancel`."""

import click

from broker.cli.context import in_words, occasion_of, service_of, settings_of
from broker.cli.loading import Loader
from broker.cli.printing import print_report
from broker.cli.rollover_options import (
    HOME,
    REASON,
    SLOT,
    given,
    instants,
    print_changed,
    rollovers_of,
)
from broker.metadata.defaults import LoadOptions
from broker.metadata.rollover.documents import read_draft


@click.command()
@click.argument("file", required=False, metavar="[FILE]")
@click.option("--code", help="What the plan is called.")
@click.option("--before", default="first", show_default=True, help="The epoch that counts now.")
@click.option("--after", help="The epoch to come; its keys are made by broker rollover keys.")
@click.option("--hard", is_flag=True, help="At one instant for everybody, with one key published.")
@click.option("--federation", "federations", multiple=True, help="In these; in all unless given.")
@SLOT
@instants
@REASON
@in_words
def plan(
    *,
    file: str | None,
    code: str | None,
    before: str,
    after: str | None,
    hard: bool,
    federations: tuple[str, ...],
    slots: tuple[str, ...],
    reason: str,
) -> None:
    """Plan the change from one epoch of our keys to the next.

    From a document (see metadata/README.md), or from options. It is planned in every federation
    and for every key that is meant, or not at all.
    """
    settings = settings_of()
    if file is not None:
        if code or after or given():
            raise click.UsageError("A plan is either a FILE or made of options.")
        loader = Loader(service_of(settings), None, LoadOptions(), occasion_of(reason))
        report = loader.load(file)
        if isinstance(report, str):
            raise click.ClickException(report)
        print_report(report)
        click.echo("Next: broker rollover show")
        return
    if not code or not after or "switch" not in given():
        raise click.UsageError("Give a FILE, or --code, --after and --switch.")
    known = tuple(one.path for one in service_of(settings).federations())
    document: dict[str, object] = {"code": code, "before": before, "after": after}
    document |= {"style": "hard" if hard else "overlap", "slots": slots, **given()}
    occasion = occasion_of(reason)
    draft = read_draft(document, "the plan", occasion.at)
    if strange := sorted(set(federations) - set(known)):
        raise click.UsageError(f"There is no federation {', '.join(strange)}.")
    changed = rollovers_of(settings).plan(draft, federations or known, occasion)
    print_changed(changed, f"planned, from {before} to {after}")
    click.echo(f"Next: broker rollover show {code}")


@click.command()
@click.argument("code")
@instants
@HOME
@REASON
@in_words
def move(*, code: str, federation: str | None, reason: str) -> None:
    """Let the plan CODE happen at other times, as far as it has not happened.

    What comes after the switch keeps its distance to it.
    """
    changes = given()
    if not changes:
        raise click.UsageError("Give at least one instant, such as --switch.")
    service = rollovers_of(settings_of())
    print_changed(service.move(code, changes, occasion_of(reason), federation), "moved")
    click.echo(f"Next: broker rollover show {code}")


@click.command()
@click.argument("code")
@HOME
@REASON
@in_words
def cancel(*, code: str, federation: str | None, reason: str) -> None:
    """Give the plan CODE up, before its switch or after it was taken back."""
    service = rollovers_of(settings_of())
    print_changed(service.cancel(code, occasion_of(reason), federation), "cancelled")
    click.echo("Its code is not used again. Next: broker rollover plan --code ANOTHER …")
