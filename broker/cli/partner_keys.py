"""`broker metadata keys`: a partner's own change of keys, watched and helped."""

import click

from broker.audit.store import AuditStore
from broker.cli.context import in_words, instant, occasion_of, service_of, settings_of
from broker.cli.printing import print_table, safe
from broker.clock import system_clock
from broker.metadata.partner_keys import UNSEEN, PartnerKey, PartnerKeys
from broker.metadata.store import EntityRecord

_WORDS = {"metadata": "in its metadata", "kept": "kept", "dropped": "dropped"}
_KINDS = {"sp": "service", "idp": "identity provider"}


@click.command()
@click.argument("code", metavar="PARTNER")
@click.option("--federation", help="Only in this one.")
@click.option("--keep", metavar="FINGERPRINT", help="Let a dropped key verify for some time yet.")
@click.option("--until", metavar="INSTANT", help="Until when --keep.")
@click.option("--end", metavar="FINGERPRINT", help="Let a kept key count no more.")
@click.option("--reason", default="", help="Why, for the audit trail.")
@in_words
def keys(
    *,
    code: str,
    federation: str | None,
    keep: str | None,
    until: str | None,
    end: str | None,
    reason: str,
) -> None:
    """Which keys PARTNER signs with, when each was last seen, and which may go.

    Keys that its metadata lists verify, however many they are. One that the metadata dropped
    does not, unless --keep grants it some time; FINGERPRINT is the beginning of its SHA-256.
    """
    if bool(keep) != bool(until) or (keep and end):
        raise click.UsageError("Give --keep together with --until, or --end alone.")
    service = PartnerKeys(service_of(settings_of()).engine, AuditStore())
    records = service.find(code, federation)
    at = instant("--until", until)
    for record in records:
        if keep and at is not None:
            kept = service.keep(record, keep, at, occasion_of(reason))
            click.echo(f"{kept.fingerprint[:16]} of {code} verifies until {at:%Y-%m-%d %H:%M} UTC.")
        if end:
            ended = service.end(record, end, occasion_of(reason))
            click.echo(f"{ended.fingerprint[:16]} of {code} verifies no more.")
        _print(record, service.keys(record, system_clock()))


def _print(record: EntityRecord, known: tuple[PartnerKey, ...]) -> None:
    click.secho(f"{_KINDS[record.kind]} {safe(record.code)} in {record.federation}", bold=True)
    print_table(
        ("SHA-256", "state", "expires", "first signature", "last signature", "subject"),
        [_row(key) for key in known],
    )
    for key in known:
        if key.may_go:
            short = key.certificate.fingerprint[:16]
            act = (
                f"Next: broker metadata keys {record.code} --end {short}"
                if key.state == "kept"
                else "Ask the partner to take it out of its metadata"
            )
            click.echo(f"{short} has not signed for {UNSEEN.days} days, a newer one has. {act}.")


def _row(key: PartnerKey) -> tuple[str, ...]:
    state = _WORDS[key.state]
    if key.until is not None:
        state += f" until {key.until:%Y-%m-%d %H:%M}"
    return (
        key.certificate.fingerprint[:16],
        state,
        f"{key.certificate.not_after:%Y-%m-%d}",
        f"{key.first_seen:%Y-%m-%d %H:%M}" if key.first_seen else "never seen",
        f"{key.last_seen:%Y-%m-%d %H:%M}" if key.last_seen else "never seen",
        safe(key.certificate.subject),
    )
