"""`broker metadata sources` and `refresh`: where metadata comes from by itself."""

import json
from pathlib import Path

import click

from broker.audit.store import AuditStore
from broker.cli.context import in_words, occasion_of, service_of, settings_of
from broker.cli.loading import Loader
from broker.cli.printing import print_findings, print_table, safe
from broker.clock import system_clock
from broker.metadata.defaults import Kind, LoadOptions
from broker.metadata.source import read_file
from broker.metadata.sources.intake import Progress
from broker.metadata.sources.model import Policy, Refreshed, Source, SourceKind
from broker.metadata.sources.refresh import MetadataRefresher
from broker.metadata.sources.registering import SourceDesk
from broker.saml.assurance import Assurance
from broker.upkeep import metadata_refresher

SHOWN = 40  # entities of a refresh that are listed one by one

_LEVELS = [level.word for level in Assurance]
_COLOURS = {"loaded": "green", "unchanged": None, "refused": "red", "failed": "red"}
_ROLES: dict[str, frozenset[Kind]] = {
    "sp": frozenset({"sp"}),
    "idp": frozenset({"idp"}),
    "both": frozenset({"sp", "idp"}),
}


def refresher() -> MetadataRefresher:
    """What refreshes the sources of this installation."""
    settings = settings_of()
    return metadata_refresher(settings, service_of(settings).engine)


def source_desk() -> SourceDesk:
    """What registers sources in this installation."""
    service = service_of(settings_of())
    return SourceDesk(service.engine, service.origin, AuditStore())


@click.group()
def sources() -> None:
    """Where metadata comes from by itself: add, list, remove."""


@sources.command("add")
@click.argument("code")
@click.argument("location", required=False, metavar="[URL|FILE]")
@click.option("--federation", help="The federation it is for; the first one unless given.")
@click.option("--aggregate", is_flag=True, help="It has many entities; needs --signed-by.")
@click.option(
    "--signed-by",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Certificate (PEM) that must verify its signature; several while its key changes.",
)
@click.option("--every", "minutes", default=60, type=click.IntRange(0, 10_080), metavar="MINUTES")
@click.option("--roles", type=click.Choice(list(_ROLES)), default="both", help="Which to take in.")
@click.option("--minimum", type=click.Choice(_LEVELS), default="Substantial", help="Of services.")
@click.option("--loa", type=click.Choice(_LEVELS), default="Substantial", help="Of IdPs, at most.")
@click.option("--owner", default="", help="Of services; their own name unless given.")
@click.option("--reason", default="", help="Why, for the audit trail.")
@in_words
def add(
    *,
    code: str,
    location: str | None,
    federation: str | None,
    aggregate: bool,
    signed_by: tuple[Path, ...],
    minutes: int,
    roles: str,
    minimum: str,
    loa: str,
    owner: str,
    reason: str,
) -> None:
    """Register a source under CODE: an https address, a file, or nothing for one to upload.

    Its new services get no IdP, and its new IdPs speak for no organisation, until somebody
    says so. Without --signed-by its first document and each new key wait for a person.
    """
    occasion = occasion_of(reason)
    service = service_of(settings_of())
    home = federation or Loader(service, None, LoadOptions(), occasion).first()
    kind: SourceKind = "upload"
    if location:
        kind = "url" if "://" in location else "file"
    pem = "\n".join(path.read_text() for path in signed_by)
    policy = Policy(
        roles=_ROLES[roles],
        minimum=Assurance.from_word(minimum) or Assurance.SUBSTANTIAL,
        maximum=Assurance.from_word(loa) or Assurance.SUBSTANTIAL,
        owner=owner,
    )
    where = str(Path(location).resolve()) if location and kind == "file" else location or ""
    source = Source(
        code=code,
        federation=home,
        kind=kind,
        location=where,
        many=aggregate,
        policy=policy,
        certificates=pem,
        minutes=0 if kind == "upload" else minutes,
        created_at=occasion.at,
        created_by=occasion.by,
        reason=reason,
    )
    source_desk().add(source, occasion)
    click.echo(f"{code} is registered in {home}.")
    for certificate in source.pinned:
        click.echo(f"  signed by “{safe(certificate.subject)}”, SHA-256 {certificate.fingerprint}")
    click.echo(f"Next: broker metadata refresh {code}{' --file FILE' if kind == 'upload' else ''}")


@sources.command("list")
@click.option("--federation", help="Only this one.")
@click.option("--json", "as_json", is_flag=True, help="For a program.")
@in_words
def list_sources(federation: str | None, *, as_json: bool) -> None:
    """Every source, when it was last heard from, and what went wrong."""
    known = source_desk().every(federation)
    if as_json:
        click.echo(json.dumps([_as_json(source) for source in known], indent=2, default=str))
        return
    if not known:
        click.echo("There is no source yet. Next: broker metadata sources add CODE URL")
        return
    headings = ("source", "federation", "entities", "signed", "last heard", "valid until", "state")
    print_table(headings, [_row(source) for source in known])


@sources.command("remove")
@click.argument("code")
@click.option("--reason", default="", help="Why, for the audit trail.")
@in_words
def remove(code: str, reason: str) -> None:
    """Forget a source. Its entities stay in force, and nobody keeps them up to date."""
    source_desk().remove(code, occasion_of(reason))
    click.echo(f"{code} is forgotten; its entities are as they were.")


