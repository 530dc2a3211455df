"""`broker mapping`: what each service is told, in versions: tried, compared, put in force."""

from datetime import datetime
from pathlib import Path

import click

from broker.attributes.transforms.table import KINDS
from broker.cli.context import (
    in_words,
    instant,
    mappings_of,
    occasion_of,
    service_of,
    settings_of,
)
from broker.cli.loading import Loader
from broker.cli.printing import print_document, print_table, safe
from broker.cli.tracing import print_trace, trace_of
from broker.clock import system_clock
from broker.metadata.defaults import LoadOptions
from broker.metadata.mappings.model import PLAIN, MappingVersion, Report

_HOME = click.option("--federation", help="The federation; the first one unless given.")
_REASON = click.option("--reason", default="", help="Why, for the audit trail.")


@click.group()
def mapping() -> None:
    """What each service is told: versions, what they would change, and which one counts."""


@mapping.command("list")
@click.option("--federation", help="Only this one.")
@in_words
def list_versions(federation: str | None) -> None:
    """Every version of every service's mapping that counts, waits or is planned."""
    now = system_clock()
    known = [
        v
        for v in mappings_of(settings_of()).all_versions()
        if federation in (None, v.federation) and v.standing(now) not in ("retired", "was in force")
    ]
    if not known:
        click.echo("No service has a mapping. Next: broker metadata load mapping/dpsd.toml")
        return
    print_table(
        ("federation", "service", "version", "is", "since", "until", "loaded by"),
        [(v.federation, v.service, *_row(v, now)) for v in known],
    )


@mapping.command()
@click.argument("service")
@click.option("--version", "number", type=int, help="This one alone, with its document.")
@click.option("--at", metavar="INSTANT", help="The one that counted, or will count, then.")
@_HOME
@in_words
def show(service: str, number: int | None, at: str | None, federation: str | None) -> None:
    """The history of a service's mapping, and the document of the version that counts."""
    home, now = _home(federation), system_clock()
    when = instant("--at", at) or now
    known = mappings_of(settings_of()).versions(home, service)
    if number is None and at is None:
        click.secho(f"{service} in {home}", bold=True)
        print_table(
            ("version", "is", "since", "until", "loaded by", "put in force by", "reason"),
            [(*_row(v, now), v.approved_by or "", v.reason) for v in known],
        )
        click.echo()
    found = next(
        (v for v in known if v.version == number or (not number and v.counts_at(when))), None
    )
    if found is None:
        what = f"no version {number}" if number else "nothing in force: the plain default counts"
        raise click.ClickException(f"{service} in {home} has {what}.")
    click.secho(f"version {found.version}, {found.standing(when)}", bold=True)
    print_document(found.document)


@mapping.command()
@click.argument("service")
@click.option("--version", "number", type=int, help="This one; the one in shadow unless given.")
@_HOME
@in_words
def difference(service: str, number: int | None, federation: str | None) -> None:
    """What a version would change of what SERVICE is told, counted over real logins."""
    home = _home(federation)
    report = mappings_of(settings_of()).report(home, service, number, system_clock())
    if report is None:
        click.echo(f"No version is tried in shadow for {service} in {home}.")
        return
    _print_report(report)


@mapping.command()
@click.argument("service")
@click.option(
    "--claims",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help='JSON: {"attributes": {"cvr": ["90000004"]}, "loa": "Substantial"}.',
)
@click.option("--version", "number", type=int, help="This one; the one in force unless given.")
@click.option(
    "--document",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A mapping that is not loaded, instead of a version.",
)
@click.option("--values", is_flag=True, help="Print values too, which may be about a person.")
@_HOME
@in_words
def trace(
    *,
    service: str,
    claims: Path,
    number: int | None,
    document: Path | None,
    values: bool,
    federation: str | None,
) -> None:
    """Run a version on claims of your own and print what each step and rule did."""
    settings, home = settings_of(), _home(federation)
    released = trace_of(
        settings, home, service, claims, number=number, document=document, now=system_clock()
    )
    print_trace(released, values=values)


