"""Tells vendors what ends: their access, and the interfaces that they use.

What to tell is read from the dates and the instant, so a run that was late tells the latest thing
alone, and the same thing never twice; an end that is moved is told of anew.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from broker.db import Connection, Engine, reading, writing
from broker.mail.milestones import FRESH, latest_due
from broker.roles.catalogue.snapshot import Catalogue
from broker.vendors import store
from broker.vendors.interfaces import Offer, closing_schedule, ending_schedule, offer_of
from broker.vendors.letters import VendorLetters
from broker.vendors.model import Access


@dataclass(frozen=True, slots=True)
class VendorReminding:
    """One run of the job."""

    engine: Engine
    catalogue: Callable[[Connection], Catalogue]
    letters: VendorLetters

    def remind(self, now: datetime, goes_on: Callable[[], bool]) -> int:
        """Queue what is due; how many mails were new."""
        with reading(self.engine) as connection:
            catalogue = self.catalogue(connection)
            found = store.lasting(connection, now - FRESH)
        new = 0
        for access in found:
            if not goes_on():
                break
            offer = offer_of(catalogue, access.federation, access.service, access.interface, now)
            if offer is not None:
                new += self._tell(access, offer, now)
        return new

    def _tell(self, access: Access, offer: Offer, now: datetime) -> int:
        closes = offer.interface.closes
        sooner = closes is not None and closes <= access.until
        ends = () if sooner else latest_due(ending_schedule(access.until), now)
        closing = latest_due(closing_schedule(closes), now) if closes is not None else ()
        if closes is not None and access.until <= now:
            closing = ()  # their own end came first
        if not ends and not closing:
            return 0
        with writing(self.engine) as connection:
            new = sum(self.letters.ending(connection, access, offer, m.name, now) for m in ends)
            return new + sum(
                self.letters.closing(connection, access, offer, m.name, now) for m in closing
            )
