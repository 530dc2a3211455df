"""`broker codes`: load a code list, and look something up in one."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from broker.audit.store import AuditStore
from broker.cli.context import in_words, occasion_of, service_of, settings_of
from broker.cli.printing import print_table, safe
from broker.clock import system_clock
from broker.codelists.dates import DENMARK
from broker.codelists.lines import open_file
from broker.codelists.model import (
    LIST_IDS,
    LIST_NAMES,
    TARGETS,
    Change,
    CodeValue,
    ListId,
    Preview,
    Target,
)
from broker.codelists.service import CodeFile, CodeListService

_SHOWN = 20  # findings of a load
_COLOURS = {"refused": "red", "odd": "yellow", "info": None}
_STAGES = ("reading", "comparing", "writing", "hanging")
_STEPS = 100  # of the progress bar for each of them


class Instant(click.ParamType[datetime]):
    """An instant with its offset, or a day, which begins at midnight in Denmark."""

    name = "instant"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Read it, or say how one is written."""
        try:
            at = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail("an instant is written as 2026-03-02T06:00:00+01:00, or as a day", param, ctx)
        if at.tzinfo is None:
            if len(str(value)) > 10:
                self.fail("the instant has no offset, such as +01:00", param, ctx)
            at = at.replace(tzinfo=DENMARK)
        return at.astimezone(UTC)


_AT = click.option("--at", type=Instant(), help="As of when; now unless given.")
_LIST = click.argument("list_id", metavar="LIST", type=click.Choice(LIST_IDS))


@click.group()
def codes() -> None:
    """Code lists that delimit roles: SOR, SHAK, SKS, CVR and P-numbers."""


@codes.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--list", "target", type=click.Choice(TARGETS), help="What the file must be about.")
@click.option("--at", type=Instant(), help="From when its changes count; now unless given.")
@click.option("--part", is_flag=True, help="It holds a part of the list: close nothing.")
@click.option("--preview", is_flag=True, help="Only say what it would do.")
@click.option("--confirm", is_flag=True, help="Go on though it closes more than a fifth.")
@click.option("--reason", default="", help="Why, for the audit trail.")
@in_words
def load(
    *,
    file: Path,
    target: Target | None,
    at: datetime | None,
    part: bool,
    preview: bool,
    confirm: bool,
    reason: str,
) -> None:
    """Load a published file: sor.csv, SorEntity_daily.csv, SHAKSORMap.csv, shakcomplete.txt, an
    SKS file, or CVR or P-numbers as CSV.

    What the file does not name any more is closed, not deleted. Rows that don't hold are left
    out and told of. The exit status is 1 when nothing was loaded.
    """
    service, occasion = _service(), occasion_of(reason)
    stages = _STAGES[:2] if preview else _STAGES
    length = len(stages) * _STEPS
    with open_file(file) as stream, click.progressbar(length=length, file=sys.stderr) as bar:

        def progress(doing: str, done: int, of: int) -> None:
            bar.label = doing
            reached = stages.index(doing) * _STEPS + (done * _STEPS // of if of else _STEPS)
            bar.update(max(0, reached - bar.pos))

        opened = CodeFile(stream, file.name, target, complete=not part)
        instant = at or occasion.at
        if preview:
            result = service.preview(opened, instant, progress)
        else:
            result = service.apply(opened, instant, occasion, confirmed=confirm, progress=progress)
    _print_load(result, done=not preview)


@codes.command()
@_LIST
@click.argument("code")
@_AT
@in_words
def show(*, list_id: ListId, code: str, at: datetime | None) -> None:
    """What a code is, where it hangs, and what it was before."""
    at = at or system_clock()
    found = _service().about(list_id, code, at)
    if not found.history:
        raise click.ClickException(f"{code} is no code of {list_id}, and never was.")
    now = found.history[-1] if found.value is None else found.value
    state = "" if found.value else f" (does not count at {_day(at)})"
    click.secho(f"{now.code}  {safe(now.name)}{state}", bold=True)
    facts = {
        "kind": now.kind,
        "hangs below": " / ".join(f"{one.name} ({one.code})" for one in found.path[:-1]),
        "below it": str(found.below) if found.below else "",
        "CVR": now.cvr or "",
        "SHAK": now.shak or "",
        "SOR": ", ".join(found.mapped),
        "region": now.facts.region,
        "specialty": now.facts.specialty,
        "successor": found.successor or "",
    }
    for label, text in facts.items():
        if text:
            click.echo(f"  {label:<12} {safe(text)}")
    click.echo()
    print_table(("since", "until", "name", "below"), [_period(one) for one in found.history])


@codes.command()
@_LIST
@click.argument("text")
@_AT
@in_words
def search(*, list_id: ListId, text: str, at: datetime | None) -> None:
    """Codes that begin with TEXT, or whose name holds its words."""
    found = _service().search(list_id, text, at or system_clock())
    if not found:
        raise click.ClickException(f"Nothing in {list_id} is called that.")
    print_table(
        ("code", "name", "kind", "below"),
        [(one.code, one.name, one.kind, one.parent or "") for one in found],
    )


@codes.command()
@in_words
def lists() -> None:
    """The lists, how many codes count now, and when each was loaded."""
    loaded = {one.list_id: one for one in _service().lists(system_clock())}
    rows = []
    for list_id in LIST_IDS:
        one = loaded.get(list_id)
        when = _day(one.loaded_at) if one and one.loaded_at else "never"
        rows.append(
            (
                list_id,
                LIST_NAMES[list_id].en,
                str(one.open) if one else "0",
                when,
                one.source if one else "",
            )
        )
    print_table(("list", "what", "codes", "loaded", "from"), rows)


def _service() -> CodeListService:
    return CodeListService(service_of(settings_of()).engine, AuditStore())


def _period(one: CodeValue) -> tuple[str, ...]:
    return (_day(one.period.since), _day(one.period.ends), one.name, one.parent or "")


def _day(instant: datetime | None) -> str:
    return f"{instant.astimezone(DENMARK):%Y-%m-%d %H:%M}" if instant else ""


def _print_load(result: Preview, *, done: bool) -> None:
    click.secho(f"{safe(result.source)}: {result.target}, {result.rows} rows", bold=True)
    for change in result.samples:
        click.echo(f"  {change.what:<8} {safe(_sample(change))}")
    for finding in result.findings[:_SHOWN]:
        mark = click.style(f"{finding.level:<8}", fg=_COLOURS[finding.level])
        where = f"line {finding.line}: " if finding.line else ""
        click.echo(f"  {mark} {where}{safe(finding.words)} ({finding.code})")
    hidden = len(result.findings[_SHOWN:]) + result.more_findings
    if hidden:
        click.echo(f"  and {hidden} more findings")
    counts = f"{result.new} new, {result.changed} changed, {result.closed} closed"
    words = f"{counts}, {result.unchanged} unchanged, {result.refused} rows left out"
    if done:
        click.secho(f"Loaded: {words}.", fg="green")
        return
    click.echo(f"It would be: {words}.")
    if result.confirm:
        click.secho(f"{result.confirm}, so that it takes --confirm.", fg="yellow")


def _sample(change: Change) -> str:
    before, after = change.before, change.after
    if before is None or after is None:
        known = after or before
        return f"{change.code}  {known.name if known else ''}"
    words = f"{change.code}  {before.name}"
    if after.name != before.name:
        words = f"{words} → {after.name}"
    if after.parent != before.parent:
        words = f"{words}, below {before.parent or 'nothing'} → {after.parent or 'nothing'}"
    return words
