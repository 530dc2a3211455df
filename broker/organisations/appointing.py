"""Somebody new who administers from the first day: an organisation's first, or its rescue."""

from dataclasses import dataclass
from uuid import UUID

from broker.identities.store import IdentityStore
from broker.organisations.desk import Desk
from broker.organisations.hooks import ServiceNames
from broker.organisations.mandating import Given, Wanted, give
from broker.organisations.model import Actor, Deed
from broker.organisations.people import Added, NewPerson, add


@dataclass(frozen=True, slots=True)
class AppointService:
    """Adds a person and gives them a mandate, both or neither.

    Where all administrators of an organisation have gone, an operator does this once it is
    known who speaks for the organisation; the record says that nobody else was there.
    """

    desk: Desk
    identities: IdentityStore
    services: ServiceNames

    def appoint(
        self, actor: Actor, organisation_id: UUID, person: NewPerson, wanted: Wanted, deed: Deed
    ) -> tuple[Added, Given]:
        """The account, with its code where there is one, and the mandate.

        Raises what `people.add` and `mandating.give` do.
        """
        with self.desk.work(actor, deed) as work:
            added = add(work, self.identities, organisation_id, person)
            return added, give(work, self.services, added.account, wanted)
