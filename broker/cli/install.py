"""`broker init`, `broker check` and `broker serve`: make an installation, examine it, run it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import click

from broker.audit.events import KeysCreated
from broker.audit.events.trail import TrailKeyChanged
from broker.audit.proof import keys as audit_keys
from broker.cli.context import in_words, occasion_of, service_of, settings_of
from broker.cli.security import examine
from broker.cli.server import Server
from broker.clock import system_clock
from broker.db import make_engine, migrate, migrated
from broker.errors import BrokerError
from broker.mail.templates import Templates
from broker.metadata import keyring, seed, store
from broker.metadata.decisions import federation_documents
from broker.metadata.model import Federation
from broker.metadata.registry import Registry, RegistryCache
from broker.metadata.service import MetadataService
from broker.roles.catalogue.cache import CatalogueCache
from broker.saml import names
from broker.saml.libraries import check_libraries
from broker.sealing import SealingKeys
from broker.settings import BadSettings, Problem, Settings

RENEW = timedelta(days=60)
MANY = 200  # members of a federation; of more nobody reads a line each


@click.command()
@in_words
def init() -> None:
    """Make an installation: its folder, database, federations and keys.

    What is there already is left as it is, so running it twice is safe.
    """
    settings = settings_of()
    _make_folder(settings.data)
    migrate(make_engine(settings.database_url))
    click.echo(f"The database is ready: {_shown(settings)}")
    service = service_of(settings)
    known = {federation.path for federation in service.federations()}
    for name, document in seed.seeds("federations"):
        for one in federation_documents(document, name):
            if one.get("path") not in known:
                service.load_document(one, source=name, occasion=occasion_of("broker init"))
    _load_roles(settings, service)
    now = system_clock()
    for federation in service.federations():
        made = keyring.create_keys(settings.keys, federation, now)
        if made:
            occasion = occasion_of("broker init")
            service.record(KeysCreated(federation.path, made, occasion.by), occasion)
        what = f"made {len(made)} keys" if made else "its keys are there already"
        click.echo(f"Federation {federation.path} ({federation.name.en}): {what}")
    if keyring.create_secrets(settings.keys):
        click.echo("Made the secrets of the installation.")
    if not (settings.keys / audit_keys.PUBLIC).exists():
        made_key = audit_keys.make_key(settings.keys, now)
        occasion = occasion_of("broker init")
        service.record(TrailKeyChanged(made_key.id, "made", occasion.by, occasion.reason), occasion)
        click.echo(f"Key {made_key.id} seals the audit trail: write that down somewhere else.")
    click.echo(f"Keys lie in {settings.keys}, readable by their owner only. Back them up.")
    for federation in service.federations():
        click.echo(f"  for services            {federation.idp_metadata_url}")
        click.echo(f"  for identity providers  {federation.sp_metadata_url}")
    click.echo("\nNext: broker metadata load idp.xml --cvr any --loa High")


def _load_roles(settings: Settings, service: MetadataService) -> None:
    """Give a catalogue that is empty its delimitation types and the national roles."""
    if CatalogueCache(make_engine(settings.database_url)).current().revision.number:
        return
    for name, document in seed.seeds("roles"):
        service.load_document(document, source=name, occasion=occasion_of("broker init"))
    click.echo("The catalogue has its delimitation types and national roles.")


@click.command()
@click.option(
    "--nemlogin",
    is_flag=True,
    help="Rehearse NemLog-in's integration tests against the demo's identity provider instead.",
)
@click.option(
    "--security", is_flag=True, help="Also print the libraries inside, and try what they do."
)
def check(*, nemlogin: bool, security: bool) -> None:
    """Examine settings, libraries, keys and database; exit status 1 where anything is wrong."""
    if nemlogin:
        from broker.cli.rehearse import rehearse  # noqa: PLC0415 # a whole demo federation

        raise SystemExit(rehearse())
    problems = list(problems_now())
    for problem in problems:
        click.secho(f"wrong  {problem}", fg="red", err=True)
    if problems:
        raise SystemExit(1)
    settings = settings_of()
    if security:
        examine()
    for hint in _hints(settings):
        click.secho(f"note   {hint}", fg="yellow")
    click.secho(f"All is well. Next: broker serve ({settings.origin})", fg="green")


@click.command()
@in_words
def serve() -> None:
    """Run the broker under gunicorn until it is told to stop."""
    problems = list(problems_now())
    if problems:
        raise click.ClickException("\n".join(["Not started.", *map(str, problems)]))
    Server(settings_of()).run()


def problems_now() -> Iterator[Problem]:
    """Everything that would keep a node from starting, with what to do about each."""
    try:
        settings = settings_of()
    except BadSettings as error:
        yield from error.problems
        return
    try:
        check_libraries()
    except BrokerError as error:
        yield Problem("libraries", error.detail, "Install the locked packages again")
    if settings.secure and not settings.evidence_key:
        how = "broker evidence key makes a pair; the word none says that no messages are kept"
        yield Problem("BROKER_EVIDENCE_KEY", "nobody has decided on it", how)
    remedy = "Run broker init"
    if not settings.data.is_dir():
        yield Problem("BROKER_DATA", f"{settings.data} is not there", remedy)
        return
    mode = settings.data.stat().st_mode & 0o777
    if mode & 0o077:
        yield Problem("BROKER_DATA", f"{settings.data} has mode {mode:o}", "Run chmod 700 on it")
    try:
        engine = make_engine(settings.database_url)
        store.check_ready(engine)
        if not migrated(engine):
            yield Problem("database", "its schema is not the one of this release", remedy)
            return
        registry = RegistryCache(engine, settings.origin).current()
    except BrokerError as error:
        yield Problem("database", error.detail or error.code, remedy)
        return
    if not registry.federations:
        yield Problem("database", "there is no federation", remedy)
    yield from _key_problems(settings, registry)
    for file, what in Templates(settings.mail_templates, settings.origin).problems():
        yield Problem("BROKER_MAIL_TEMPLATES", f"{file} {what}", "broker mail try shows a mail")


def _key_problems(settings: Settings, registry: Registry) -> Iterator[Problem]:
    remedy = "Run broker init, or restore the keys from your backup"
    secrets = (
        (SealingKeys.load, settings.keys / keyring.SEALING),
        (keyring.load_secret, settings.keys / keyring.PSEUDONYM),
    )
    for load, path in secrets:
        try:
            load(path)
        except BrokerError as error:
            yield Problem("keys", error.detail or error.code, remedy)
    for federation in registry.federations:
        try:
            keyring.load_keys(settings.keys, federation)
        except BrokerError as error:
            yield Problem("keys", error.detail or error.code, remedy)


def _hints(settings: Settings) -> Iterator[str]:
    """What does not keep a node from starting and yet keeps people from signing in."""
    if settings.evidence_key in ("", "none"):
        yield "BROKER_EVIDENCE_KEY is not set: no messages are kept that could prove a login later"
    if not (settings.keys / audit_keys.PRIVATE).exists():
        yield "the key that seals the audit trail is not here: jobs must run where it is"
    if settings.smtp is None:
        what = "waits until it is set" if settings.secure else "is printed by broker jobs run"
        yield f"BROKER_SMTP is not set: mail {what}"
    registry = RegistryCache(make_engine(settings.database_url), settings.origin).current()
    now = system_clock()
    for federation in registry.federations:
        yield from _federation_hints(registry, federation, now)
        keys = keyring.load_keys(settings.keys, federation)
        for certificate in (*keys.published_idp, *keys.published_sp):
            if certificate.not_after - now < RENEW:
                yield f"{federation.path}: our certificate “{certificate.subject}” runs out soon"


def _federation_hints(registry: Registry, federation: Federation, now: datetime) -> Iterator[str]:
    registered = registry.counts(federation.path)
    if max(registered) > MANY:
        listed = f"{registered[0]:,} services and {registered[1]:,} IdPs"
        yield f"{federation.path}: {listed}, too many to look at each: broker metadata alarms"
        return
    services, idps = registry.services(federation.path), registry.idps(federation.path)
    if not services and not idps:
        yield f"{federation.path}: nobody is registered yet: broker metadata load FILE"
    for service in services:
        if not registry.active_idps(service, now):
            yield f"{federation.path}: nobody can sign in to {service.code}, no IdP is active"
    for idp in idps:
        if idp.cvrs is not None and not idp.cvrs and names.PROFESSIONAL in idp.identity_types:
            yield f"{federation.path}: {idp.code} speaks for no organisation, see --cvr"


def _make_folder(folder: Path) -> None:
    there = folder.is_dir()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)
        click.echo(f"{folder} is now readable by its owner only.")
    elif not there:
        click.echo(f"Made {folder}, readable by its owner only.")


def _shown(settings: Settings) -> str:
    """The database without its password."""
    return make_engine(settings.database_url).url.render_as_string(hide_password=True)
