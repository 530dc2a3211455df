"""`broker metadata`: load, list, show, activate; what comes from sources; the keys of a partner."""

from contextlib import nullcontext
from pathlib import Path

import click

from broker.cli.context import in_words, instant, occasion_of, service_of, settings_of
from broker.cli.loading import Loader, read_certificate, read_cvrs
from broker.cli.metadata_sources import refresh, sources
from broker.cli.metadata_waiting import alarms, approve, diff, history, reject, withdraw
from broker.cli.partner_keys import keys
from broker.cli.printing import (
    print_document,
    print_facts,
    print_findings,
    print_outcome,
    print_report,
    print_table,
)
from broker.clock import system_clock
from broker.metadata.defaults import LoadOptions, remarks
from broker.metadata.mappings.model import Placing
from broker.metadata.store import EntityRecord
from broker.saml.assurance import Assurance
from broker.saml.entity_descriptor import read_metadata

MANY = 5

_LEVELS = [level.word for level in Assurance]
_KINDS = {"sp": "service", "idp": "IdP"}


@click.group()
def metadata() -> None:
    """Who is in the federations: load, list, show, activate.

    What sources publish is asked for by refresh; what of it waits for a person is seen with
    diff and decided with approve or reject.
    """


for command in (sources, refresh, diff, history, approve, reject, withdraw, alarms):
    metadata.add_command(command)


metadata.add_command(keys)


@metadata.command()
@click.argument("sources", nargs=-1, required=True, metavar="FILE|URL...")
@click.option("--federation", help="The federation to load into; the first one unless given.")
@click.option("--code", help="The short name to know the entity by.")
@click.option("--idp", "idps", multiple=True, metavar="CODE|all", help="Activate for a service.")
@click.option("--cvr", "cvrs", multiple=True, metavar="any|NUMBER", help="Whom an IdP speaks for.")
@click.option("--loa", type=click.Choice(_LEVELS), help="The highest level an IdP may assert.")
@click.option("--start-url", help="Where a person begins again at the service.")
@click.option("--plaintext", is_flag=True, help="Answer the service unencrypted, without CPR.")
@click.option("--unencrypted", is_flag=True, help="Let the IdP answer without encryption.")
@click.option(
    "--signed-by",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Certificate (PEM) that must verify the document's signature.",
)
@click.option("--accept-key-change", is_flag=True, help="You compared the new key or host.")
@click.option("--in-force", is_flag=True, help="Let a mapping count at once, untried.")
@click.option("--draft", is_flag=True, help="Keep a mapping, and do not try it yet.")
@click.option("--from", "opens", metavar="INSTANT", help="From when XML counts; now unless given.")
@click.option("--reason", default="", help="Why, for the audit trail.")
@in_words
def load(
    *,
    sources: tuple[str, ...],
    federation: str | None,
    code: str | None,
    idps: tuple[str, ...],
    cvrs: tuple[str, ...],
    loa: str | None,
    start_url: str | None,
    plaintext: bool,
    unencrypted: bool,
    signed_by: Path | None,
    accept_key_change: bool,
    in_force: bool,
    draft: bool,
    opens: str | None,
    reason: str,
) -> None:
    """Load metadata (XML) or decisions (TOML) from files or addresses.

    A mapping of a service that has another one in force is tried in shadow: it is evaluated at
    each login and told to nobody until broker mapping put-in-force.

    The exit status is 1 when anything was refused; what was refused changes nothing.
    """
    options = LoadOptions(
        code=code,
        idps=idps,
        cvrs=read_cvrs(cvrs),
        maximum=Assurance.from_word(loa) if loa else None,
        start_url=start_url,
        plaintext=True if plaintext else None,
        encrypted=False if unencrypted else None,
        signed_by=(read_certificate(signed_by),) if signed_by else (),
        accept_key_change=accept_key_change,
        opens=instant("--from", opens),
    )
    if in_force and draft:
        raise click.UsageError("--in-force and --draft exclude each other.")
    placing: Placing = "in_force" if in_force else "draft" if draft else "shadow"
    loader = Loader(service_of(settings_of()), federation, options, occasion_of(reason), placing)
    many = len(sources) >= MANY
    with click.progressbar(sources, label="Loading") if many else nullcontext(sources) as shown:
        reports = [loader.load(name) for name in shown]
    for report in reports:
        if isinstance(report, str):
            click.secho(report, fg="red", err=True)
        else:
            print_report(report)
    if any(isinstance(report, str) or report.refused for report in reports):
        raise SystemExit(1)


