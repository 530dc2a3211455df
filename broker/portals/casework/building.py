"""What a vendor asks for, and the certificate of its system, in words for whoever looks."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from broker.cases.documents import Building, read
from broker.cases.model import Case
from broker.errors import Refused
from broker.portals.office import Office
from broker.registrations.model import environments
from broker.saml.entities import Localised
from broker.vendors import store
from broker.vendors.certificates import Asked, judge
from broker.vendors.certificates import read as read_certificate
from broker.vendors.interfaces import Offer, offer_of
from broker.web.language import Text
from broker.web.language import Text as _
from broker.web.texts import explain

_REMARKS: dict[str, Text] = {
    "vendor.fits": _("An OCES3 organisation certificate of the test environment, of your company."),
    "vendor.soon": _("It runs out within 60 days. Order the next one in time."),
    "vendor.chain": _("We cannot follow it to a test authority that we know."),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence on a certificate; `level` is that of a verdict."""

    level: str
    words: Text | str


@dataclass(frozen=True, slots=True)
class CertificateView:
    """A certificate, and everything that is said of it now."""

    subject: str
    fingerprint: str
    not_after: datetime
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class BuildingView:
    """What a vendor asks for."""

    asked: Building
    offer: Offer | None  # None where nobody offers the interface any more
    wanted_at: datetime | None
    certificate: CertificateView | None
    access: object | None  # our id of the access that came of it

    @property
    def interface(self) -> Localised | str:
        """What people call the interface."""
        return self.offer.interface.name if self.offer else self.asked.interface


def issuers(office: Office, federation: str) -> tuple[x509.Certificate, ...]:
    """The authorities that the test environment of a federation knows."""
    where = environments(office.registry.current().federations, federation)
    home = where.test or where.home
    return tuple(one.parsed for one in home.certificates.issuers)


def certificate_view(
    der: bytes, cvr: str, at: datetime, known: Sequence[x509.Certificate]
) -> CertificateView:
    """A certificate that was taken once, as it is looked at now."""
    found = read_certificate(der)
    return CertificateView(
        found.subject, found.fingerprint, found.not_after, verdict(der, cvr, at, known)
    )


def verdict(
    data: bytes, cvr: str, at: datetime, known: Sequence[x509.Certificate]
) -> tuple[Said, ...]:
    """What is said of a file or a text, in words; never raises."""
    try:
        judged = judge(data, Asked(cvr, at, known))
    except Refused as error:
        return (Said("refused", refusal(error)),)
    return tuple(Said(one.level, _REMARKS[one.code]) for one in judged.remarks)


def refusal(error: Refused) -> str:
    """Why it cannot be used, and what to do instead."""
    explanation = explain(error.code)
    return f"{explanation.title}. {explanation.what} {explanation.who}"


def building(office: Office, case: Case, at: datetime) -> BuildingView:
    """What the case of a vendor asks for."""
    asked, path = read(case, Building), case.federation
    offer = offer_of(office.catalogue.current(), path, asked.service, asked.interface, at)
    certificate = None
    if asked.certificate:
        der = base64.b64decode(asked.certificate)
        certificate = certificate_view(der, asked.cvr, at, issuers(office, path))
    with office.reading() as connection:
        access = store.of_case(connection, path, case.reference)
    wanted = datetime.fromisoformat(asked.wanted_at) if asked.wanted_at else None
    return BuildingView(asked, offer, wanted, certificate, access)
