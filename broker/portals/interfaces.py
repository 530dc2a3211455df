"""The interfaces of services and when they end: for anybody, since vendors plan by it."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from flask import Response

from broker.metadata.model import Federation
from broker.portals.office import Office
from broker.vendors.interfaces import Offer, offers
from broker.web.render import page


@dataclass(frozen=True, slots=True)
class Shown:
    """One interface as the page shows it."""

    offer: Offer
    state: str  # "open", "later", "ending" or "closed"
    askable: bool


def interfaces_page(office: Office, federation: Federation) -> Response:
    """Services with an interface for other systems, or one that ends; those in use first."""
    at = office.clock()
    every = offers(office.catalogue.current(), federation.path, at)
    services = []
    for _code, group in groupby(every, key=lambda one: one.service):
        found = list(group)
        if any(one.interface.system or one.interface.closes for one in found):
            rows = [Shown(one, _state(one, at), one.askable(at)) for one in found]
            services.append((found[0].name, found[0].version.owner, rows))
    context = {"federation": federation, "services": services}
    return page("portals/interfaces.html", context=context)


def _state(one: Offer, at: datetime) -> str:
    opens, closes = one.interface.opens, one.interface.closes
    if closes is not None and at >= closes:
        return "closed"
    if opens is not None and at < opens:
        return "later"
    return "ending" if closes is not None else "open"
