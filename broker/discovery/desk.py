"""What is done for somebody who comes to choose: their memory read, the list made, the choice kept.

Used by hop 2 of a login and by the discovery protocol alike; nothing here knows of HTTP.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from broker.discovery import memory
from broker.discovery.cards import Shelf
from broker.discovery.listing import Listing, list_offers
from broker.discovery.memory import Kept, Memory
from broker.discovery.networks import network_of
from broker.discovery.search import read_query
from broker.metadata.model import ConnectedIdp, Federation, Service
from broker.metadata.registry import Registry
from broker.metadata.showing import Network
from broker.sealing import SealingKeys

# Identity providers of a service that answer badly just now, with what may be used instead.
Troubles = Mapping[int, tuple[ConnectedIdp, ...]]
FindTroubles = Callable[[Registry, Service, datetime], Troubles]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at the page of one service: what their browser remembers, and where it is."""

    service: Service
    memory: Memory
    network: Network | None
    now: datetime

    @property
    def may_remember(self) -> bool:
        """Whether choices are kept here: not where the service or the network says so."""
        return self.service.page.remember and (self.network is None or self.network.remember)

    @property
    def last(self) -> Kept | None:
        """What was used last for the service."""
        if not self.may_remember:
            return None
        return memory.of_service(self.memory, self.service.row, self.now)

    @property
    def once(self) -> Kept | None:
        """What a start link of ours asked for a moment ago."""
        return memory.asked_once(self.memory, self.service.row, self.now)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the page was asked to show, by its address."""

    language: str = "da"
    query: str = ""
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that the pages around a choice share."""

    keys: SealingKeys
    shelf: Shelf
    troubles: FindTroubles

    def read(self, cookie: str | None, now: datetime) -> Memory:
        """What a cookie says."""
        return memory.read(self.keys, cookie, now)

    def write(self, kept: Memory) -> tuple[str, str | None]:
        """Name and value of the cookie; nothing left deletes it."""
        return memory.COOKIE, memory.seal(self.keys, kept) if kept else None

    def visitor(
        self,
        federation: Federation,
        service: Service,
        cookie: str | None,
        address: str,
        now: datetime,
    ) -> Visitor:
        """Who comes to the page of a service."""
        return Visitor(service, self.read(cookie, now), network_of(federation, address), now)

    def listing(
        self,
        registry: Registry,
        visitor: Visitor,
        usable: Collection[int],
        wanted: Wanted,
        *,
        narrowed: Collection[int] = (),
        failed: Collection[int] = (),
        testers: bool = False,
    ) -> Listing:
        """The page for a visitor: `usable` can be chosen; `failed` did not work a moment ago.

        `testers` is whether test users may go on from there to what is not open yet.
        """
        service, network, last = visitor.service, visitor.network, visitor.last
        offers = registry.offers(service, visitor.now)
        return list_offers(
            self.shelf.of(registry, service.federation),
            [offer for offer in offers if not narrowed or offer.idp.row in narrowed],
            wanted.language,
            usable=usable,
            last=last.idp if last and last.idp not in failed else None,
            suggested=network.suggest if network else None,
            query=read_query(wanted.query),
            everything=wanted.everything,
            testers=testers,
            failing=self.troubles(registry, service, visitor.now),
        )

    def chosen(
        self, visitor: Visitor, idp: ConnectedIdp, *, remember: bool
    ) -> tuple[tuple[str, str | None], ...]:
        """The cookie after a choice; none where nothing may be kept."""
        if not visitor.may_remember:
            return ()
        kept = Kept(visitor.service.row, idp.row, visitor.now, remembered=remember)
        return (self.write(memory.with_choice(visitor.memory, kept)),)

    def failed(
        self, visitor: Visitor, refused: Mapping[int, datetime]
    ) -> tuple[tuple[str, str | None], ...]:
        """The cookie without a choice that was refused since; none where nothing is to forget."""
        last = visitor.last
        if last is None or last.idp not in refused or refused[last.idp] < last.at:
            return ()
        kept = tuple(k for k in visitor.memory if k is not last)
        return (self.write(kept),)

    def asked(self, visitor: Visitor, idp: int) -> tuple[tuple[str, str | None], ...]:
        """The cookie after a start link: a login for the service's next request."""
        kept = Kept(visitor.service.row, idp, visitor.now, once=True)
        return (self.write(memory.with_choice(visitor.memory, kept)),)

    def followed(self, visitor: Visitor) -> tuple[tuple[str, str | None], ...]:
        """The cookie after a start link has been followed."""
        if visitor.once is None:
            return ()
        return (self.write(memory.not_once(visitor.memory, visitor.service.row)),)
