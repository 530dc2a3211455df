"""What every change of an access ends with: its row, its line of evidence, its audit row."""

from uuid import uuid4

from broker.audit.events import VendorAccessChanged
from broker.cases.model import Party, Trace
from broker.cases.recording import trace
from broker.errors import Refused
from broker.organisations.desk import Work
from broker.saml.keys import Certificate
from broker.vendors import store
from broker.vendors.model import Access, Happened, SystemCertificate, VendorEvent


def write(work: Work, access: Access) -> Access:
    """The access as it is from now on. Raises Refused("vendor.changed")."""
    after = store.change(work.connection, access)
    if after is None:
        raise Refused("vendor.changed", "somebody changed it meanwhile")
    return after


def certify(work: Work, access: Access, by: Trace, certificate: Certificate) -> None:
    """Let a certificate be the one that the system uses from now on."""
    made = SystemCertificate(
        id=uuid4(),
        access=access.id,
        fingerprint=certificate.fingerprint,
        der=certificate.der,
        since=work.deed.at,
        until=None,
        by=by,
    )
    store.put_certificate(work.connection, made)


def tell(
    work: Work,
    access: Access,
    party: Party,
    what: Happened,
    *,
    of_vendor: bool = False,
    case_no: str | None = None,
) -> VendorEvent:
    """The line of evidence and the audit row, with the certificate that counts now."""
    known = store.certificates(work.connection, access.id)
    counts = next((one.fingerprint for one in known if one.until is None), None)
    event = VendorEvent(
        at=work.deed.at,
        what=what,
        by=trace(party),
        of_vendor=of_vendor,
        words=work.deed.reason,
        until=access.ended_at or access.until,
        fingerprint=counts,
        case_no=case_no,
    )
    store.tell(work.connection, access.id, event)
    changed = VendorAccessChanged(
        federation=access.federation,
        service=access.service,
        interface=access.interface,
        access=str(access.id),
        change=what,
        cvr=access.cvr,
        certificate=counts,
        until=(access.ended_at or access.until).isoformat(),
        subject=str(party.person) if party.person else None,
        reason=work.deed.reason,
        case_no=case_no,
        by=party.actor.by,
        seat=party.actor.seat,
    )
    work.record(changed)
    return event
