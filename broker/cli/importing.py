"""`broker roles import` and `broker roles export`: people and grants as spreadsheets.

An import is done with the mandates of an administrator of the organisation: --as ACCOUNT.
"""

import sys
from pathlib import Path
from typing import get_args
from uuid import UUID

import click

from broker.cli.context import in_words, spoken
from broker.cli.office import Asked, Office, minute
from broker.cli.organisation_options import FEDERATION, reasons
from broker.cli.printing import safe
from broker.db import reading
from broker.errors import BrokerError
from broker.roles.catalogue.cache import CatalogueCache
from broker.roles.exporting import Format, export
from broker.roles.grants.service import GrantService
from broker.roles.importing.model import Missing, Planned, Progress, Result, Verdict
from broker.roles.importing.service import ImportService
from broker.roles.importing.template import exported
from broker.roles.importing.words import WORDS, said

_SHOWN = 50  # rows of a preview
_COLOURS = {"new": "green", "change": "yellow", "end": "red", "error": "red"}
_BATCH = click.argument("batch", type=click.UUID)
_LANGUAGE = click.option("--language", type=click.Choice(["da", "en"]), default="da")


@click.group("import")
def importing() -> None:
    """People and grants out of a spreadsheet: preview, apply, undo."""


@importing.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("organisation")
@click.option(
    "--missing",
    type=click.Choice(["keep", "end"]),
    default="keep",
    show_default=True,
    help="What a grant means that no row is about.",
)
@click.option("--all", "everything", is_flag=True, help="Show the unchanged rows too.")
@_LANGUAGE
@FEDERATION
@reasons
@in_words
def preview(
    *,
    file: Path,
    organisation: str,
    missing: Missing,
    everything: bool,
    language: str,
    federation: str | None,
    reason: str,
    case_no: str | None,
    as_account: UUID | None,
) -> None:
    """Say what each row of FILE (CSV or XLSX) would do; nothing is changed yet."""
    office, asked = Office.here(), Asked(reason, case_no, as_account)
    home = office.organisation(organisation, federation, office.now)
    with click.progressbar(length=100, label="Comparing", file=sys.stderr) as bar:
        try:
            result = _service(office).preview(
                office.actor(asked),
                home.id,
                file.read_bytes(),
                file.name,
                office.deed(asked),
                missing=missing,
                progress=_moving(bar),
            )
        except BrokerError as error:
            raise _in_words(error, language) from error
    _print(result, language, everything=everything)
    click.echo(f"\nNext: broker roles import apply {result.batch.id} --as … --reason …")


@importing.command()
@_BATCH
@click.option("--valid-only", is_flag=True, help="Carry out the rows that can be, not all or none.")
@_LANGUAGE
@reasons
@in_words
def apply(
    *,
    batch: UUID,
    valid_only: bool,
    language: str,
    reason: str,
    case_no: str | None,
    as_account: UUID | None,
) -> None:
    """Carry out what a preview said, in one transaction."""
    office, asked = Office.here(), Asked(reason, case_no, as_account)
    with click.progressbar(length=100, label="Applying", file=sys.stderr) as bar:
        try:
            result = _service(office).apply(
                office.actor(asked),
                batch,
                office.deed(asked),
                mode="valid" if valid_only else "all",
                progress=_moving(bar),
            )
        except BrokerError as error:
            raise _in_words(error, language) from error
    _print_left_out(result, language)
    click.secho(f"Applied: {_counts(result)}.", fg="green")
    click.echo(f"It can be taken back for 24 hours: broker roles import undo {batch}")


@importing.command()
@_BATCH
@_LANGUAGE
@reasons
@in_words
def confirm(
    *, batch: UUID, language: str, reason: str, case_no: str | None, as_account: UUID | None
) -> None:
    """Say yes, as a second administrator, to an import by which many lose access."""
    office, asked = Office.here(), Asked(reason, case_no, as_account)
    try:
        _service(office).confirm(office.actor(asked), batch, office.deed(asked))
    except BrokerError as error:
        raise _in_words(error, language) from error
    click.echo("Confirmed; it can be applied now.")


@importing.command()
@_BATCH
@_LANGUAGE
@reasons
@in_words
def undo(
    *, batch: UUID, language: str, reason: str, case_no: str | None, as_account: UUID | None
) -> None:
    """Take an import back within a day, but for what was changed since."""
    office, asked = Office.here(), Asked(reason, case_no, as_account)
    with click.progressbar(length=100, label="Undoing", file=sys.stderr) as bar:
        try:
            result = _service(office).undo(
                office.actor(asked), batch, office.deed(asked), progress=_moving(bar)
            )
        except BrokerError as error:
            raise _in_words(error, language) from error
    _print_left_out(result, language)
    kept = len(result.left_out)
    click.secho(f"Taken back, but for {kept} rows." if kept else "Taken back.", fg="green")


