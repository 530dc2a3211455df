"""The look-ups a login needs, in an immutable snapshot that is read anew when anything changed.

A row that cannot be read is left out and logged: one broken partner does not take the
others down. Where there are many members, each is read when it is first asked for.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from broker.clock import Clock, system_clock
from broker.db import Engine, reading
from broker.errors import BrokerError, Unknown
from broker.metadata import store
from broker.metadata.activations import Offer, offers_of
from broker.metadata.admission import Door
from broker.metadata.counting import Counting, counting
from broker.metadata.dated import store as dated
from broker.metadata.decisions import read_federation, read_idp, read_service
from broker.metadata.mappings.model import MappingVersion
from broker.metadata.mappings.store import serving
from broker.metadata.model import ConnectedIdp, Federation, Service
from broker.metadata.revocations import store as revocations
from broker.metadata.rollover.desk import ReadySource, held, nobody_ready
from broker.metadata.rollover.model import Rollovers
from broker.metadata.shelf import Documents, Maker, Shelf, left_out
from broker.metadata.store import EntityRecord
from broker.metadata.trust import default_start_url
from broker.saml.entities import EntityFacts, ServiceProvider

_T = TypeVar("_T")

_NOT_THERE = "nothing registered under that name"


class Registry:
    """Who is in the federations, as of one revision."""

    def __init__(
        self,
        federations: Iterable[Federation],
        services: Mapping[str, Shelf[Service]],
        idps: Mapping[str, Shelf[ConnectedIdp]],
        mappings: Mapping[tuple[str, str], tuple[MappingVersion, ...]],
        rollovers: Rollovers | None = None,
    ) -> None:
        self.rollovers = rollovers or Rollovers()
        self.federations: tuple[Federation, ...] = tuple(federations)
        self._by_path = {federation.path: federation for federation in self.federations}
        self._services = services
        self._idps = idps
        self._mappings = mappings
        self._no_services: Shelf[Service] = Shelf()
        self._no_idps: Shelf[ConnectedIdp] = Shelf()

    def federation(self, path: str) -> Federation:
        """The federation whose addresses begin with that path. Raises Unknown."""
        return _found(self._by_path.get(path), "request.federation")

    def services(self, path: str) -> tuple[Service, ...]:
        """Every service of a federation, in order of registration; reads them all."""
        return self._services_of(path).all()

    def idps(self, path: str) -> tuple[ConnectedIdp, ...]:
        """Every identity provider of a federation, in the order people see them; reads them all."""
        return self._idps_of(path).all()

    def counts(self, path: str) -> tuple[int, int]:
        """How many services and identity providers are registered; reads none of them."""
        return len(self._services_of(path)), len(self._idps_of(path))

    def service_by_entity(self, path: str, entity_id: str) -> Service:
        """The service of that entityID, compared letter by letter. Raises Unknown."""
        return _found(self._services_of(path).by_entity(entity_id), "request.unknown_issuer")

    def service_by_code(self, path: str, code: str) -> Service:
        """The service of that code. Raises Unknown("request.service")."""
        return _found(self._services_of(path).by_code(code), "request.service")

    def service_by_row(self, path: str, row: int) -> Service:
        """The service that a flow's cookie carries. Raises Unknown("request.service")."""
        return _found(self._services_of(path).by_row(row), "request.service")

    def idps_by_entity(self, path: str, entity_ids: Iterable[str]) -> tuple[ConnectedIdp, ...]:
        """Those of the entityIDs, letter by letter, that are registered, as people see them."""
        return self._idps_of(path).of_entities(entity_ids)

    def idp_by_code(self, path: str, code: str) -> ConnectedIdp:
        """The identity provider of that code. Raises Unknown("request.idp")."""
        return _found(self._idps_of(path).by_code(code), "request.idp")

    def idp_by_row(self, path: str, row: int) -> ConnectedIdp:
        """The identity provider that a flow's cookie carries. Raises Unknown("request.idp")."""
        return _found(self._idps_of(path).by_row(row), "request.idp")

    def offers(self, service: Service, now: datetime) -> tuple[Offer, ...]:
        """Every identity provider relevant to the service, with its state at this instant."""
        relevant = {activation.idp for activation in service.activations}
        return offers_of(service, self._idps_of(service.federation).of_codes(relevant), now)

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

    def _services_of(self, path: str) -> Shelf[Service]:
        return self._services.get(path, self._no_services)

    def _idps_of(self, path: str) -> Shelf[ConnectedIdp]:
        return self._idps.get(path, self._no_idps)


