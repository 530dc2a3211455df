"""build(): every service made once, in order, by hand."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from broker.attributes.kept import Mappings
from broker.attributes.pipeline import check_mapping
from broker.audit.evidence.box import EvidenceKey
from broker.audit.evidence.keeping import Evidence, WaitingRequests
from broker.audit.log import SecurityLog
from broker.audit.store import AuditStore
from broker.audit.tallies.counting import Tallies
from broker.clock import Clock, system_clock
from broker.db import Engine, make_engine
from broker.discovery.cards import Shelf
from broker.discovery.desk import Desk
from broker.health.counts import FlowCounts
from broker.health.snapshot import HealthBoard
from broker.identities.numbers.store import CprIndex
from broker.identities.store import IdentityStore
from broker.login.acting import Actors
from broker.login.arriving import Arriving
from broker.login.choosing import Choosing
from broker.login.closing import Closing
from broker.login.crowds import Crowds
from broker.login.departing import Departing
from broker.login.flow import LoginFlow
from broker.login.opening import Opening
from broker.login.ours import OurKeys
from broker.login.picking import Picking
from broker.login.record import Recorder
from broker.login.rehearsal import Rehearsals
from broker.login.seal import Sealer
from broker.login.state import HopRecord, Observer
from broker.login.store import LoginStore
from broker.login.troubles import troubles_of
from broker.logout.asking import Asking
from broker.logout.beginning import Beginning
from broker.logout.handling import Handling
from broker.logout.record import LogoutRecorder
from broker.logout.service import LogoutService
from broker.logout.soap import BackChannel
from broker.logout.store import LogoutStore
from broker.mail.letters import make_letters, operators_of
from broker.metadata.epochs import EpochFiles
from broker.metadata.keyring import PSEUDONYM, SEALING, load_secret
from broker.metadata.keyrings import Keyrings
from broker.metadata.publish import Publisher
from broker.metadata.published.tokens import Tokens
from broker.metadata.readiness.gathering import ready_since
from broker.metadata.readiness.seeing import Fetches
from broker.metadata.readiness.signals import Signals
from broker.metadata.registry import RegistryCache
from broker.metadata.rollover.loader import RolloverLoader
from broker.metadata.rollover.model import Slot
from broker.metadata.rollover.service import RolloverService
from broker.metadata.rollover.telling import Tell, tell_nobody
from broker.metadata.service import MetadataService
from broker.notices.making import make_notices
from broker.organisations.arrivals import Arrivals
from broker.portals.office import Office
from broker.roles.asking import Resolver
from broker.roles.catalogue.cache import CatalogueCache
from broker.roles.catalogue.loader import CatalogueLoader
from broker.roles.recording import Recording
from broker.saml.keys import Certificate
from broker.saml.libraries import check_libraries
from broker.saml.schema import warm_up
from broker.saml.vocabulary import OIO3_OF
from broker.sealing import SealingKeys
from broker.sessions.store import SessionStore
from broker.settings import Settings
from broker.statistics.choices import ChoiceLog
from broker.trials.service import Trials
from broker.web.reference import new_reference


@dataclass(frozen=True, slots=True)
class Services:
    """What the application is made of, for the one list of what is mounted."""

    settings: Settings
    engine: Engine
    registry: RegistryCache
    flow: LoginFlow
    logout: LogoutService
    publisher: Publisher
    health: HealthBoard
    tokens: Tokens
    fetches: Fetches
    desk: Desk
    portals: Office
    clock: Clock


def metadata_service(engine: Engine, origin: str, keys: Path | None = None) -> MetadataService:
    """What changes the registry and, with it in one transaction, the catalogue and plans.

    Without the folder of keys, no plan finds the key that it would lead to.
    """
    audit = AuditStore()
    catalogue = CatalogueLoader(audit, frozenset(OIO3_OF))
    plans = RolloverLoader(audit, EpochFiles(keys).certificate if keys else _no_key, ready_since)
    return MetadataService(engine, origin, audit, check_mapping, (catalogue, plans))


def rollover_service(engine: Engine, keys: Path, tell: Tell = tell_nobody) -> RolloverService:
    """What changes the plans for our own keys; `tell` writes to partners of what is urgent."""
    return RolloverService(engine, AuditStore(), EpochFiles(keys).certificate, ready_since, tell)


def build(
    settings: Settings,
    *,
    clock: Clock = system_clock,
    observe: Observer | None = None,
    timer: Callable[[], float] = time.perf_counter,
) -> Services:
    """Wire one node. Raises Unavailable when a key or a library is not fit to start with."""
    check_libraries()
    engine = make_engine(settings.database_url)
    registry = RegistryCache(engine, settings.origin, clock, ready_since)
    keyrings = Keyrings(settings.keys)
    known = registry.current()
    for federation in known.federations:
        keyrings.at(known.rollovers, federation.path, clock()).check()
    pseudonym = load_secret(settings.keys / PSEUDONYM)
    tallies = Tallies()
    recorder = Recorder(
        store=LoginStore(),
        identities=IdentityStore(pseudonym),
        numbers=CprIndex(pseudonym),
        audit=make_notices(settings, engine, clock).audit,
        log=SecurityLog(tallies),
        counts=FlowCounts(),
        choices=ChoiceLog(),
        signals=Signals(),
        engine=engine,
        evidence=Evidence(EvidenceKey.read(settings.evidence_key), WaitingRequests(engine)),
        tallies=tallies,
        crowds=Crowds(tallies),
    )
    sealing = SealingKeys.load(settings.keys / SEALING)
    health = HealthBoard(engine, recorder.keep)
    desk = Desk(sealing, Shelf(), troubles_of(health))
    sealer, sessions = Sealer(sealing), SessionStore(sealing, pseudonym)
    keys = OurKeys(keyrings, Rehearsals(sealing))
    opening = Opening(sealer, sessions, engine)
    asking = Resolver(CatalogueCache(engine))
    actors = Actors(Arrivals(recorder.identities, recorder.audit), asking, Recording())
    portals = Office(
        settings=settings,
        engine=engine,
        registry=registry,
        keyrings=keyrings,
        keys=settings.keys,
        sealing=sealing,
        pseudonym=pseudonym,
        identities=recorder.identities,
        audit=recorder.audit,
        catalogue=asking.catalogue,
        clock=clock,
        letters=make_letters(settings),
        operators=operators_of(settings),
    )
    trials = Trials(sealing, recorder.audit)
    closing = Closing(keys, sealer, recorder, sessions, Mappings(), actors, trials)
    flow = LoginFlow(
        registry=registry,
        keys=keys,
        sealer=sealer,
        engine=engine,
        recorder=recorder,
        opening=opening,
        arriving=Arriving(keys, opening, recorder.signals, recorder.crowds),
        closing=closing,
        choosing=Choosing(sealer, engine, opening, closing),
        picking=Picking(desk, sealer, recorder.choices),
        departing=Departing(keys, sealer, recorder),
        clock=clock,
        timer=timer,
        new_reference=new_reference,
        observe=observe or _unobserved,
    )
    warm_up()
    logout = _logout(flow, sessions, recorder)
    return Services(
        settings=settings,
        engine=engine,
        registry=registry,
        flow=flow,
        logout=logout,
        publisher=Publisher(keyrings),
        tokens=Tokens(pseudonym),
        fetches=Fetches(engine, recorder.signals),
        health=health,
        desk=desk,
        portals=portals,
        clock=clock,
    )


def _logout(flow: LoginFlow, sessions: SessionStore, recorder: Recorder) -> LogoutService:
    store, engine = LogoutStore(sessions), flow.engine
    records = LogoutRecorder(recorder.audit, recorder.log)
    handling = Handling(
        engine=engine,
        sessions=sessions,
        logins=recorder.store,
        store=store,
        beginning=Beginning(sessions, store, records),
        asking=Asking(engine, store, BackChannel()),
        recorder=records,
    )
    return LogoutService(
        registry=flow.registry,
        keyrings=flow.keys.keyrings,
        engine=engine,
        sessions=sessions,
        handling=handling,
        clock=flow.clock,
        new_reference=flow.new_reference,
    )


def _no_key(_slot: Slot, _epoch: str) -> Certificate | None:
    return None


def _unobserved(record: HopRecord) -> None:
    """Hops are seen by nobody unless somebody asks."""
