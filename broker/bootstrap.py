"""build(): every service made once, in order, by hand."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from broker.audit.log import SecurityLog
from broker.audit.store import AuditStore
from broker.clock import Clock, system_clock
from broker.db import Engine, make_engine
from broker.identities.store import IdentityStore
from broker.login.counts import FlowCounts
from broker.login.flow import LoginFlow
from broker.login.record import Recorder
from broker.login.seal import Sealer
from broker.login.state import HopRecord, Observer
from broker.login.store import LoginStore
from broker.metadata.keyring import PSEUDONYM, SEALING, load_keys, load_secret
from broker.metadata.publish import Publisher
from broker.metadata.registry import RegistryCache
from broker.saml.libraries import check_libraries
from broker.saml.schema import warm_up
from broker.settings import Settings
from broker.web.reference import new_reference


@dataclass(frozen=True, slots=True)
class Services:
    """What the application is made of, for the one list of what is mounted."""

    settings: Settings
    engine: Engine
    registry: RegistryCache
    flow: LoginFlow
    publisher: Publisher
    clock: Clock


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
    registry = RegistryCache(engine, settings.origin)
    keys = {
        federation.path: load_keys(settings.keys, federation)
        for federation in registry.current().federations
    }
    pseudonym = load_secret(settings.keys / PSEUDONYM)
    recorder = Recorder(
        store=LoginStore(),
        identities=IdentityStore(pseudonym),
        audit=AuditStore(),
        log=SecurityLog(),
        counts=FlowCounts(),
        engine=engine,
    )
    flow = LoginFlow(
        registry=registry,
        keys=keys,
        sealer=Sealer.load(settings.keys / SEALING),
        engine=engine,
        recorder=recorder,
        clock=clock,
        timer=timer,
        new_reference=new_reference,
        observe=observe or _unobserved,
    )
    warm_up()
    return Services(settings, engine, registry, flow, Publisher(keys), clock)


def _unobserved(record: HopRecord) -> None:
    """Hops are seen by nobody unless somebody asks."""
