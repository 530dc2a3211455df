"""`broker metadata diff`, `history`, `approve`, `reject`, `withdraw` and `alarms`."""

import json
from collections.abc import Callable
from typing import TypeVar

import click

from broker.audit.store import AuditStore
from broker.cli.context import in_words, instant, occasion_of, service_of, settings_of
from broker.cli.loading import Loader
from broker.cli.printing import print_table, safe
from broker.metadata.defaults import Kind, LoadOptions
from broker.metadata.differences import Difference, differences
from broker.metadata.sources.approving import ApprovalDesk, Chosen
from broker.metadata.sources.model import AlarmRecord
from broker.metadata.store import VersionRecord

_C = TypeVar("_C", bound=Callable[..., object])
_COLOURS = {"+": "green", "-": "red", "~": "yellow"}
_ENOUGH = 16  # digits of a SHA-256 that nobody makes another document for
_LEVELS = {"critical": "red", "warning": "yellow", "notice": None}


def approval_desk() -> ApprovalDesk:
    """Where a person decides over what waits, in this installation."""
    service = service_of(settings_of())
    return ApprovalDesk(service.engine, service.origin, AuditStore())


def _named(command: _C) -> _C:
    """The options that name one entity, and one of its versions."""
    for option in (
        click.option("--sha256", default="", help="The version, by how its SHA-256 begins."),
        click.option("--kind", type=click.Choice(["sp", "idp"]), help="Where one code is both."),
        click.option("--federation", help="The federation it is in; the first unless given."),
    ):
        command = option(command)
    return command


def _home(federation: str | None) -> str:
    service = service_of(settings_of())
    return federation or Loader(service, None, LoadOptions(), occasion_of("")).first()


@click.command()
@click.argument("code")
@_named
@click.option("--language", type=click.Choice(["da", "en"]), default="en")
@click.option("--json", "as_json", is_flag=True, help="For a program.")
@in_words
def diff(
    *,
    code: str,
    federation: str | None,
    kind: Kind | None,
    sha256: str,
    language: str,
    as_json: bool,
) -> None:
    """What would change, field by field: what waits, beside what is in force.

    With --sha256 any version beside the one in force.
    """
    found = approval_desk().chosen(_home(federation), code, sha256, kind)
    changed = differences(found.before, found.after)
    if as_json:
        click.echo(json.dumps(_diff_json(found, changed), ensure_ascii=False, indent=2))
        return
    click.secho(f"{safe(code)}: {_state_of(found.version)}", bold=True)
    click.echo(f"  from {safe(found.version.source)}, {found.version.loaded_at:%Y-%m-%d %H:%M} UTC")
    click.echo(f"  SHA-256 {found.version.sha256}")
    for said in _objections(found.version):
        click.secho(f"  ! {safe(said[language])} ({said['code']})", fg="yellow")
    for one in changed:
        click.secho(f"  {one.sign} {safe(one.words.of(language))}", fg=_COLOURS[one.sign])
    if not changed:
        click.echo("  Nothing that we read is different.")
    if found.version.state == "pending":
        this = f"{safe(code)} --sha256 {found.version.sha256[:_ENOUGH]}"
        click.echo(f"Next: broker metadata approve {this}, or broker metadata reject {this}")


@click.command()
@click.argument("code")
@click.option("--federation", help="Only in this one.")
@click.option("--json", "as_json", is_flag=True, help="For a program.")
@in_words
def history(code: str, federation: str | None, *, as_json: bool) -> None:
    """Every version that an entity ever had: from where, when, by whom and why."""
    service = service_of(settings_of())
    found = [record for record in service.entities(federation) if record.code == code]
    if not found:
        raise click.ClickException(f"Nothing is called {code}.")
    for record in found:
        known = service.versions(record.row)
        if as_json:
            click.echo(json.dumps([_version_json(v) for v in known], indent=2, default=str))
            continue
        click.secho(f"{safe(code)} in {record.federation}", bold=True)
        headings = ("when", "state", "by", "from", "why", "SHA-256")
        print_table(headings, [_version_row(v) for v in known])


@click.command()
@click.argument("code")
@_named
@click.option("--from", "opens", metavar="INSTANT", help="From when it counts; now unless given.")
@click.option("--reason", required=True, help="How you know that it is right.")
@in_words
def approve(
    *,
    code: str,
    federation: str | None,
    kind: Kind | None,
    sha256: str,
    opens: str | None,
    reason: str,
) -> None:
    """Let what waits of CODE count. Compare the fingerprints on another channel first.

    --sha256 says which version you compared, as broker metadata diff shows it: its source may
    have brought another one since.

    An instant is written with its offset: 2026-03-02T06:00:00+01:00. It comes into force by the
    clock; nothing has to run for it.
    """
    if len(sha256) < _ENOUGH:
        words = f"Give --sha256, at least {_ENOUGH} digits: broker metadata diff {code} shows it."
        raise click.UsageError(words)
    at = instant("--from", opens)
    occasion = occasion_of(reason)
    desk = approval_desk()
    found = desk.approve(_home(federation), code, occasion, sha256=sha256, kind=kind, opens=at)
    when = f"from {at:%Y-%m-%d %H:%M} UTC" if at and at > occasion.at else "from now on"
    if found.version.removal:
        click.echo(f"{safe(code)} is out of force {when}.")
    else:
        click.echo(f"{safe(code)}: {found.version.sha256[:16]}… counts {when}.")
    click.echo(f"See it: broker metadata history {safe(code)}")


