"""What vendors are told of their access and of the interfaces that they use."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from broker.db import Connection
from broker.mail.letters import Letters
from broker.mail.model import Event, Recipient
from broker.mail.vendors import InterfaceFacts, VendorFacts
from broker.metadata.model import Federation
from broker.saml.entities import Localised
from broker.vendors.interfaces import ENDED, Offer
from broker.vendors.model import Access, Happened

_HAPPENED: dict[Happened, Localised] = {
    "granted": Localised("Adgangen er givet.", "The access has been given."),
    "extended": Localised("Adgangen er forlænget.", "The access has been extended."),
    "certificate": Localised(
        "Systemets certifikat er skiftet.", "The system’s certificate has been replaced."
    ),
    "revoked": Localised("Adgangen er taget tilbage.", "The access has been taken back."),
    "given_back": Localised("I har givet adgangen tilbage.", "You have given the access back."),
}
_SOON = Localised(
    "Adgangen udløber snart. Søg om et år mere, hvis I stadig bruger den.",
    "The access ends soon. Ask for another year if you still use it.",
)
_OVER = Localised("Adgangen er udløbet.", "The access has ended.")
_NOTHING = Localised("", "")


@dataclass(frozen=True, slots=True)
class VendorLetters:
    """Writes them into the outbox, in the transaction of what they tell."""

    letters: Letters
    federation: Callable[[str], Federation]

    def happened(
        self, connection: Connection, access: Access, offer: Offer, what: Happened, words: str,
        at: datetime,
    ) -> int:  # fmt: skip
        """News of an access, to everybody at the vendor who is named in it."""
        occasion = f"{what} {at:%Y-%m-%dT%H:%M:%S.%f}"
        until = access.ended_at or access.last(offer.interface)
        facts = self._facts(access, offer, _HAPPENED[what], words, until)
        return self._put(connection, Event("vendor-access", str(access.id), occasion, facts),
                         access, at)  # fmt: skip

    def ending(
        self, connection: Connection, access: Access, offer: Offer, milestone: str, at: datetime
    ) -> int:
        """That an access ends by itself; a later day is told of anew."""
        what = _OVER if milestone == ENDED else _SOON
        occasion = f"{milestone} of {access.until:%Y-%m-%dT%H:%M:%SZ}"
        facts = self._facts(access, offer, what, "", access.until)
        return self._put(connection, Event("vendor-access", str(access.id), occasion, facts),
                         access, at)  # fmt: skip

    def closing(
        self, connection: Connection, access: Access, offer: Offer, milestone: str, at: datetime
    ) -> int:
        """That the interface ends; a moved end is told of anew."""
        interface, closes = offer.interface, offer.interface.closes
        if closes is None:
            return 0
        home, successor = self.federation(access.federation), offer.successor
        portal = f"{home.base}/portal"
        url = f"{portal}/interfaces"
        if successor is not None:
            url = f"{portal}/vendor/new?interface={offer.service}/{successor.code}"
        facts = InterfaceFacts(
            federation=home.name,
            service=offer.name,
            interface=interface.name,
            product=access.product,
            closes=closes,
            ended=milestone == ENDED,
            successor=successor.name if successor else _NOTHING,
            note=interface.note or _NOTHING,
            url=url,
        )
        occasion = f"{milestone} of {closes:%Y-%m-%dT%H:%M:%S%z}"
        return self._put(connection, Event("interface-ending", str(access.id), occasion, facts),
                         access, at)  # fmt: skip

    def _facts(
        self, access: Access, offer: Offer, what: Localised, words: str, until: datetime
    ) -> VendorFacts:
        home = self.federation(access.federation)
        return VendorFacts(
            federation=home.name,
            service=offer.name,
            interface=offer.interface.name,
            product=access.product,
            what=what,
            words=words,
            until=until,
            url=f"{home.base}/portal/vendor/access/{access.id}",
        )

    def _put(self, connection: Connection, event: Event, access: Access, at: datetime) -> int:
        return self.letters.put(connection, event, recipients(access), at)


def recipients(access: Access) -> Iterable[Recipient]:
    """Everybody at the vendor who is named in an access, in its language."""
    return tuple(Recipient(one.email, "asked", access.language) for one in access.reached)
