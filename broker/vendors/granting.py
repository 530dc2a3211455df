"""Carries out what a vendor asked for: an access of a year, or a year more of the one there is."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from broker.cases.documents import Building, Contact, read
from broker.cases.model import Case, Party
from broker.db import Connection
from broker.errors import Refused, Unknown
from broker.organisations.desk import Work
from broker.roles.catalogue.snapshot import Catalogue
from broker.vendors import certificates, recording, store
from broker.vendors.asking import uuid
from broker.vendors.interfaces import offer_of
from broker.vendors.model import LIFE, Access, Happened, Reached


@dataclass(frozen=True, slots=True)
class GrantAccess:
    """In the transaction of the owner's approval, and by the owner's mandate."""

    catalogue: Callable[[Connection], Catalogue]

    def carry_out(self, work: Work, case: Case, party: Party) -> Case:
        """The case as it is. Raises Refused("vendor.closed") and what a certificate is refused for.

        What was in order when it was asked for may not be so any more.
        """
        asked, at = read(case, Building), work.deed.at
        catalogue = self.catalogue(work.connection)
        offer = offer_of(catalogue, case.federation, asked.service, asked.interface, at)
        if offer is None or not offer.askable(at):
            raise Refused("vendor.closed", "the interface closed meanwhile")
        given = None
        if asked.certificate:
            der = base64.b64decode(asked.certificate)
            given = certificates.judge(der, certificates.Asked(asked.cvr, at)).certificate
        access = _longer(work, case, asked) if asked.renews else _new(work, case, asked)
        if given is not None:
            recording.certify(work, access, case.opened_by, given)
        what: Happened = "extended" if asked.renews else "granted"
        recording.tell(work, access, party, what, case_no=case.reference)
        return case


def _longer(work: Work, case: Case, asked: Building) -> Access:
    """A year more, with whoever asked this time as the one who acts on it."""
    found = store.found(work.connection, uuid(asked.renews), lock=True)
    if found is None or found.cvr != asked.cvr:
        raise Unknown("vendor.unknown", "there is no such access")
    if found.ended_how is not None:
        raise Refused("vendor.over", f"it was {found.ended_how} meanwhile")
    after = replace(
        found,
        until=max(found.until, work.deed.at) + LIFE,
        organisation=asked.organisation,
        purpose=asked.purpose,
        contact=_reached(asked.contact),
        technical=_reached(asked.technical) if asked.technical else None,
        language=asked.language,
        case_no=case.reference,
        declared_at=case.opened_at,
        keeper=case.opened_by,
    )
    return recording.write(work, after)


def _new(work: Work, case: Case, asked: Building) -> Access:
    wanted = datetime.fromisoformat(asked.wanted_at) if asked.wanted_at else work.deed.at
    since = max(work.deed.at, wanted)
    made = Access(
        id=uuid4(),
        federation=case.federation,
        service=asked.service,
        interface=asked.interface,
        cvr=asked.cvr,
        organisation=asked.organisation,
        product=asked.product,
        purpose=asked.purpose,
        contact=_reached(asked.contact),
        technical=_reached(asked.technical) if asked.technical else None,
        language=asked.language,
        case_no=case.reference,
        declared_at=case.opened_at,
        keeper=case.opened_by,
        since=since,
        until=since + LIFE,
    )
    store.add(work.connection, made)
    return made


def _reached(contact: Contact) -> Reached:
    return Reached(contact.name, contact.email)
