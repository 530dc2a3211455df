"""`broker rollover keys`: the keys of an epoch that is to come."""

from pathlib import Path

import click

from broker.audit.events import CertificateInstalled, KeysCreated
from broker.cli.context import in_words, occasion_of, service_of, settings_of
from broker.cli.printing import safe
from broker.errors import BrokerError, Unknown
from broker.metadata.epochs import EpochFiles
from broker.metadata.model import Federation
from broker.metadata.report import Occasion
from broker.metadata.rollover.model import SLOTS, Slot
from broker.metadata.service import MetadataService


@click.command()
@click.argument("epoch")
@click.option("--federation", help="Only of this one; of all of them unless given.")
@click.option("--csr", is_flag=True, help="With requests to bring to an authority.")
@click.option(
    "--install",
    "certificates",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A certificate (PEM) that an authority issued for one of the requests.",
)
@in_words
def keys(*, epoch: str, federation: str | None, csr: bool, certificates: tuple[Path, ...]) -> None:
    """Make the keys of EPOCH, or put their certificates beside them.

    EPOCH names a generation of keys, such as oces3. What is there already is left as it is.
    Without --csr they certify themselves.
    """
    settings = settings_of()
    service, files = service_of(settings), EpochFiles(settings.keys)
    homes = [one for one in service.federations() if federation in (None, one.path)]
    if not homes:
        raise Unknown("metadata.no_federation", f"no federation {federation}")
    occasion = occasion_of("broker rollover keys")
    for certificate in certificates:
        _install(service, files, homes, epoch, certificate, occasion)
    for home in homes:
        if not certificates:
            made = files.make(home, epoch, occasion.at, certify=not csr)
            if made:
                service.record(KeysCreated(home.path, made, occasion.by), occasion)
            click.secho(f"{home.path}: made {len(made)} keys of {epoch}", bold=True)
        _print(files, home, epoch)
    waiting = [path for home in homes for path in files.requests(home, epoch)]
    if waiting:
        install = f"broker rollover keys {epoch} --install FILE, once for each certificate"
        click.echo(f"Next: have the requests signed, then {install}")
    else:
        only = "".join(f" --federation {home.path}" for home in homes) if federation else ""
        click.echo(f"Copy {settings.keys} to every node and back it up.")
        click.echo(f"Next: broker rollover plan --code CODE --after {epoch}{only} --switch INSTANT")


def _install(
    service: MetadataService,
    files: EpochFiles,
    homes: list[Federation],
    epoch: str,
    path: Path,
    occasion: Occasion,
) -> None:
    """Put a certificate beside the key that it is for, whichever federation has that."""
    words = f"{epoch} has no key that waits for a certificate"
    last: BrokerError = Unknown("rollover.no_request", words)
    for home in homes:
        if not files.requests(home, epoch):
            continue
        try:
            name, certificate = files.install(home, epoch, path.read_bytes(), occasion.at)
        except BrokerError as error:  # it may be for the key of another federation
            last = error
            continue
        event = CertificateInstalled(home.path, name, certificate.fingerprint, occasion.by)
        service.record(event, occasion)
        click.secho(f"{name}: {safe(certificate.subject)} is installed", fg="green")
        return
    raise last


def _print(files: EpochFiles, home: Federation, epoch: str) -> None:
    for side, use in SLOTS:
        slot, name = Slot(home.path, side, use), f"{side}-{use}"
        certificate = files.certificate(slot, epoch)
        if certificate is None:
            request = files.path(slot, epoch).with_suffix(".csr")
            words = f"waits for a certificate: {request}" if request.exists() else "not there"
            click.echo(f"  {name:<14} {words}")
            continue
        until = f"until {certificate.not_after:%Y-%m-%d}"
        click.echo(f"  {name:<14} {safe(certificate.subject)}, {until}")
        click.echo(f"  {'':<14} SHA-256 {certificate.fingerprint}")
