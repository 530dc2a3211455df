"""`broker roles explain`: why somebody has a role at a service, or has it not, at any instant."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

import click

from broker.cli.context import in_words, instant
from broker.cli.office import Office
from broker.cli.printing import safe
from broker.cli.tracing import read_claims
from broker.codelists import store as codes
from broker.codelists.model import is_list
from broker.db import Connection, reading
from broker.errors import Unknown
from broker.login.acting import read_said
from broker.metadata.registry import Registry, RegistryCache
from broker.organisations import store as organisations
from broker.organisations.model import Account
from broker.roles.answer import Said, Source
from broker.roles.asking import Resolver
from broker.roles.catalogue.cache import CatalogueCache
from broker.roles.explain_text import Telling
from broker.roles.explaining import Explanation, explain
from broker.roles.grants.store import issuing
from broker.roles.model import Delimitation
from broker.roles.reasons import words
from broker.saml.assurance import Assurance


@dataclass(frozen=True, slots=True)
class Question:
    """Who, where, when, and what an identity provider says of them, as far as it is told."""

    person: str
    organisation: str | None
    service: str
    federation: str
    at: datetime
    idp: str | None
    level: Assurance | None
    claims: Path | None


@click.command("explain")
@click.option("--person", required=True, help="Account id; or mail or name, with --organisation.")
@click.option("--organisation", metavar="CVR", help="Where the person works.")
@click.option("--service", required=True, help="Code of the service.")
@click.option("--federation", help="The federation; the first one unless given.")
@click.option("--at", "when", metavar="INSTANT", help="Past, present or future; now unless given.")
@click.option("--idp", help="Code of the identity provider they log in at.")
@click.option("--loa", type=click.Choice([level.word for level in Assurance]), help="How surely.")
@click.option(
    "--claims",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What the identity provider says, as JSON by attribute; nothing of it is kept.",
)
@click.option("--language", type=click.Choice(["da", "en"]), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as data.")
@in_words
def explain_command(
    *,
    person: str,
    organisation: str | None,
    service: str,
    federation: str | None,
    when: str | None,
    idp: str | None,
    loa: str | None,
    claims: Path | None,
    language: str,
    as_json: bool,
) -> None:
    """Which roles a person has at a service, by what, until when; and what was left out, and why.

    Without --idp the person is taken to log in where they last did. What rules derive shows
    with --claims, which simulates a login: nothing is issued or kept.
    """
    office = Office.here()
    question = Question(
        person,
        organisation,
        service,
        office.federation(federation),
        instant("--at", when) or office.now,
        idp,
        Assurance.from_word(loa) if loa else None,
        claims,
    )
    explained, names = answer(office, question)
    if as_json:
        click.echo(json.dumps(facts(explained), ensure_ascii=False, indent=2))
        return
    telling = Telling(language, lambda type_id, code: names.get((type_id, code)), explained.people)
    for line in telling.lines(explained):
        click.echo(safe(line))


def answer(office: Office, question: Question) -> tuple[Explanation, Mapping[tuple[str, str], str]]:
    """The explanation, and what the units in it are called. Raises Unknown."""
    registry = RegistryCache(office.engine, office.settings.origin).current()
    try:
        service = registry.service_by_code(question.federation, question.service)
    except Unknown as error:
        words = (
            f"nobody can log in to {question.service} in {question.federation}: load its metadata "
            "with broker metadata load, or see broker services list"
        )
        raise Unknown(error.code, words) from error
    resolver = Resolver(CatalogueCache(office.engine))
    with reading(office.engine) as connection:
        account = _account(office, connection, question)
        said = _said(connection, registry, account, question)
        explained = explain(
            connection,
            resolver,
            question.federation,
            question.service,
            account,
            said,
            service.speech.profile,
            question.at,
        )
        return explained, _names(connection, explained)


def _account(office: Office, connection: Connection, question: Question) -> Account:
    try:
        found = organisations.account(connection, UUID(question.person), question.at)
    except ValueError:
        found = None
    if found is not None:
        return found
    if question.organisation is None:
        raise Unknown("account.unknown", "name the account by its id, or say --organisation")
    home = office.organisation(question.organisation, question.federation, question.at)
    listed = organisations.accounts(connection, home.id, question.at, text=question.person)
    if len(listed) == 1:
        return listed[0]
    known = ", ".join(f"{one.display_name} {one.id}" for one in listed[:5]) or "nobody"
    raise Unknown("account.unknown", f"{len(listed)} people fit: {known}")


def _said(
    connection: Connection, registry: Registry, account: Account, question: Question
) -> Said | None:
    """What is known of what an IdP says: the claims given, else level and organisation alone."""
    last = issuing.last_issued(connection, account.id, question.service, question.at)
    code = question.idp or (str(last["idp"]) if last else None)
    if code is None:
        return None
    idp = registry.idp_by_code(question.federation, code)
    if question.claims is not None:
        claims = read_claims(question.claims)
        said = read_said(replace(claims, assurance=question.level or claims.assurance), idp)
        return replace(said, cvr=said.cvr or account.cvr)
    return Said(idp.code, idp.cvrs, account.cvr, question.level or idp.maximum, {})


def _names(connection: Connection, explained: Explanation) -> dict[tuple[str, str], str]:
    units = {
        (d.type, d.value)
        for issued in (*explained.answer.issued, *explained.answer.shadow)
        for held in issued.held
        for d in held.delimitations
    }
    units |= {
        (scope.type, scope.value)
        for silent in explained.not_counting
        for scope in silent.scopes
        if scope.value
    }
    names = {}
    for type_id, code in units:
        known = is_list(type_id) and codes.history(connection, type_id, code)
        if known:
            names[type_id, code] = known[-1].name
    return names


def facts(explained: Explanation) -> dict[str, object]:
    """The explanation as plain data."""
    answer = explained.answer
    return {
        "federation": explained.federation,
        "service": explained.service,
        "account": str(answer.account.id) if answer.account else None,
        "organisation": answer.organisation.cvr if answer.organisation else None,
        "at": answer.at.isoformat(),
        "until": answer.until.isoformat() if answer.until else None,
        "rules_evaluated": explained.told,
        "issued": [
            {
                "role": one.role.urn,
                "code": one.role.code,
                "version": one.version.version,
                "held": [
                    [
                        {"type": d.type, "value": d.value, "below": d.with_descendants}
                        for d in held.delimitations
                    ]
                    for held in one.held
                ],
                **_source(one.source),
            }
            for one in answer.issued
        ],
        "left_out": list(_left_out(explained)),
        "shadow": [{"role": one.role.urn, **_source(one.source)} for one in answer.shadow],
        "told": {a.name: list(a.values) for a in answer.attributes},
    }


def _unit(one: Delimitation) -> dict[str, object]:
    return {"type": one.type, "value": one.value, "below": one.with_descendants}


def _left_out(explained: Explanation) -> Iterator[dict[str, object]]:
    for left in explained.answer.left_out:
        yield {
            "role": left.role.urn if left.role else None,
            **_reason(left.code),
            "detail": left.detail,
            **(_source(left.source) if left.source else {}),
        }
    for silent in explained.not_counting:
        yield {
            "role": silent.role.urn,
            **_reason(silent.code),
            "ended": silent.until.isoformat() if silent.until else None,
            **_source(silent.source),
        }


def _reason(code: str) -> dict[str, object]:
    return {"code": code, "reason": {"da": words(code).da, "en": words(code).en}}


def _source(source: Source) -> dict[str, object]:
    return {
        "source": {
            "kind": source.kind,
            "id": str(source.id),
            "via": source.via,
            "name": source.name,
            "by": source.by,
            "version": source.version,
            "since": source.period.since.isoformat(),
            "until": source.period.ends.isoformat() if source.period.ends else None,
            "reason": source.reason,
            "case_no": source.case_no,
        }
    }
