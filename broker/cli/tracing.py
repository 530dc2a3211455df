"""`broker mapping trace`: a version on claims of somebody's own; nothing is kept or sent."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import click

from broker.attributes import pipeline
from broker.attributes.model import Claims, Released
from broker.attributes.steps import normalise
from broker.attributes.written import Told
from broker.cli.context import mappings_of, service_of
from broker.cli.printing import safe
from broker.errors import Refused, Unknown
from broker.metadata import seed
from broker.metadata.decisions import read_service
from broker.metadata.documents import Table
from broker.metadata.speech import Speech, read_speech
from broker.saml import names
from broker.saml.messages import Attribute
from broker.saml.vocabulary import OIO3_OF, SHORT_OF
from broker.settings import Settings


def trace_of(
    settings: Settings,
    federation: str,
    service: str,
    claims: Path,
    *,
    number: int | None,
    document: Path | None,
    now: datetime,
) -> Released:
    """What the version would release of the claims in a file. Raises Unknown, Refused,
    Unavailable("mapping.invalid") and NotAllowed.
    """
    kept: Mapping[str, object]
    if document is not None:
        kept = seed.read_toml(document.read_bytes(), str(document))
    else:
        known = mappings_of(settings).versions(federation, service)
        found = next(
            (v for v in known if v.version == number or (not number and v.counts_at(now))), None
        )
        if found is None:
            raise Unknown("mapping.no_version", f"no such version of {service} in {federation}")
        kept = found.document
    speech, staff, plain = _told(settings, federation, service)
    told = Told(speech, staff=staff, without_cpr=plain, now=now)
    return pipeline.run(read_claims(claims), pipeline.read_mapping(service, kept), told)


def read_claims(path: Path) -> Claims:
    """Claims as JSON, named by our short names or as on the wire. Raises Refused("claims.form").

    Where no level is said, it is Substantial.
    """
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Refused("claims.form", f"{path.name} is no JSON: {error}") from None
    given = said.get("attributes") if isinstance(said, dict) else None
    if not isinstance(given, dict):
        raise Refused("claims.form", f'{path.name} has no "attributes" that is an object')
    attributes = []
    if not {"loa", "nist", names.LOA, names.OIO2_ASSURANCE} & given.keys():
        attributes.append(Attribute(names.LOA, (str(said.get("loa", "Substantial")),)))
    for name, values in given.items():
        listed = [values] if isinstance(values, str) else values
        if not isinstance(listed, list) or not all(isinstance(v, str) for v in listed):
            raise Refused("claims.form", f"{name} is neither a text nor a list of texts")
        wire = OIO3_OF.get(name, name)
        if wire not in SHORT_OF:
            raise Refused("claims.form", f"{name} is no attribute that we know")
        attributes.append(Attribute(wire, tuple(listed)))
    return normalise(attributes, None, [])


def print_trace(released: Released, *, values: bool) -> None:
    """What each step and rule did, and what would leave."""
    for line in released.trace:
        click.echo(f"  {safe(line)}")
    click.secho("\nWould be told", bold=True)
    for attribute in released.attributes:
        told = ", ".join(attribute.values) if values else f"{len(attribute.values)} values"
        click.echo(f"  {safe(attribute.name)}: {safe(told)}")


def _told(settings: Settings, federation: str, service: str) -> tuple[Speech, bool, bool]:
    """How the service is written to, by its own document where it has one."""
    registry = service_of(settings)
    homes = {home.path: home for home in registry.federations()}
    staff = federation in homes and homes[federation].identity_type == names.PROFESSIONAL
    for record in registry.entities(federation):
        if record.kind == "sp" and record.code == service:
            decided = read_service(record.document, service)
            return decided.speech, staff, decided.plaintext
    return read_speech(Table(service, {})), staff, False
