"""`broker services`: the catalogue at any instant, and what identity providers say in vain."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import click

from broker.cli.context import in_words, instant
from broker.cli.office import Office
from broker.cli.printing import print_table, safe
from broker.db import reading
from broker.errors import Unknown
from broker.metadata.registry import RegistryCache
from broker.roles.catalogue.cache import CatalogueCache
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants.store import issuing
from broker.roles.model import CatalogueService, Interface, Role, ServiceVersion

Facts = dict[str, object]


@click.group()
def services() -> None:
    """Services with their roles, interfaces and rules; load them with broker metadata load."""


@services.command("list")
@click.option("--federation", help="Only this one.")
@click.option("--at", "when", metavar="INSTANT", help="Past, present or future; now unless given.")
@click.option("--json", "as_json", is_flag=True, help="The same as data.")
@in_words
def list_services(*, federation: str | None, when: str | None, as_json: bool) -> None:
    """Every service: its owner, state, delimitation, and how many roles it has."""
    office = Office.here()
    at = instant("--at", when) or office.now
    catalogue = CatalogueCache(office.engine).current()
    known = [one for one in catalogue.services if federation in (None, one.federation)]
    found = [facts for one in known if (facts := _summary(catalogue, one, at))]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    elif not found:
        click.echo("The catalogue has no service then. Next: broker metadata load FILE")
    else:
        keys = ("federation", "code", "state", "sla", "delimitation", "roles", "owner", "name")
        print_table(keys, [[str(facts[key]) for key in keys] for facts in found])


@services.command("show")
@click.argument("code")
@click.option("--federation", help="The federation; the first one unless given.")
@click.option("--at", "when", metavar="INSTANT", help="Past, present or future; now unless given.")
@click.option("--json", "as_json", is_flag=True, help="The same as data.")
@in_words
def show(*, code: str, federation: str | None, when: str | None, as_json: bool) -> None:
    """One service: its roles, how it is told them, its interfaces, rules and identity providers."""
    office = Office.here()
    path, at = office.federation(federation), instant("--at", when) or office.now
    catalogue = CatalogueCache(office.engine).current()
    service = catalogue.service(path, code)
    version = service.at(at) if service else None
    if service is None or version is None:
        listed = ", ".join(one.code for one in catalogue.services if one.federation == path)
        raise Unknown("service.unknown", f"{path} has no {code} then. Known: {listed or 'none'}")
    facts = _details(catalogue, service, version, at)
    facts["idps"] = _idps(office, path, code, at)
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
        return
    _print(facts)


@services.command("observed")
@click.option("--federation", help="The federation; the first one unless given.")
@click.option("--days", type=click.IntRange(1, 366), default=30, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as data.")
@in_words
def observed(*, federation: str | None, days: int, as_json: bool) -> None:
    """What identity providers said that gave no role, and what rules in shadow would have given.

    Counted at logins, by day, without people.
    """
    office = Office.here()
    path, since = office.federation(federation), (office.now - timedelta(days=days)).date()
    with reading(office.engine) as connection:
        counts: dict[tuple[str, str, str], int] = {}
        for seen, count in issuing.observed(connection, path, since):
            key = (seen.idp, seen.kind, seen.what)
            counts[key] = counts.get(key, 0) + count
    rows = sorted(((count, *key) for key, count in counts.items()), reverse=True)
    if as_json:
        names = ("count", "idp", "kind", "what")
        data = [dict(zip(names, row, strict=True)) for row in rows]
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
    elif not rows:
        click.echo(f"Nothing was observed in the last {days} days.")
    else:
        heads = ("logins", "identity provider", "why", "what")
        print_table(heads, [[str(cell) for cell in row] for row in rows])


def _summary(catalogue: Catalogue, service: CatalogueService, at: datetime) -> Facts | None:
    version = service.at(at)
    if version is None:
        return None
    roles = catalogue.roles_of(service.federation, service.code)
    return {
        "federation": service.federation,
        "code": service.code,
        "name": version.name.en,
        "owner": version.owner,
        "state": version.state,
        "sla": version.sla,
        "delimitation": version.delimitation,
        "source": version.source,
        "roles": sum(1 for role in roles if _active(role, at)) + len(version.national),
    }


def _details(
    catalogue: Catalogue, service: CatalogueService, version: ServiceVersion, at: datetime
) -> Facts:
    roles = catalogue.issued_at(service.federation, service.code, at)
    return {
        **(_summary(catalogue, service, at) or {}),
        "roles": [_role(role, at) for role in roles if _active(role, at)],
        "forms": [
            {"kind": form.kind, "attribute": form.attribute, "template": form.template}
            if form.kind in ("classic", "plain")
            else {"kind": form.kind, "version": form.version}
            for form in version.forms
        ],
        "interfaces": [_interface(one, at) for one in version.interfaces],
        "rules": [
            {
                "code": rule.code,
                "version": rule.version,
                "state": rule.state,
                "effect": rule.effect,
                "role": role.code,
            }
            for role in roles
            for rule in catalogue.rules_of(role.id)
            if rule.period.covers(at)
        ],
    }


def _active(role: Role, at: datetime) -> bool:
    version = role.at(at)
    return version is not None and version.state in ("active", "deprecated")


def _role(role: Role, at: datetime) -> Facts:
    version = role.at(at)
    if version is None:
        raise Unknown("role.unknown", f"{role.urn} is not there then")
    return {
        "code": role.code,
        "urn": role.urn,
        "name": version.name.en,
        "description": version.description.en,
        "sensitivity": version.sensitivity,
        "minimum": version.minimum.word if version.minimum else None,
        "delimitations": [taken.type for taken in version.delimitations],
        "example": version.example,
        "national": role.service is None,
    }


def _interface(one: Interface, at: datetime) -> Facts:
    return {
        "code": one.code,
        "name": one.name.en,
        "open": one.open_at(at),
        "opens": one.opens.isoformat() if one.opens else None,
        "closes": one.closes.isoformat() if one.closes else None,
        "successor": one.successor,
    }


def _idps(office: Office, path: str, code: str, at: datetime) -> list[str] | None:
    """The identity providers that are open for it; None where its metadata is not loaded yet."""
    registry = RegistryCache(office.engine, office.settings.origin).current()
    try:
        service = registry.service_by_code(path, code)
    except Unknown:
        return None
    return [idp.code for idp in registry.active_idps(service, at)]


def _print(facts: Facts) -> None:
    click.secho(f"{facts['code']} in {facts['federation']}: {safe(str(facts['name']))}", bold=True)
    for key in ("owner", "state", "sla", "delimitation", "source"):
        click.echo(f"  {key:<13} {safe(str(facts[key]))}")
    idps = facts["idps"]
    told = "nobody: its metadata is not loaded"
    if isinstance(idps, list):
        told = ", ".join(idps) or "no identity provider"
    click.echo(f"  {'open for':<13} {told}")
    _print_rows("Roles", ("code", "name", "sensitivity", "delimitations", "urn"), facts["roles"])
    _print_rows("Told as", ("kind", "attribute", "template", "version"), facts["forms"])
    keys = ("code", "open", "opens", "closes", "successor")
    _print_rows("Interfaces", keys, facts["interfaces"])
    _print_rows("Rules", ("code", "version", "state", "effect", "role"), facts["rules"])


def _print_rows(title: str, keys: Sequence[str], rows: object) -> None:
    if isinstance(rows, list) and rows:
        click.echo(f"\n{title}")
        print_table(keys, [[_cell(row, key) for key in keys] for row in rows])


def _cell(row: Mapping[str, object], key: str) -> str:
    value = row.get(key)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    words: dict[object, str] = {None: "", True: "yes", False: "no"}
    return words[value] if value is None or isinstance(value, bool) else str(value)
