"""`broker certificates`: every certificate in use, one before it is used, and who is revoked."""

import json
from pathlib import Path

import click

from broker.cli.context import in_words, occasion_of, service_of, settings_of
from broker.cli.printing import print_findings, print_table, safe
from broker.clock import system_clock
from broker.db import reading
from broker.metadata.certificates import Verdict, certificates_of, judge
from broker.metadata.expiry import milestone
from broker.metadata.inventory import Entry
from broker.metadata.model import Federation
from broker.metadata.revocations import store as revocations
from broker.metadata.revocations.model import Line
from broker.metadata.source import read_file
from broker.saml.chains import Use
from broker.saml.entity_descriptor import read_metadata
from broker.saml.keys import Certificate
from broker.saml.oces import is_test
from broker.upkeep import inventory, revocation_service

_HEADINGS = ("federation", "whose", "side", "for", "name", "OCES", "CVR", "env", "until", "days")
_FILES = click.Path(exists=True, dir_okay=False, path_type=Path)
_USES: tuple[Use, ...] = ("signing", "encryption")


@click.group()
def certificates() -> None:
    """The certificates of partners and our own: list, check, ask who is revoked."""


@certificates.command("list")
@click.option("--json", "as_json", is_flag=True, help="For a program.")
@click.option("--within", type=click.IntRange(0), metavar="DAYS", help="Only those that run out.")
@click.option("--federation", help="Only this one.")
@in_words
def list_(*, as_json: bool, within: int | None, federation: str | None) -> None:
    """Every certificate in use: whose, of which authority, until when, and whether it counts."""
    settings, now = settings_of(), system_clock()
    entries = [
        entry
        for entry in inventory(settings, service_of(settings).engine, now).entries(now)
        if (within is None or entry.days < within)
        and (federation is None or entry.held.federation == federation)
    ]
    if as_json:
        shown = [_facts(entry) | {"milestone": milestone(entry.held.certificate.not_after, now)}
                 for entry in entries]  # fmt: skip
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    rows = [_row(entry) for entry in entries]
    print_table((*_HEADINGS, "path", "revocation"), rows)
    for entry in entries:
        if entry.verdict is not None and entry.verdict.findings:
            held = entry.held
            click.secho(f"{safe(held.whose)} in {held.federation}, {held.side}:", bold=True)
            print_findings(entry.verdict.findings, indent=2)
    if not entries:
        click.echo("None." if within is None else f"None runs out within {within} days.")


@certificates.command()
@click.argument("file", type=_FILES)
@click.option("--federation", required=True, help="Whose policy to judge by.")
@in_words
def check(*, file: Path, federation: str) -> None:
    """Would this certificate, or those in this metadata, count in a federation?

    Nothing is changed. The exit status is 1 where one of them would not.
    """
    service, now = service_of(settings_of()), system_clock()
    home = next((one for one in service.federations() if one.path == federation), None)
    if home is None:
        known = ", ".join(one.path for one in service.federations())
        raise click.UsageError(f"There is no federation {federation}; there are {known}.")
    with reading(service.engine) as connection:
        answers = revocations.answers(connection)
    refused = False
    for certificate, uses in _certificates_in(file).items():
        found = [judge(certificate, home.certificates, answers, now, use=use) for use in uses]
        worst = next((one for one in found if not one.usable), found[0])
        _print_verdict(certificate, worst, home)
        refused = refused or not worst.usable
    if refused:
        raise SystemExit(1)


@certificates.group()
def revocation() -> None:
    """Which certificates their issuers have revoked."""


@revocation.command()
@click.argument("files", nargs=-1, type=_FILES)
@in_words
def refresh(*, files: tuple[Path, ...]) -> None:
    """Ask the issuers about every certificate in use, and about those in FILES.

    Only federations whose policy wants answers are asked for, and only at the hosts that it names.
    A login never asks: it reads the answers that are kept here. Exit status 1 where one is missing.
    """
    settings = settings_of()
    extra = [certificate for file in files for certificate in _certificates_in(file)]
    desk = revocation_service(settings, service_of(settings).engine)
    report = desk.refresh(occasion_of("broker certificates revocation refresh"), extra)
    for line in report.lines:
        _print_line(line)
    if not report.lines:
        click.echo("Nobody was asked: no federation wants answers, or no path leads to an issuer.")
        click.echo("Next: set revocation in the federation's file, see metadata/issuers/README.md")
    if not report.complete:
        raise SystemExit(1)


