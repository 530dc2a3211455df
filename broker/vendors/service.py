"""What is done to an access: a new certificate, given back, extended, revoked; and who may see it.

Each call is one transaction with its line of evidence, its audit row and its mail.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from cryptography import x509

from broker.cases.model import Party
from broker.cases.recording import trace
from broker.db import Connection, reading
from broker.errors import NotAllowed, Refused, Unknown
from broker.organisations.desk import Desk, Work
from broker.organisations.model import Deed
from broker.organisations.permissions import Thing, allowed
from broker.roles.catalogue.snapshot import Catalogue
from broker.vendors import certificates, recording, store
from broker.vendors.asking import company
from broker.vendors.interfaces import Offer, offer_of
from broker.vendors.letters import VendorLetters
from broker.vendors.model import (
    LASTING,
    LIFE,
    Access,
    EndedHow,
    Happened,
    SystemCertificate,
    VendorEvent,
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """An access with everything that is kept of it."""

    access: Access
    certificates: tuple[SystemCertificate, ...]
    history: tuple[VendorEvent, ...]


@dataclass(frozen=True, slots=True)
class VendorService:
    """Accesses of every vendor."""

    desk: Desk
    catalogue: Callable[[Connection], Catalogue]
    letters: VendorLetters

    def of_vendor(self, party: Party, federation: str) -> tuple[Access, ...]:
        """All that the company of somebody has or had. Raises what `company` does."""
        cvr = company(party)
        with reading(self.desk.engine) as connection:
            return store.of_vendor(connection, federation, cvr)

    def of_vendors(
        self, party: Party, federation: str, services: tuple[str, ...] | None
    ) -> tuple[Access, ...]:
        """All at services that somebody looks after; at every one for operators, who name none."""
        with reading(self.desk.engine) as connection:
            found = store.of_services(connection, federation, services)
        return tuple(one for one in found if _may_see(party, one))

    def evidence(self, party: Party, federation: str, access_id: UUID) -> Evidence:
        """One access, for its company and for whoever looks after the service.

        Raises Unknown("vendor.unknown") for everybody else, who are not told that there is one.
        """
        with reading(self.desk.engine) as connection:
            found = store.found(connection, access_id)
            if found is None or found.federation != federation:
                raise Unknown("vendor.unknown", "no such access")
            if not _may_see(party, found) and not _of_company(party, found):
                raise Unknown("vendor.unknown", "not theirs to see")
            return Evidence(
                found,
                store.certificates(connection, access_id),
                store.history(connection, access_id),
            )

    def certify(
        self,
        party: Party,
        access_id: UUID,
        data: bytes,
        deed: Deed,
        issuers: tuple[x509.Certificate, ...] = (),
    ) -> certificates.Judged:
        """The certificate that the vendor's system uses from now on. Raises what `judge` does."""
        with self.desk.work(party.actor, deed) as work:
            found = self._kept(work, party, access_id)
            offer = self._lasting(work, found)
            asked = certificates.Asked(found.cvr, deed.at, issuers)
            judged = certificates.judge(data, asked)
            known = store.certificates(work.connection, found.id)
            if any(
                one.until is None and one.fingerprint == judged.certificate.fingerprint
                for one in known
            ):
                raise Refused("vendor.same_certificate", "it is the one that counts already")
            after = recording.write(work, found)
            recording.certify(work, after, trace(party), judged.certificate)
            self._tell(work, after, offer, party, "certificate", of_vendor=True)
        return judged

    def give_back(self, party: Party, access_id: UUID, version: int, deed: Deed) -> Access:
        """The vendor needs it no more. Raises Refused("vendor.over" | "vendor.changed")."""
        with self.desk.work(party.actor, deed) as work:
            found = self._current(self._kept(work, party, access_id), version)
            return self._end(work, found, party, "given_back")

    def revoke(self, party: Party, access_id: UUID, version: int, deed: Deed) -> Access:
        """The service's owner or the operator takes it back, at once and with the reason."""
        with self.desk.work(party.actor, deed) as work:
            found = self._seen(work, party, access_id)
            work.demand("vendor.end", _thing(found))
            return self._end(work, self._current(found, version), party, "revoked")

    def extend(self, party: Party, access_id: UUID, version: int, deed: Deed) -> Access:
        """A year from now, or from its end where that is later and not a year away."""
        with self.desk.work(party.actor, deed) as work:
            found = self._seen(work, party, access_id)
            work.demand("vendor.extend", _thing(found))
            if party.is_one_of((found.keeper.person,), ()):
                raise NotAllowed("permission.oneself", "nobody prolongs their own")
            self._current(found, version)
            if found.ended_how is not None:
                raise Refused("vendor.over", f"it was {found.ended_how}")
            offer = self._offered(work, found)
            until = deed.at + LIFE
            if until <= found.until:
                raise Refused("vendor.long_enough", "it lasts a year or more")
            after = recording.write(work, replace(found, until=until))
            self._tell(work, after, offer, party, "extended")
        return after

    def _end(self, work: Work, found: Access, party: Party, how: EndedHow) -> Access:
        if found.ended_how is not None:
            raise Refused("vendor.over", f"it was {found.ended_how} already")
        at, why = work.deed.at, work.deed.reason
        ended = replace(found, ended_at=at, ended_how=how, ended_why=why)
        after = recording.write(work, ended)
        known = self._offer(work.connection, found, at)
        self._tell(work, after, known, party, how, of_vendor=how == "given_back")
        return after

    def _tell(
        self,
        work: Work,
        access: Access,
        offer: Offer | None,
        party: Party,
        what: Happened,
        *,
        of_vendor: bool = False,
    ) -> None:
        recording.tell(work, access, party, what, of_vendor=of_vendor)
        if offer is not None:
            said = "" if what == "certificate" else work.deed.reason
            self.letters.happened(work.connection, access, offer, what, said, work.deed.at)

    def _kept(self, work: Work, party: Party, access_id: UUID) -> Access:
        """An access of one's own company that one asked for oneself.

        Raises Unknown("vendor.unknown"), NotAllowed("vendor.keeper").
        """
        company(party)
        found = store.found(work.connection, access_id, lock=True)
        if found is None or not _of_company(party, found):
            raise Unknown("vendor.unknown", "no access of this company")
        if not found.kept_by(party):
            raise NotAllowed("vendor.keeper", "a colleague asked for it, and acts on it")
        return found

    def _seen(self, work: Work, party: Party, access_id: UUID) -> Access:
        found = store.found(work.connection, access_id, lock=True)
        if found is None or not _may_see(party, found):
            raise Unknown("vendor.unknown", "not at a service of theirs")
        return found

    def _current(self, found: Access, version: int) -> Access:
        if found.version != version:
            raise Refused("vendor.changed", "somebody changed it meanwhile")
        return found

    def _lasting(self, work: Work, found: Access) -> Offer:
        offer = self._offer(work.connection, found, work.deed.at)
        state = found.state(offer.interface if offer else None, work.deed.at)
        if offer is None or state not in LASTING:
            raise Refused("vendor.over", f"it is {state}")
        return offer

    def _offered(self, work: Work, found: Access) -> Offer:
        offer = self._offer(work.connection, found, work.deed.at)
        if offer is None or not offer.askable(work.deed.at):
            raise Refused("vendor.closed", "the interface is closed")
        return offer

    def _offer(self, connection: Connection, found: Access, at: datetime) -> Offer | None:
        catalogue = self.catalogue(connection)
        return offer_of(catalogue, found.federation, found.service, found.interface, at)


def _thing(access: Access) -> Thing:
    keeper = (access.keeper.account,) if access.keeper.account else ()
    return Thing(access.federation, service=access.service, others=keeper)


def _may_see(party: Party, access: Access) -> bool:
    return allowed(party.actor, "service.read", Thing(access.federation, service=access.service))


def _of_company(party: Party, access: Access) -> bool:
    return party.cvr is not None and party.cvr == access.cvr
