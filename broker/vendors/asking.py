"""What a vendor asks for: checked against the catalogue, and the case that decides it."""

import base64
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from broker.cases.documents import Building
from broker.cases.hooks import Opening
from broker.cases.model import Party, Planned
from broker.cases.wanting import OPERATOR, owner_step
from broker.db import Connection
from broker.errors import NotAllowed, Refused, Unknown
from broker.organisations import store as people
from broker.roles.catalogue.snapshot import Catalogue
from broker.saml.assurance import Assurance
from broker.vendors import certificates, store
from broker.vendors.interfaces import Offer, offer_of
from broker.vendors.model import LASTING, RENEWABLE, Access

DAY, MOST_A_DAY = timedelta(days=1), 10
FARTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks in which federation, and when."""

    connection: Connection
    catalogue: Catalogue
    federation: str
    party: Party
    at: datetime

    def opening(self, wanted: Building) -> Opening:
        """The case: the service's owners decide it, or the operator where nobody owns it.

        Raises NotAllowed("vendor.company" | "permission.assurance"), Refused("vendor.fictive" |
        "vendor.closed" | "vendor.asked" | "vendor.many" | "vendor.day" | "vendor.renewal" |
        "input.*"), Unknown("vendor.unknown"), and what `certificates.judge` does.
        """
        asked = wanted.checked()
        company(self.party)
        if self.party.cvr != asked.cvr:
            raise NotAllowed("vendor.company", "one asks for the company of one's login")
        offer = self.offer(asked)
        self._day(asked)
        if asked.renews:
            asked = self._renewed(asked)
        if asked.certificate:
            der = base64.b64decode(asked.certificate)
            certificates.judge(der, certificates.Asked(asked.cvr, self.at))
        self._once(asked)
        return Opening(
            kind="vendor",
            federation=self.federation,
            title=f"{asked.product}: {offer.interface.name.da}"[:200],
            document=asked,
            steps=(self._step(asked.service),),
            cvr=asked.cvr,
            service=asked.service,
        )

    def offer(self, asked: Building) -> Offer:
        """The interface, where its test environment may be asked for. Raises Refused."""
        found = offer_of(self.catalogue, self.federation, asked.service, asked.interface, self.at)
        if found is None or not found.askable(self.at):
            raise Refused("vendor.closed", f"{asked.service}/{asked.interface} is not offered")
        return found

    def _step(self, service: str) -> Planned:
        held = people.holders(
            self.connection, self.federation, self.at, "service_owner", service=service
        )
        if held:
            return Planned(owner_step(service), "service_owner", service=service)
        return Planned(OPERATOR, "operator")

    def _day(self, asked: Building) -> None:
        begins = datetime.fromisoformat(asked.wanted_at) if asked.wanted_at else self.at
        if not self.at - DAY < begins <= self.at + FARTHEST:
            raise Refused("vendor.day", "not a day of the year to come")

    def _renewed(self, asked: Building) -> Building:
        """Going on with what there is: the same product at the same interface."""
        before = renewable(self.connection, self.catalogue, self.party, asked.renews, self.at)
        if before.federation != self.federation:
            raise Unknown("vendor.unknown", "of another federation")
        return replace(
            asked, service=before.service, interface=before.interface, product=before.product
        )

    def _once(self, asked: Building) -> None:
        """Each asks somebody to decide it, and writes to an address that somebody typed."""
        if store.asked_since(self.connection, self.federation, asked.cvr, self.at - DAY) >= (
            MOST_A_DAY
        ):
            raise Refused("vendor.many", f"{MOST_A_DAY} within a day")
        which = (asked.service, asked.interface, asked.product.casefold())
        for said in store.waiting(self.connection, self.federation, asked.cvr):
            known = json.loads(said)
            same = (known["service"], known["interface"], str(known["product"]).casefold())
            if same == which:
                raise Refused("vendor.asked", "the same is asked for already")


def company(party: Party) -> str:
    """The CVR number that somebody acts for. Raises NotAllowed where the login proves none."""
    if party.cvr is None:
        raise NotAllowed("vendor.company", "the login names no company")
    if party.actor.assurance < Assurance.SUBSTANTIAL:
        raise NotAllowed("permission.assurance", "log in more surely to act for a company")
    return party.cvr


def renewable(
    connection: Connection, catalogue: Catalogue, party: Party, said: str, at: datetime
) -> Access:
    """An access of the company that may be asked for anew.

    Raises Unknown("vendor.unknown"), Refused("vendor.renewal" | "vendor.closed").
    """
    found = store.found(connection, uuid(said))
    if found is None or found.cvr != party.cvr:
        raise Unknown("vendor.unknown", "no access of this company")
    offer = offer_of(catalogue, found.federation, found.service, found.interface, at)
    if offer is None or not offer.askable(at):
        raise Refused("vendor.closed", "the interface is closed")
    state = found.state(offer.interface, at)
    if state not in (*LASTING, "ended") or found.until - at > RENEWABLE:
        raise Refused("vendor.renewal", f"it is {state} until {found.until.isoformat()}")
    return found


def uuid(said: str) -> UUID:
    """Our id of an access, as a form said it. Raises Unknown("vendor.unknown")."""
    try:
        return UUID(said)
    except ValueError:
        raise Unknown("vendor.unknown", "no id") from None