class RegistryCache:
    """The snapshot of one process; a cheap read of the revision tells when to make another.

    It also ends at the next instant at which a document begins or ceases to count: what was
    dated comes into force by the clock of a request, and no job has to run for it.
    """

    def __init__(
        self,
        engine: Engine,
        origin: str,
        clock: Clock = system_clock,
        ready: ReadySource = nobody_ready,
    ) -> None:
        self._engine = engine
        self._ready = ready
        self._origin = origin
        self._clock = clock
        self._lock = threading.Lock()
        self._known: tuple[int, Counting, Door, Registry] | None = None
        self._documents = Documents(engine)

    @property
    def known(self) -> Registry | None:
        """The registry as it was when somebody asked last; nothing is read for it."""
        return self._known[3] if self._known is not None else None

    def current(self) -> Registry:
        """The registry as it stands now."""
        now, known = self._clock(), self._known
        counts = known is not None and _still(known, now)
        if known is not None and counts and known[0] == store.revision_now(self._engine):
            return known[3]
        with reading(self._engine) as connection:
            revision = store.revision(connection)
            federations = store.federation_documents(connection)
            records = store.members(connection)
            changes = dated.scheduled(connection)
            mappings, plans = serving(connection), held(connection, self._ready)
            answers = revocations.answers(connection)
        with self._lock:
            known, now = self._known, self._clock()
            if known is not None and known[0] >= revision and _still(known, now):
                return known[3]
            counted = counting(records, changes, now)
            door = known[2].at(now, answers) if known is not None else Door(answers, now)
            registry = self._build(federations, counted.records, mappings, plans, door)
            self._known = (revision, counted, door, registry)
            return registry

    def _build(
        self,
        federations: list[tuple[str, Mapping[str, object]]],
        records: Sequence[EntityRecord],
        mappings: dict[tuple[str, str], tuple[MappingVersion, ...]],
        plans: Rollovers,
        door: Door,
    ) -> Registry:
        made: list[Federation] = []
        for path, document in federations:
            try:
                made.append(read_federation(document, self._origin))
                door.policies[path] = made[-1].certificates
            except (BrokerError, ValueError, TypeError, KeyError) as error:
                left_out("federation", path, error)
        self._documents.keep_only(records)

        def service(record: EntityRecord, facts: EntityFacts) -> Service:
            admitted = door.admit(record.federation, record.code, facts)
            kept = door.admit_kept(record.federation, record.code, record.kept)
            return _service(replace(record, kept=kept), admitted, facts)

        def idp(record: EntityRecord, facts: EntityFacts) -> ConnectedIdp:
            admitted = door.admit(record.federation, record.code, facts)
            kept = door.admit_kept(record.federation, record.code, record.kept)
            return _connected_idp(replace(record, kept=kept), admitted)

        services: dict[str, Shelf[Service]] = {}
        idps: dict[str, Shelf[ConnectedIdp]] = {}
        for path in {record.federation for record in records}:
            own = [record for record in records if record.federation == path]
            of_sp = [record for record in own if record.kind == "sp"]
            of_idp = [record for record in own if record.kind == "idp"]
            services[path] = Shelf(of_sp, Maker(service, self._documents))
            idps[path] = Shelf(_in_order(of_idp), Maker(idp, self._documents))
        return Registry(made, services, idps, mappings, plans)


def _still(known: tuple[int, Counting, Door, Registry], now: datetime) -> bool:
    """Whether documents and keys count at this instant as they did when the snapshot was made."""
    return known[1].holds(now) and known[2].counts_at(now)


def _in_order(records: list[EntityRecord]) -> list[EntityRecord]:
    """By the order that each document asks for, then in order of registration."""
    return sorted(records, key=_place)


def _place(record: EntityRecord) -> int:
    order = record.document.get("order", 100)
    return order if isinstance(order, int) else 100


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
        reads=settings.reads,
        kept=record.kept,
        page=settings.page,
        sla=settings.sla,
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
        reads=settings.reads,
        kept=record.kept,
        page=settings.page,
    )


def _found(thing: _T | None, code: str) -> _T:
    if thing is None:
        raise Unknown(code, _NOT_THERE)
    return thing