@metadata.command("list")
@click.option("--federation", help="Only this one.")
@in_words
def list_entities(federation: str | None) -> None:
    """Every federation, identity provider and service."""
    service = service_of(settings_of())
    federations = service.federations()
    print_table(
        ("federation", "environment", "name"),
        [(one.path, one.environment, one.name.en) for one in federations],
    )
    records = service.entities(federation)
    if records:
        click.echo()
        print_table(("federation", "kind", "code", "state", "loaded", "entityID"), _rows(records))
    else:
        click.echo("\nNothing is loaded yet. Next: broker metadata load FILE")


@metadata.command()
@click.argument("code")
@click.option("--federation", help="Only in this one.")
@in_words
def show(code: str, federation: str | None) -> None:
    """Everything known of one identity provider or service."""
    service = service_of(settings_of())
    known = service.entities(federation)
    found = [record for record in known if record.code == code]
    if not found:
        listed = ", ".join(sorted({record.code for record in known})) or "none yet"
        raise click.ClickException(f"Nothing is called {code}. Known: {listed}")
    for record in found:
        _print_record(record)
        versions = service.versions(record.row)
        if versions:
            click.echo("\n  Documents, the newest first")
            print_table(
                ("  loaded", "by", "from", "SHA-256", "in force"),
                [
                    (
                        f"  {v.loaded_at:%Y-%m-%d %H:%M}",
                        v.loaded_by,
                        v.source,
                        v.sha256[:16],
                        "yes" if v.in_force else "",
                    )
                    for v in versions
                ],
            )


@metadata.command()
@click.argument("service_code", metavar="SERVICE")
@click.argument("idp_code", metavar="IDP")
@click.option("--federation", help="The federation they are in; the first one unless given.")
@click.option("--from", "opens", metavar="INSTANT", help="From when; now unless given.")
@click.option("--until", "closes", metavar="INSTANT", help="Until when; without end unless given.")
@click.option("--reason", default="", help="Why, for the audit trail.")
@in_words
def activate(
    service_code: str,
    idp_code: str,
    federation: str | None,
    opens: str | None,
    closes: str | None,
    reason: str,
) -> None:
    """Let people sign in to SERVICE with IDP, from and until an instant.

    An instant is written with its offset: 2026-03-02T06:00:00+01:00.
    """
    service = service_of(settings_of())
    home = federation or Loader(service, None, LoadOptions(), occasion_of(reason)).first()
    outcome = service.activate(
        home,
        service_code,
        idp_code,
        opens=instant("--from", opens),
        closes=instant("--until", closes),
        occasion=occasion_of(reason),
    )
    print_outcome(outcome)
    if outcome.state == "refused":
        raise SystemExit(1)


def _rows(records: list[EntityRecord]) -> list[tuple[str, ...]]:
    return [
        (
            record.federation,
            _KINDS[record.kind],
            record.code,
            "in force" if record.xml else "no metadata yet",
            f"{record.loaded_at:%Y-%m-%d}" if record.loaded_at else "",
            record.entity_id or "",
        )
        for record in records
    ]


def _print_record(record: EntityRecord) -> None:
    click.secho(f"{_KINDS[record.kind]} {record.code} in {record.federation}", bold=True)
    print_document(record.document)
    if record.xml is None:
        click.echo(f"  No metadata yet. Next: broker metadata load FILE --code {record.code}")
        return
    read = read_metadata(record.xml, system_clock())
    for facts in read.entities:
        print_facts(facts, record.kind)
        print_findings((*read.findings, *facts.findings), indent=4)
    print_findings(remarks(dict(record.document), record.kind, record.code), indent=4)