@click.command()
@click.argument("code")
@_named
@click.option("--reason", required=True, help="Why not.")
@in_words
def reject(
    *, code: str, federation: str | None, kind: Kind | None, sha256: str, reason: str
) -> None:
    """Say no to what waits of CODE; it does not come back by itself. A removal is called off."""
    desk = approval_desk()
    found = desk.reject(_home(federation), code, occasion_of(reason), sha256=sha256, kind=kind)
    if found.version.removal:
        click.echo(f"{safe(code)} stays, and no source keeps it up to date any more.")
    else:
        click.echo(f"{safe(code)}: {found.version.sha256[:16]}… is rejected. Nothing changed.")


@click.command()
@click.argument("code")
@click.option("--kind", type=click.Choice(["sp", "idp"]), help="Where one code is both.")
@click.option("--federation", help="The federation it is in; the first unless given.")
@click.option("--reason", required=True, help="Why.")
@in_words
def withdraw(code: str, federation: str | None, kind: Kind | None, reason: str) -> None:
    """Take CODE's metadata out of force at once: nobody gets through until it is approved again."""
    approval_desk().withdraw(_home(federation), code, occasion_of(reason), kind)
    click.echo(f"{safe(code)} is out of force. What its source says of it waits from now on.")


@click.command()
@click.option("--federation", help="Only this one.")
@click.option("--all", "closed", is_flag=True, help="Those that are over as well.")
@click.option("--acknowledge", "number", type=int, metavar="NUMBER", help="You saw this one.")
@click.option("--reason", default="", help="What you do about it.")
@click.option("--language", type=click.Choice(["da", "en"]), default="en")
@click.option("--json", "as_json", is_flag=True, help="For a program.")
@in_words
def alarms(
    *,
    federation: str | None,
    closed: bool,
    number: int | None,
    reason: str,
    language: str,
    as_json: bool,
) -> None:
    """What somebody should look at: since when, how often, and who saw it."""
    desk = approval_desk()
    if number is not None:
        alarm = desk.acknowledge(number, occasion_of(reason))
        click.echo(f"{safe(alarm.subject)}: {alarm.code} is acknowledged.")
        return
    found = desk.alarms(federation, closed=closed)
    if as_json:
        shown = [_alarm_json(record) for record in found]
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2, default=str))
        return
    if not found:
        click.echo("Nothing is wrong.")
    for record in found:
        level = click.style(record.alarm.level, fg=_LEVELS[record.alarm.level])
        click.echo(f"{record.id}  {level}  {safe(record.alarm.subject)}  ({record.alarm.code})")
        click.echo(f"    {safe(record.alarm.words.of(language))}")
        click.echo(f"    {_seen(record)}")


def _seen(record: AlarmRecord) -> str:
    seen = f"seen {record.times} times since {record.first_seen:%Y-%m-%d %H:%M} UTC"
    if record.acknowledged_by:
        seen += f"; {safe(record.acknowledged_by)}: {safe(record.acknowledgement or 'seen')}"
    return f"{seen}; over" if record.cleared_at else seen


def _state_of(version: VersionRecord) -> str:
    what = "removal" if version.removal else "metadata"
    if version.in_force:
        return f"{what} in force"
    if version.state == "scheduled" and version.opens:
        return f"{what} counts from {version.opens:%Y-%m-%d %H:%M} UTC"
    words = {"pending": "waits for approval", "accepted": "was in force before"}
    return f"{what} {words.get(version.state, f'was {version.state}')}"


def _version_row(version: VersionRecord) -> tuple[str, ...]:
    when = f"{version.loaded_at:%Y-%m-%d %H:%M}"
    by = f"{version.loaded_by}, {version.decided_by}" if version.decided_by else version.loaded_by
    why = version.decision or version.reason
    return when, _state_of(version), by, version.source, why, version.sha256[:16]


def _objections(version: VersionRecord) -> list[dict[str, str]]:
    said = json.loads(version.objections) if version.objections else []
    names = ("verdict", "code", "where", "da", "en")
    return [dict(zip(names, one, strict=True)) for one in said]


def _diff_json(found: Chosen, changed: tuple[Difference, ...]) -> dict[str, object]:
    return {
        "code": found.record.code,
        "entity_id": found.record.entity_id,
        "version": found.version.sha256,
        "state": found.version.state,
        "removal": found.version.removal,
        "objections": _objections(found.version),
        "differences": [
            {
                "field": one.field,
                "before": one.before,
                "after": one.after,
                "da": one.words.da,
                "en": one.words.en,
            }
            for one in changed
        ],
    }


def _version_json(version: VersionRecord) -> dict[str, object]:
    return {
        "sha256": version.sha256,
        "state": version.state,
        "in_force": version.in_force,
        "removal": version.removal,
        "opens": version.opens,
        "source": version.source_code or version.source,
        "loaded_at": version.loaded_at,
        "loaded_by": version.loaded_by,
        "reason": version.reason,
        "decided_at": version.decided_at,
        "decided_by": version.decided_by,
        "decision": version.decision,
        "objections": _objections(version),
    }


def _alarm_json(record: AlarmRecord) -> dict[str, object]:
    alarm = record.alarm
    return {
        "number": record.id,
        "federation": alarm.federation,
        "source": alarm.source,
        "subject": alarm.subject,
        "code": alarm.code,
        "level": alarm.level,
        "da": alarm.words.da,
        "en": alarm.words.en,
        "first_seen": record.first_seen,
        "last_seen": record.last_seen,
        "times": record.times,
        "acknowledged_at": record.acknowledged_at,
        "acknowledged_by": record.acknowledged_by,
        "acknowledgement": record.acknowledgement,
        "cleared_at": record.cleared_at,
    }