def _certificates_in(file: Path) -> dict[Certificate, tuple[Use, ...]]:
    """The certificates of a PEM file or of metadata, each with what it would be used for."""
    raw = read_file(file)
    if raw.lstrip().startswith(b"<") or b"EntityDescriptor" in raw[:2000]:
        found: dict[Certificate, tuple[Use, ...]] = {}
        for facts in read_metadata(raw, system_clock()).entities:
            for _role, use, certificate in certificates_of(facts):
                found[certificate] = tuple(dict.fromkeys((*found.get(certificate, ()), use)))
        return found
    try:
        pem = b"-----BEGIN" in raw
        one = Certificate.from_pem(raw) if pem else Certificate.from_der(raw)
    except ValueError as error:
        raise click.UsageError(f"{file} holds no usable certificate: {error}") from error
    return {one: _USES}


def _print_verdict(certificate: Certificate, verdict: Verdict, home: Federation) -> None:
    word = click.style("counts", fg="green") if verdict.usable else click.style("refused", fg="red")
    click.echo(f"{safe(certificate.subject)}: {word} in {home.path}")
    for label, text in _about(certificate).items():
        click.echo(f"    {label:<15} {safe(str(text)) if text is not None else '-'}")
    click.echo(f"    {'path':<15} {_path(verdict)}")
    click.echo(f"    {'revocation':<15} {verdict.revocation}")
    print_findings(verdict.findings, indent=4)


def _about(certificate: Certificate) -> dict[str, object]:
    subject = certificate.oces
    test = is_test(certificate.parsed)
    return {
        "fingerprint": certificate.fingerprint,
        "subject": certificate.parsed.subject.rfc4514_string(),
        "issuer": certificate.parsed.issuer.rfc4514_string(),
        "generation": subject.generation if subject else None,
        "kind": subject.kind if subject else None,
        "cvr": subject.cvr if subject else None,
        "environment": "test" if test else "production" if subject else None,
        "expires": certificate.not_after.isoformat(),
    }


def _facts(entry: Entry) -> dict[str, object]:
    held, verdict = entry.held, entry.verdict
    return {
        "federation": held.federation,
        "whose": held.whose,
        "side": held.side,
        "uses": list(held.uses),
        "contacts": list(held.contacts),
        **_about(held.certificate),
        "days": entry.days,
        "usable": verdict.usable if verdict else None,
        "path": _path(verdict) if verdict else None,
        "revocation": verdict.revocation if verdict else None,
        "findings": [finding.code for finding in verdict.findings] if verdict else [],
    }


def _row(entry: Entry) -> tuple[str, ...]:
    held, subject, verdict = entry.held, entry.held.certificate.oces, entry.verdict
    environment = _about(held.certificate)["environment"]
    return (
        held.federation,
        held.whose,
        held.side,
        "+".join(held.uses),
        held.certificate.subject[:40],
        f"{subject.generation} {subject.kind}" if subject else "-",
        (subject.cvr if subject else None) or "-",
        str(environment or "-"),
        f"{held.certificate.not_after:%Y-%m-%d}",
        str(entry.days),
        _path(verdict) if verdict else "ours",
        verdict.revocation if verdict else "ours",
    )


def _path(verdict: Verdict) -> str:
    if verdict.path is None:
        return "unchecked"
    return verdict.path.defect.code if verdict.path.defect else "trusted"


def _print_line(line: Line) -> None:
    name = f"{safe(line.asked.name)} in {line.federation}"
    if line.answer is None:
        click.secho(f"no answer  {name}", fg="red")
        for failure in line.failures:
            click.echo(f"           {safe(failure)}")
        return
    colour = "green" if line.answer.status == "good" else "red"
    until = f"{line.answer.next_update:%Y-%m-%d %H:%M} UTC"
    click.echo(f"{click.style(f'{line.answer.status:<10}', fg=colour)} {name}, until {until}")