@click.command()
@click.argument("codes", nargs=-1, metavar="[SOURCE...]")
@click.option("--due", is_flag=True, help="Only those whose time has come.")
@click.option(
    "--file",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The document of a source that is uploaded.",
)
@click.option("--accept-shrinking", is_flag=True, help="That many entities are gone is meant.")
@click.option("--reason", default="refresh", help="Why, for the audit trail.")
@click.option("--json", "as_json", is_flag=True, help="For a program.")
@in_words
def refresh(
    *,
    codes: tuple[str, ...],
    due: bool,
    path: Path | None,
    accept_shrinking: bool,
    reason: str,
    as_json: bool,
) -> None:
    """Ask sources for their metadata now: those named, those due, or all.

    The exit status is 1 when a source gave nothing that counts; then everything stays as it is.
    """
    desk, keeper = source_desk(), refresher()
    if path is not None and len(codes) != 1:
        raise click.UsageError("--file is the document of one source: name it.")
    if due:
        found = list(keeper.refresh_due(system_clock()))
    else:
        known = {source.code: source for source in desk.every()}
        asked = codes or tuple(c for c, source in known.items() if source.kind != "upload")
        limit = keeper.limits.size
        content = read_file(path, limit) if path is not None else None
        found = []
        for code in asked:
            total = known[code].entities if code in known else 0
            with _Bar(code, quiet=as_json, total=total) as bar:
                found.append(
                    keeper.refresh(
                        code,
                        occasion_of(reason),
                        content=content,
                        progress=bar,
                        accept_shrinking=accept_shrinking,
                    )
                )
    if as_json:
        click.echo(json.dumps([_refreshed_json(one) for one in found], indent=2))
    else:
        for one in found:
            _print(one)
        if not found:
            click.echo("Nothing was to be asked.")
    if not all(one.good for one in found):
        raise SystemExit(1)


class _Bar:
    """How far a long refresh is, on standard error where somebody watches."""

    def __init__(self, label: str, *, quiet: bool, total: int) -> None:
        self._label, self._quiet, self._told = label, quiet, total > 0

    def __enter__(self) -> Progress | None:
        return None if self._quiet else self._say

    def __exit__(self, *_error: object) -> None:
        if self._told and not self._quiet:
            click.echo(err=True)

    def _say(self, done: int, of: int) -> None:
        self._told = of > 1
        if of > 1:
            line = f"\r{safe(self._label)}: {done:,} of {of:,} entities"
            click.echo(line, nl=False, err=True)


def _print(found: Refreshed) -> None:
    counted = ", ".join(f"{number} {state}" for state, number in found.counts.items() if number)
    state = click.style(found.state, fg=_COLOURS[found.state])
    click.echo(f"{safe(found.source)}: {state}{f', {counted}' if counted else ''}")
    if found.code:
        click.echo(f"  {safe(found.words.en)} ({found.code})")
        click.echo("  Everything stays as it was.")
    print_findings(found.findings[:SHOWN], indent=2)
    for entity in found.entities[:SHOWN]:
        click.echo(f"  {safe(entity.code)}  {entity.state}  {safe(entity.entity_id)}")
        for code, words in entity.words:
            click.echo(f"    {safe(words.en)} ({code})")
        print_findings(entity.findings, indent=4)
        if entity.state in ("waiting", "dropped"):
            click.echo(f"    Next: broker metadata diff {safe(entity.code)}")
    if len(found.entities) > SHOWN:
        click.echo(f"  … and {len(found.entities) - SHOWN:,} more: broker metadata list")


def _row(source: Source) -> tuple[str, ...]:
    heard = f"{source.loaded_at:%Y-%m-%d %H:%M}" if source.loaded_at else "never"
    until = f"{source.valid_until:%Y-%m-%d %H:%M}" if source.valid_until else ""
    failed = f"{source.failures} × {source.failure}" if source.failures else "well"
    signed = "yes" if source.certificates else "no"
    entities = str(source.entities)
    return source.code, source.federation, entities, signed, heard, until, failed


def _as_json(source: Source) -> dict[str, object]:
    return {
        "code": source.code,
        "federation": source.federation,
        "kind": source.kind,
        "location": source.location,
        "aggregate": source.many,
        "signed_by": [certificate.fingerprint for certificate in source.pinned],
        "minutes": source.minutes,
        "checked_at": source.checked_at,
        "loaded_at": source.loaded_at,
        "valid_until": source.valid_until,
        "published_at": source.published_at,
        "entities": source.entities,
        "failures": source.failures,
        "failure": source.failure,
    }


def _refreshed_json(found: Refreshed) -> dict[str, object]:
    return {
        "source": found.source,
        "state": found.state,
        "code": found.code,
        "words": {"da": found.words.da, "en": found.words.en},
        "counts": dict(found.counts),
        "entities": [
            {
                "kind": entity.kind,
                "code": entity.code,
                "entity_id": entity.entity_id,
                "state": entity.state,
                "reasons": [
                    {"code": code, "da": words.da, "en": words.en} for code, words in entity.words
                ],
            }
            for entity in found.entities
        ],
    }
