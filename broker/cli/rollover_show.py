"""`broker rollover show`: how far each plan is, and what signs for whom and why."""

import json
from dataclasses import fields

import click

from broker.cli.context import in_words, instant, settings_of
from broker.cli.printing import print_table, safe
from broker.cli.rollover_options import HOME, rollovers_of
from broker.clock import system_clock
from broker.metadata.rollover.model import Counts, Slot
from broker.metadata.rollover.showing import (
    PHASES,
    REASONS,
    Picture,
    as_data,
    both,
    for_partner,
    pictures,
)


@click.command()
@click.argument("code", required=False)
@click.option("--partner", help="What signs for this one.")
@click.option("--at", metavar="INSTANT", help="As of then; now unless given.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@HOME
@in_words
def show(
    *,
    code: str | None,
    partner: str | None,
    at: str | None,
    as_json: bool,
    federation: str | None,
) -> None:
    """Every plan, or the plan CODE: its phases, exceptions, and what signs."""
    when = instant("--at", at) or system_clock()
    service = rollovers_of(settings_of())
    rollovers = service.rollovers()
    found = pictures(rollovers, when, code, federation)
    slots: tuple[Slot, ...] = ()
    if partner is not None:
        known = service.slots_of(partner, federation)
        slots = tuple(slot for slot in known if slot in {p.plan.slot for p in found})
    counted = for_partner(rollovers, slots, partner or "", when)
    if as_json:
        click.echo(json.dumps(_data(found, counted, partner, when.isoformat()), indent=2))
        return
    if not found:
        what = f"called {safe(code)} " if code else ""
        click.echo(f"No plan {what}is there: the keys that set-up made count.")
        click.echo("Next: broker rollover keys EPOCH, then broker rollover plan")
        return
    for picture in found:
        _print(picture)
    if partner is not None:
        click.secho(f"For {safe(partner)}, {both(when)}", bold=True)
        print_table(
            ("  key", "epoch", "because"),
            [(f"  {slot}", one.epoch, REASONS[one.because]) for slot, one in counted],
        )


def _print(picture: Picture) -> None:
    plan = picture.plan
    title = f"{plan.code} of {plan.slot}: {plan.before} → {plan.after}"
    click.secho(safe(title) + (", a hard cut" if plan.style == "hard" else ""), bold=True)
    click.echo(f"  {PHASES[picture.phase]}")
    click.echo(f"  {picture.signs.epoch} counts: {REASONS[picture.signs.because]}")
    if picture.opens:
        click.echo(f"  what is encrypted to {', '.join(picture.opens)} can be read")
    rows = []
    for field in fields(plan.instants):
        at = getattr(plan.instants, field.name)
        mark = "✓" if at <= picture.at else " "
        rows.append((f"  {mark} {field.name.replace('_', '-')}", both(at)))
    print_table(("    instant", "when"), rows)
    for note in picture.notes:
        click.secho(f"  note  {safe(note)}", fg="yellow")
    click.echo()


def _data(
    found: tuple[Picture, ...],
    counted: tuple[tuple[Slot, Counts], ...],
    partner: str | None,
    at: str,
) -> dict[str, object]:
    data: dict[str, object] = {"at": at, "plans": [as_data(picture) for picture in found]}
    if partner is not None:
        data["partner"] = {
            "code": partner,
            "counts": [
                {"slot": str(slot), "epoch": one.epoch, "because": one.because}
                for slot, one in counted
            ],
        }
    return data
