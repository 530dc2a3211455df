"""Reports as aligned text. What comes from metadata is made safe for a terminal first."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import click

from broker.metadata.report import LoadReport, Outcome
from broker.saml.entities import Endpoint, EntityFacts, Finding
from broker.saml.keys import Certificate

_KINDS = {
    "sp": "service",
    "idp": "identity provider",
    "federation": "federation",
    "mapping": "mapping",
    "catalogue": "catalogue entry",
    "rollover": "change of keys",
}
_COLOURS = {"odd": "yellow", "refused": "red", "info": None}
_STATES = {"refused": "red", "added": "green", "changed": "green", "shadow": "yellow"}
_STATE_WORDS = {
    "waiting": "kept; it counts once its metadata is loaded",
    "shadow": "tried in shadow; see broker mapping difference, then broker mapping put-in-force",
    "draft": "kept as a draft; see broker mapping shadow",
}


def safe(text: str) -> str:
    """Text of a partner without anything that a terminal would obey."""
    return "".join(letter if letter.isprintable() else "·" for letter in text)


def print_report(report: LoadReport) -> None:
    """Everything a load did, entity by entity."""
    click.secho(safe(report.source), bold=True)
    print_findings(report.findings, indent=2)
    for outcome in report.outcomes:
        print_outcome(outcome)
    if not report.outcomes and not report.findings:
        click.echo("  nothing in it that could be loaded")


def print_facts(facts: EntityFacts, kind: str) -> None:
    """Keys and addresses of an entity in one of its roles."""
    if kind == "sp" and facts.sp is not None:
        _print_keys("signing key", facts.sp.signing)
        _print_keys("encryption key", facts.sp.encryption)
        _print_endpoints("answers to", facts.sp.acs)
        _print_endpoints("sign-out", facts.sp.slo)
        _line("requests", "signed" if facts.sp.authn_requests_signed else "need not be signed")
    elif kind == "idp" and facts.idp is not None:
        _print_keys("signing key", facts.idp.signing)
        _print_endpoints("sign-in", facts.idp.sso)
        _print_endpoints("sign-out", facts.idp.slo)
    if facts.valid_until is not None:
        _line("valid until", _minute(facts.valid_until))


def print_findings(findings: Iterable[Finding], *, indent: int) -> None:
    """Findings in words, the gravest last, each with its code."""
    order = ("info", "odd", "refused")
    for finding in sorted(findings, key=lambda found: order.index(found.level)):
        mark = click.style(f"{finding.level:<8}", fg=_COLOURS[finding.level])
        where = f"{safe(finding.where)}: " if finding.where else ""
        click.echo(f"{' ' * indent}{mark}{where}{safe(finding.words)} ({finding.code})")


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Rows under headings, each column as wide as it needs."""
    shown = [[safe(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(headings, *shown, strict=True)]
    for number, row in enumerate([list(headings), *shown]):
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.secho(line.rstrip(), bold=number == 0)


def print_document(document: Mapping[str, object]) -> None:
    """What is decided about an entity, as its document says it."""
    for key, value in document.items():
        if key != "kind":
            _line(key, json.dumps(value, ensure_ascii=False))


def print_outcome(outcome: Outcome) -> None:
    """What became of one entity."""
    state = click.style(
        _STATE_WORDS.get(outcome.state, outcome.state), fg=_STATES.get(outcome.state)
    )
    kind = _KINDS.get(outcome.kind, "entity")
    number = f" version {outcome.version}" if outcome.version else ""
    where = f" in {outcome.federation}" if outcome.federation else ""
    click.echo(f"  {kind} {safe(outcome.code)}{number}{where}: {state}")
    if outcome.entity_id:
        _line("entityID", outcome.entity_id)
    if outcome.facts is not None:
        print_facts(outcome.facts, outcome.kind)
    print_findings(outcome.findings, indent=4)


def _print_keys(label: str, certificates: Iterable[Certificate]) -> None:
    for certificate in certificates:
        _line(label, f"{certificate.subject}, until {certificate.not_after:%Y-%m-%d}")
        _line("", f"SHA-256 {' '.join(_pairs(certificate.fingerprint))}")


def _print_endpoints(label: str, endpoints: Iterable[Endpoint]) -> None:
    for endpoint in endpoints:
        binding = endpoint.binding.rpartition(":")[2]
        default = ", default" if endpoint.is_default else ""
        _line(label, f"{endpoint.location} ({binding}{default})")


def _line(label: str, text: str) -> None:
    click.echo(f"    {label:<15} {safe(text)}")


def _pairs(fingerprint: str) -> Iterator[str]:
    return (fingerprint[i : i + 8] for i in range(0, len(fingerprint), 8))


def _minute(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"
