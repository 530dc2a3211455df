"""The look-ups a login needs, in an immutable snapshot that is read anew when anything changed.

A row that cannot be read is left out and logged: one broken partner does not take the
others down.
"""

import logging
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from broker.clock import Clock, system_clock
from broker.db import Engine, reading
from broker.errors import BrokerError, Unknown
from broker.metadata import store
from broker.metadata.activations import Offer, offers_of
from broker.metadata.admission import Door
from broker.metadata.decisions import read_federation, read_idp, read_service
from broker.metadata.mappings.model import MappingVersion
from broker.metadata.mappings.store import serving
from broker.metadata.model import ConnectedIdp, Federation, Service
from broker.metadata.revocations import store as revocations
from broker.metadata.rollover.model import Rollovers
from broker.metadata.rollover.store import rollovers
from broker.metadata.store import EntityRecord
from broker.metadata.trust import default_start_url
from broker.saml.entities import EntityFacts, ServiceProvider
from broker.saml.entity_descriptor import read_entity

_T = TypeVar("_T")

_LOG = logging.getLogger(__name__)
_NOT_THERE = "nothing registered under that name"


@dataclass(frozen=True, slots=True)
class _Members:
    """The services and identity providers of one federation, by each name they are asked by."""

    services: tuple[Service, ...] = ()
    idps: tuple[ConnectedIdp, ...] = ()
    service_by_entity: Mapping[str, Service] = field(default_factory=dict)
    service_by_code: Mapping[str, Service] = field(default_factory=dict)
    service_by_row: Mapping[int, Service] = field(default_factory=dict)
    idp_by_code: Mapping[str, ConnectedIdp] = field(default_factory=dict)
    idp_by_row: Mapping[int, ConnectedIdp] = field(default_factory=dict)


class Registry:
    """Who is in the federations, as of one revision."""

    def __init__(
        self,
        federations: Iterable[Federation],
        services: Iterable[Service],
        idps: Iterable[ConnectedIdp],
        mappings: Mapping[tuple[str, str], tuple[MappingVersion, ...]],
        rollovers: Rollovers | None = None,
    ) -> None:
        self.rollovers = rollovers or Rollovers()
        self.federations: tuple[Federation, ...] = tuple(federations)
        self._by_path = {federation.path: federation for federation in self.federations}
        self._members = {
            path: _members(
                [service for service in services if service.federation == path],
                [idp for idp in idps if idp.federation == path],
            )
            for path in self._by_path
        }
        self._mappings = mappings

    def federation(self, path: str) -> Federation:
        """The federation whose addresses begin with that path. Raises Unknown."""
        return _found(self._by_path.get(path), "request.federation")

    def services(self, path: str) -> tuple[Service, ...]:
        """Every service of a federation, in order of registration."""
        return self._of(path).services

    def idps(self, path: str) -> tuple[ConnectedIdp, ...]:
        """Every identity provider of a federation, in the order people see them."""
        return self._of(path).idps

    def service_by_entity(self, path: str, entity_id: str) -> Service:
        """The service of that entityID, compared letter by letter. Raises Unknown."""
        return _found(self._of(path).service_by_entity.get(entity_id), "request.unknown_issuer")

    def service_by_code(self, path: str, code: str) -> Service:
        """The service of that code. Raises Unknown("request.service")."""
        return _found(self._of(path).service_by_code.get(code), "request.service")

    def service_by_row(self, path: str, row: int) -> Service:
        """The service that a flow's cookie carries. Raises Unknown("request.service")."""
        return _found(self._of(path).service_by_row.get(row), "request.service")

    def idp_by_code(self, path: str, code: str) -> ConnectedIdp:
        """The identity provider of that code. Raises Unknown("request.idp")."""
        return _found(self._of(path).idp_by_code.get(code), "request.idp")

    def idp_by_row(self, path: str, row: int) -> ConnectedIdp:
        """The identity provider that a flow's cookie carries. Raises Unknown("request.idp")."""
        return _found(self._of(path).idp_by_row.get(row), "request.idp")

    def offers(self, service: Service, now: datetime) -> tuple[Offer, ...]:
        """Every identity provider relevant to the service, with its state at this instant."""
        return offers_of(service, self.idps(service.federation), now)

    def offer(self, service: Service, idp: str, now: datetime) -> Offer | None:
        """The one of that code, or None where it is not relevant to the service."""
        return next((o for o in self.offers(service, now) if o.idp.code == idp), None)

    def active_idps(self, service: Service, now: datetime) -> tuple[ConnectedIdp, ...]:
        """The identity providers that everybody may use for the service at this instant."""
        return tuple(o.idp for o in self.offers(service, now) if o.state == "active")

    def mapping(self, service: Service, at: datetime) -> MappingVersion | None:
        """The version of a service's mapping that counts at an instant, or None without one."""
        return next((v for v in self._versions(service) if v.counts_at(at)), None)

    def shadow_mapping(self, service: Service) -> MappingVersion | None:
        """The version that is tried beside it, if any."""
        return next((v for v in self._versions(service) if v.state == "shadow"), None)

    def _versions(self, service: Service) -> tuple[MappingVersion, ...]:
        return self._mappings.get((service.federation, service.code), ())

    def _of(self, path: str) -> _Members:
        return self._members.get(path, _Members())