@mapping.command()
@click.argument("service")
@click.argument("number", type=int, metavar="VERSION")
@_HOME
@_REASON
@in_words
def shadow(service: str, number: int, federation: str | None, reason: str) -> None:
    """Try a draft at every login of SERVICE, and tell nobody what comes of it."""
    made = mappings_of(settings_of()).shadow(
        _home(federation), service, number, occasion_of(reason)
    )
    click.echo(f"Version {made.version} of {service} is tried from now on.")
    click.echo(f"Next: broker mapping difference {service}")


@mapping.command("put-in-force")
@click.argument("service")
@click.argument("number", type=int, metavar="VERSION")
@click.option("--from", "since", metavar="INSTANT", help="From when; now unless given.")
@click.option("--untested", is_flag=True, help="Though no login has tried it; needs --reason.")
@_HOME
@_REASON
@in_words
def put_in_force(
    *,
    service: str,
    number: int,
    since: str | None,
    untested: bool,
    federation: str | None,
    reason: str,
) -> None:
    """Let a version decide what SERVICE is told, from now or from a later instant.

    A version that was in force before comes back as a new version.
    """
    made = mappings_of(settings_of()).put_in_force(
        _home(federation),
        service,
        number,
        occasion_of(reason),
        since=instant("--from", since),
        untested=untested,
    )
    until = f", until {_minute(made.ends)}" if made.ends else ""
    click.echo(f"Version {made.version} of {service} counts from {_minute(made.since)}{until}.")


@mapping.command()
@click.argument("service")
@click.argument("number", type=int, metavar="VERSION")
@_HOME
@_REASON
@in_words
def retire(service: str, number: int, federation: str | None, reason: str) -> None:
    """Give a draft, a version in shadow, or a planned one up."""
    made = mappings_of(settings_of()).retire(
        _home(federation), service, number, occasion_of(reason)
    )
    click.echo(f"Version {made.version} of {service} is retired.")


@mapping.command()
@click.argument("name", required=False)
@in_words
def steps(name: str | None) -> None:
    """Every step that a mapping can name, or one of them with its arguments."""
    if name is not None and name not in KINDS:
        raise click.ClickException(f"No step is called {name}. There are {', '.join(KINDS)}.")
    for kind in KINDS.values():
        first, _, rest = kind.words.partition("\n")
        if name is None:
            click.echo(f"{kind.name:<16} {first}")
        elif name == kind.name:
            click.secho(kind.name, bold=True)
            click.echo("\n".join(line.strip() for line in (first + "\n" + rest).splitlines()))


def _home(federation: str | None) -> str:
    service = service_of(settings_of())
    return federation or Loader(service, None, LoadOptions(), occasion_of("")).first()


def _row(version: MappingVersion, now: datetime) -> tuple[str, ...]:
    return (
        str(version.version),
        version.standing(now),
        _minute(version.since),
        _minute(version.ends) if version.ends else "",
        version.loaded_by,
    )


def _print_report(report: Report) -> None:
    version, seen = report.version, report.seen
    against = f"version {report.against}" if report.against != PLAIN else "the plain default"
    click.secho(
        f"{version.service} in {version.federation}: version {version.version} against {against}",
        bold=True,
    )
    if not seen:
        click.echo("  No login has tried it against what is in force now.")
        return
    click.echo(f"  {seen} logins from {report.first} to {report.last}")
    for code, logins in report.failures:
        click.secho(f"  {logins} of {seen} would have been refused: {safe(code)}", fg="red")
    if report.differences:
        rows = [(f"  {a}", kind, f"{n} of {seen}") for a, kind, n in report.differences]
        print_table(("  attribute", "would be", "logins"), rows)
    elif not report.failures:
        click.secho("  No difference in any of them.", fg="green")


def _minute(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else ""