@importing.command()
@_BATCH
@click.option(
    "--as", "as_account", type=click.UUID, metavar="ACCOUNT", help="By id; with what it may do."
)
@click.option("--all", "everything", is_flag=True, help="Show the unchanged rows too.")
@_LANGUAGE
@in_words
def show(*, batch: UUID, as_account: UUID | None, everything: bool, language: str) -> None:
    """An import with the verdict on each row."""
    office, asked = Office.here(), Asked("look at an import", None, as_account)
    result = _service(office).read(office.actor(asked), batch, office.deed(asked))
    _print(result, language, everything=everything)


@click.command("export")
@click.argument("organisation")
@click.option("--to", type=click.Choice(["csv", "xlsx", "json"]), default="csv", show_default=True)
@click.option("--template", is_flag=True, help="The headings and the allowed codes, no people.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file.")
@click.option(
    "--as", "as_account", type=click.UUID, metavar="ACCOUNT", help="By id; with what it may do."
)
@_LANGUAGE
@FEDERATION
@in_words
def exporting(
    *,
    organisation: str,
    to: Format,
    template: bool,
    output: Path | None,
    as_account: UUID | None,
    language: str,
    federation: str | None,
) -> None:
    """Everybody in ORGANISATION with the roles they hold themselves, to read or to import again.

    XLSX and JSON also list the roles and codes that may be handed out.
    """
    office = Office.here()
    home = office.organisation(organisation, federation, office.now)
    actor = office.actor(Asked("export", None, as_account))
    cache = CatalogueCache(office.engine)
    with reading(office.engine) as connection:
        catalogue = cache.current_in(connection)
        tables = exported(
            connection, catalogue, actor, home.id, office.now, language=language, blank=template
        )
    made = export(tables, to, language)
    if output is None:
        sys.stdout.buffer.write(made.data)
        return
    output.write_bytes(made.data)
    click.echo(f"{len(tables[0].rows)} rows in {output}.")


def _service(office: Office) -> ImportService:
    cache = CatalogueCache(office.engine)
    grants = GrantService(office.audit, cache.current_in)
    return ImportService(office.desk, office.identities, grants, cache.current_in)


def _moving(bar: "click._termui_impl.ProgressBar[int]") -> Progress:
    def moved(done: int, of: int) -> None:
        bar.update(max(0, done * 100 // max(of, 1) - bar.pos))

    return moved


def _in_words(error: BrokerError, language: str) -> click.ClickException:
    """The reason in words where it is one of an import, with its detail and its code."""
    words = WORDS.get(error.code)
    told = words.of(language) if words else error.detail or error.code
    detail = f" [{safe(error.detail)}]" if words and error.detail else ""
    return click.ClickException(spoken(f"{told}{detail}", error.code))


def _print(result: Result, language: str, *, everything: bool) -> None:
    batch = result.batch
    click.secho(f"{safe(batch.name)}, {batch.state}, {minute(batch.uploaded_at)}", bold=True)
    shown = [row for row in result.rows if everything or row.verdict != "unchanged"]
    for row in shown[:_SHOWN]:
        _print_row(row, language)
    if len(shown) > _SHOWN:
        click.echo(f"  and {len(shown) - _SHOWN} more rows")
    click.echo(f"{_counts(result)}.")
    if result.held_back:
        click.secho("Missing rows end nothing while a row is refused.", fg="yellow")
    if batch.needs_confirmation and batch.confirmed_by is None:
        words = f"{batch.losing} of {batch.people} people lose access"
        click.secho(f"{words}: a second administrator has to confirm it.", fg="yellow")


def _print_row(row: Planned, language: str) -> None:
    mark = click.style(f"{row.verdict:<10}", fg=_COLOURS.get(row.verdict))
    keys = ("name", "account", "professional_uuid", "service", "role", "scopes", "until")
    told = " · ".join(safe(row.shown[key]) for key in keys if row.shown.get(key))
    click.echo(f"  {row.n:>5}  {mark}{told or row.account or ''}")
    for message in row.messages:
        click.echo(f"         {safe(said(message).of(language))} ({message.code})")


def _print_left_out(result: Result, language: str) -> None:
    if result.left_out:
        click.secho("Left out:", fg="yellow")
    for row in result.left_out:
        _print_row(row, language)


def _counts(result: Result) -> str:
    return ", ".join(f"{result.count(verdict)} {verdict}" for verdict in get_args(Verdict))