class RegistryCache:
    """The snapshot of one process; a cheap read of the revision tells when to make another."""

    def __init__(self, engine: Engine, origin: str, clock: Clock = system_clock) -> None:
        self._engine = engine
        self._origin = origin
        self._clock = clock
        self._lock = threading.Lock()
        self._known: tuple[int, Registry, Door] | None = None
        self._facts: dict[str, EntityFacts] = {}

    def current(self) -> Registry:
        """The registry as it stands now."""
        with reading(self._engine) as connection:
            revision = store.revision(connection)
            known = self._known
            if known is not None and known[0] == revision and known[2].counts_at(self._clock()):
                return known[1]
            federations = store.federation_documents(connection)
            records = store.entities(connection)
            mappings, plans = serving(connection), rollovers(connection)
            answers = revocations.answers(connection)
        with self._lock:
            known, now = self._known, self._clock()
            if known is not None and known[0] >= revision and known[2].counts_at(now):
                return known[1]
            door = known[2].at(now, answers) if known is not None else Door(answers, now)
            registry = self._build(federations, records, mappings, plans, door)
            self._known = (revision, registry, door)
            return registry

    def _build(
        self,
        federations: list[tuple[str, Mapping[str, object]]],
        records: list[EntityRecord],
        mappings: dict[tuple[str, str], tuple[MappingVersion, ...]],
        plans: Rollovers,
        door: Door,
    ) -> Registry:
        facts: dict[str, EntityFacts] = {}
        made_federations: list[Federation] = []
        services: list[Service] = []
        idps: list[ConnectedIdp] = []
        for path, document in federations:
            try:
                made_federations.append(read_federation(document, self._origin))
                door.policies[path] = made_federations[-1].certificates
            except (BrokerError, ValueError, TypeError, KeyError) as error:
                _left_out("federation", path, error)
        for record in records:
            if record.xml is None or record.sha256 is None:
                continue
            try:
                read = self._facts.get(record.sha256) or read_entity(record.xml)
                facts[record.sha256] = read
                usable = door.admit(record.federation, record.code, read)
                if record.kind == "sp":
                    services.append(_service(record, usable, read))
                else:
                    idps.append(_connected_idp(record, usable))
            except (BrokerError, ValueError, TypeError, KeyError) as error:
                _left_out(record.kind, f"{record.federation}/{record.code}", error)
        self._facts = facts
        return Registry(made_federations, services, _in_order(records, idps), mappings, plans)


def _members(services: list[Service], idps: list[ConnectedIdp]) -> _Members:
    return _Members(
        services=tuple(services),
        idps=tuple(idps),
        service_by_entity={service.sp.entity_id: service for service in services},
        service_by_code={service.code: service for service in services},
        service_by_row={service.row: service for service in services},
        idp_by_code={idp.code: idp for idp in idps},
        idp_by_row={idp.row: idp for idp in idps},
    )


def _in_order(records: list[EntityRecord], idps: list[ConnectedIdp]) -> list[ConnectedIdp]:
    """By the order that each document asks for, then in order of registration."""
    order = {record.row: record.document.get("order", 100) for record in records}
    return sorted(idps, key=lambda idp: int(str(order[idp.row])))


def _service(record: EntityRecord, facts: EntityFacts, given: EntityFacts) -> Service:
    settings = read_service(record.document, record.code)
    if facts.sp is None:
        raise Unknown("metadata.no_role", "no SPSSODescriptor")
    return Service(
        row=record.row,
        code=settings.code,
        federation=record.federation,
        name=settings.name,
        owner=settings.owner,
        group=settings.group,
        start_url=settings.start_url or default_start_url(facts.sp),
        minimum=settings.minimum,
        activations=settings.activations,
        require_signed_requests=settings.require_signed_requests,
        # A key that may not be used does not open what it closed. R20.
        plaintext=settings.plaintext and _same_encryption(facts.sp, given.sp),
        require_role=settings.require_role,
        unsolicited=settings.unsolicited,
        session_max=settings.session_max,
        speech=settings.speech,
        sp=facts.sp,
        page=settings.page,
    )


def _same_encryption(sp: ServiceProvider, given: ServiceProvider | None) -> bool:
    return given is None or bool(sp.encryption) or not given.encryption


def _connected_idp(record: EntityRecord, facts: EntityFacts) -> ConnectedIdp:
    settings = read_idp(record.document, record.code)
    if facts.idp is None:
        raise Unknown("metadata.no_role", "no IDPSSODescriptor")
    return ConnectedIdp(
        row=record.row,
        code=settings.code,
        federation=record.federation,
        name=settings.name,
        maximum=settings.maximum,
        cvrs=settings.cvrs,
        identity_types=settings.identity_types,
        encrypted=settings.encrypted,
        nist=settings.nist,
        allow_cbc=settings.allow_cbc,
        bearer_not_before=settings.bearer_not_before,
        skew=settings.skew,
        conditions_lifetime=settings.conditions_lifetime,
        speech=settings.speech,
        idp=facts.idp,
        attributes=settings.attributes,
        page=settings.page,
    )


def _found(thing: _T | None, code: str) -> _T:
    if thing is None:
        raise Unknown(code, _NOT_THERE)
    return thing


def _left_out(kind: str, name: str, error: Exception) -> None:
    _LOG.error("%s %s is left out of the registry: %s", kind, name, error)
