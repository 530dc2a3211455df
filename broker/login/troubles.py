"""Which identity providers of a service answer badly just now, and what may be used instead."""

from datetime import datetime

from broker.discovery.desk import FindTroubles, Troubles
from broker.health.alternatives import alternatives
from broker.health.snapshot import HealthBoard
from broker.metadata.model import Service
from broker.metadata.registry import Registry


def troubles_of(board: HealthBoard) -> FindTroubles:
    """What the page marks, by the last snapshot of this process."""

    def find(registry: Registry, service: Service, now: datetime) -> Troubles:
        known = board.current(now)
        offers = registry.offers(service, now)
        return {
            offer.idp.row: tuple(o.idp for o in alternatives(offers, offer, known, service.code))
            for offer in offers
            if offer.state == "active"
            and known.of(service.federation, service.code, offer.idp.code).failing
        }

    return find
