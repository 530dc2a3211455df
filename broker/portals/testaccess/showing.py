"""An access as one reader may see it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from broker.portals.casework.building import CertificateView, certificate_view, issuers
from broker.portals.office import Office
from broker.portals.person import Person
from broker.portals.testaccess.wording import STATE
from broker.roles.model import Interface
from broker.saml.entities import Localised
from broker.vendors.interfaces import Offer, offer_of
from broker.vendors.model import LASTING, Access, AccessState
from broker.vendors.service import Evidence
from broker.web.language import Text


@dataclass(frozen=True, slots=True)
class AccessRow:
    """One access in a list."""

    access: Access
    offer: Offer | None  # None where the catalogue knows the interface no more
    state: AccessState
    words: Text
    last: datetime

    @property
    def lasting(self) -> bool:
        """Whether it can be used, now or from its day on."""
        return self.state in LASTING

    @property
    def service(self) -> Localised | str:
        """What people call the service."""
        return self.offer.name if self.offer else self.access.service

    @property
    def interface(self) -> Localised | str:
        """What people call the interface."""
        return self.offer.interface.name if self.offer else self.access.interface

    @property
    def closing(self) -> Interface | None:
        """The interface, where it has an end."""
        found = self.offer.interface if self.offer else None
        return found if found is not None and found.closes is not None else None


@dataclass(frozen=True, slots=True)
class AccessView:
    """One access with everything that is kept of it."""

    row: AccessRow
    evidence: Evidence
    certificate: CertificateView | None


def row(office: Office, access: Access, at: datetime) -> AccessRow:
    """One access in a list."""
    catalogue = office.catalogue.current()
    offer = offer_of(catalogue, access.federation, access.service, access.interface, at)
    interface = offer.interface if offer else None
    state = access.state(interface, at)
    last = access.ended_at or access.last(interface)
    return AccessRow(access, offer, state, STATE[state], last)


def rows(office: Office, found: Iterable[Access], at: datetime) -> tuple[AccessRow, ...]:
    """Those of a list."""
    return tuple(row(office, one, at) for one in found)


def shown(office: Office, person: Person, evidence: Evidence) -> AccessView:
    """One access, with the certificate that counts as it is looked at now."""
    access = evidence.access
    counts = next((one for one in evidence.certificates if one.until is None), None)
    view = None
    if counts is not None:
        known = issuers(office, access.federation)
        view = certificate_view(counts.der, access.cvr, person.now, known)
    return AccessView(row(office, access, person.now), evidence, view)
