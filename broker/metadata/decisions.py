"""What an operator decided, as documents say it: federations, services, identity providers.

Metadata says how to reach a partner; these say what the partner is here, and what it may.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from broker.metadata.activation_document import read_activation
from broker.metadata.certificate_policy import read_certificate_policy
from broker.metadata.documents import Document, Table
from broker.metadata.fetching import Fetcher, read_fetcher
from broker.metadata.model import Activation, Contact, Federation, Localised, SessionLimits
from broker.metadata.showing import (
    SLA,
    IdpPage,
    ServicePage,
    read_duty,
    read_idp_page,
    read_look,
    read_network,
    read_service_page,
    read_statement,
)
from broker.metadata.speech import IdpSpeech, Reads, Speech, read_idp_speech, read_speech
from broker.saml import names
from broker.saml.assurance import Assurance
from broker.saml.entity_contacts import MAIL
from broker.saml.vocabulary import OIO3_OF

CVR = re.compile(r"\d{8}\Z", re.ASCII)

_RESERVED = ("static", "health", "metadata", "guide", "was")
_READS: dict[str, Reads] = {"several": "several", "one": "one", "first": "first"}
_TYPES = {"Person": names.PERSON, "Professional": names.PROFESSIONAL}


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """What an operator decided about a service, apart from its metadata."""

    code: str
    name: Localised
    owner: str
    contact: str | None  # mail address of the owner, for what concerns the service
    group: str
    sla: str  # society-critical for systems used in patient care, else standard
    start_url: str | None
    minimum: Assurance
    require_signed_requests: bool
    plaintext: bool
    require_role: bool
    unsolicited: bool
    session_max: timedelta | None
    speech: Speech
    activations: tuple[Activation, ...]
    reads: Reads
    fetcher: Fetcher
    page: ServicePage


@dataclass(frozen=True, slots=True)
class IdpSettings:
    """What an operator decided about an identity provider, apart from its metadata."""

    code: str
    name: Localised
    maximum: Assurance
    cvrs: frozenset[str] | None
    identity_types: frozenset[str]
    encrypted: bool
    nist: Assurance | None
    allow_cbc: bool
    bearer_not_before: bool
    skew: int
    conditions_lifetime: int
    speech: IdpSpeech
    order: int
    attributes: frozenset[str] | None
    reads: Reads
    fetcher: Fetcher
    page: IdpPage


def federation_documents(document: Document, where: str) -> Iterator[dict[str, object]]:
    """One document for each environment of a federation file: what they share, and their own."""
    shared = {key: value for key, value in document.items() if key != "environment"}
    if "environment" not in document or isinstance(document["environment"], str):
        yield dict(document)
        return
    own = document["environment"]
    for number, table in enumerate(own if isinstance(own, list) else [own], start=1):
        if not isinstance(table, dict):
            raise Table(where, {}).wrong("environment", f"{number} is no table")
        yield {**shared, **table}


def read_federation(document: Document, origin: str, where: str = "federation") -> Federation:
    """One federation in one environment, at this origin. Raises Refused("metadata.document")."""
    table = Table(where, document)
    table.take("kind")
    table.number("order", 100, 0, 10_000)  # of loading: the first is meant where none is named
    path = table.slug("path")
    if path in _RESERVED:
        raise table.wrong("path", f"is one of {', '.join(_RESERVED)}, which are other addresses")
    federation = Federation(
        path=path,
        code=table.slug("code"),
        environment=table.slug("environment"),
        name=table.localised("name"),
        origin=origin,
        idp_entity_id=table.text("idp_entity_id").replace("{origin}", origin),
        sp_entity_id=table.text("sp_entity_id").replace("{origin}", origin),
        identity_type=_identity_type(table),
        ribbon=table.localised("ribbon") if table.has("ribbon") else None,
        contact=_contact(table.table("contact")),
        session=_session(table.table("session")),
        certificates=read_certificate_policy(table.table("certificates")),
        look=read_look(table.table("look")),
        statement=(
            read_statement(table.table("accessibility")) if table.has("accessibility") else None
        ),
        networks=tuple(read_network(inner) for inner in table.tables("network")),
        duty=tuple(read_duty(inner) for inner in table.tables("duty")),
        tried_in=table.slug("tried_in") if table.has("tried_in") else None,
        test_login=table.flag("test_login", default=False),
    )
    table.done()
    # Made-up people belong where every page says that it is for tests, and nowhere else.
    if federation.test_login and (federation.ribbon is None or federation.tried_in is not None):
        raise table.wrong("test_login", "belongs to a federation with a ribbon, tried in no other")
    return federation


def read_service(document: Document, where: str = "service") -> ServiceSettings:
    """What is decided about a service. Raises Refused("metadata.document")."""
    table = Table(where, document)
    for tie in ("kind", "federations", "entity_id"):
        table.take(tie)
    code = table.slug("code")
    sla = table.text("sla", "standard")
    if sla not in SLA:
        raise table.wrong("sla", f"is none of {', '.join(SLA)}")
    settings = ServiceSettings(
        code=code,
        name=table.localised("name"),
        owner=table.text("owner"),
        contact=_mail(table, "contact"),
        group=table.slug("group", code),
        sla=sla,
        start_url=table.optional("start_url"),
        minimum=table.level("minimum", "Substantial") or Assurance.SUBSTANTIAL,
        require_signed_requests=table.flag("require_signed_requests", default=False),
        plaintext=table.flag("plaintext", default=False),
        require_role=table.flag("require_role", default=False),
        unsolicited=table.flag("unsolicited", default=False),
        session_max=_minutes(table, "session_max_minutes"),
        speech=read_speech(table),
        activations=tuple(read_activation(inner) for inner in table.tables("idp")),
        reads=table.choice("reads", _READS, "several"),
        fetcher=read_fetcher(table.table("fetches")),
        page=read_service_page(table.table("page")),
    )
    table.done()
    return settings


def read_idp(document: Document, where: str = "idp") -> IdpSettings:
    """What is decided about an identity provider. Raises Refused("metadata.document")."""
    table = Table(where, document)
    for tie in ("kind", "federations", "entity_id"):
        table.take(tie)
    speech = read_idp_speech(table)
    settings = IdpSettings(
        code=table.slug("code"),
        name=table.localised("name"),
        maximum=table.level("maximum", "Substantial") or Assurance.SUBSTANTIAL,
        cvrs=_cvrs(table),
        identity_types=_identity_types(table),
        encrypted=table.flag("encrypted", default=True),
        nist=table.level("nist", None),
        allow_cbc=table.flag("allow_cbc", default=False),
        bearer_not_before=table.flag("bearer_not_before", default=speech.profile.bearer_not_before),
        skew=table.number("skew", 180, 0, 300),
        conditions_lifetime=table.number("conditions_lifetime", 3600, 60, 86400),
        speech=speech,
        order=table.number("order", 100, 0, 10_000),
        attributes=_attributes(table),
        reads=table.choice("reads", _READS, "several"),
        fetcher=read_fetcher(table.table("fetches")),
        page=read_idp_page(table.table("page")),
    )
    table.done()
    return settings


def _contact(table: Table) -> Contact:
    contact = Contact(
        table.text("name"), table.text("mail"), table.text("phone"), table.localised("hours")
    )
    table.done()
    return contact


def _session(table: Table) -> SessionLimits:
    """Sixty minutes without use and a working day at all, unless the federation says so."""
    limits = SessionLimits(
        idle=timedelta(minutes=table.number("idle_minutes", 60, 1, 720)),
        absolute=timedelta(minutes=table.number("absolute_minutes", 480, 1, 1440)),
    )
    table.done()
    return limits


def _minutes(table: Table, key: str) -> timedelta | None:
    return timedelta(minutes=table.number(key, 0, 1, 1440)) if table.has(key) else None


def _mail(table: Table, key: str) -> str | None:
    mail = table.optional(key)
    if mail is not None and not MAIL.match(mail):
        raise table.wrong(key, "is no mail address")
    return mail


def _cvrs(table: Table) -> frozenset[str] | None:
    """The organisations an IdP may speak for: "any" is None, nothing given is none."""
    if not table.has("cvrs"):
        return frozenset()
    value = table.take("cvrs")
    if value == "any":
        return None
    if not isinstance(value, list | tuple) or not all(CVR.match(str(item)) for item in value):
        raise table.wrong("cvrs", 'is neither "any" nor a list of CVR numbers of eight digits')
    return frozenset(str(item) for item in value)


def _attributes(table: Table) -> frozenset[str] | None:
    """What an IdP may speak of, by our short names; None where it is not limited."""
    if not table.has("attributes"):
        return None
    words = table.texts("attributes")
    if unknown := [word for word in words if word not in OIO3_OF]:
        raise table.wrong("attributes", f"names {unknown[0]!r}, which is no attribute we know")
    return frozenset(words)


def _identity_type(table: Table) -> str | None:
    word = table.optional("identity_type")
    if word is not None and word not in _TYPES:
        raise table.wrong("identity_type", f"is none of {', '.join(_TYPES)}")
    return None if word is None else _TYPES[word]


def _identity_types(table: Table) -> frozenset[str]:
    words = table.texts("identity_types") or tuple(_TYPES)
    if not set(words) <= set(_TYPES):
        raise table.wrong("identity_types", f"holds something else than {', '.join(_TYPES)}")
    return frozenset(_TYPES[word] for word in words)
