"""What every portal is made of: handed to each portal's `section()`, made once by bootstrap."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from broker.audit.store import AuditStore
from broker.clock import Clock
from broker.db import Connection, Engine, reading, writing
from broker.identities.store import IdentityStore
from broker.mail.letters import Letters
from broker.mail.model import Recipient
from broker.metadata.keyrings import Keyrings
from broker.metadata.model import Federation
from broker.metadata.registry import RegistryCache
from broker.organisations.desk import Desk
from broker.portals.partner import Partner
from broker.portals.store import PortalSessions
from broker.roles.catalogue.cache import CatalogueCache
from broker.roles.grants.guarding import UnitTree
from broker.sealing import SealingKeys
from broker.settings import Settings


@dataclass(frozen=True, slots=True)
class Office:
    """Everything that portals work with."""

    settings: Settings = field(repr=False)
    engine: Engine
    registry: RegistryCache
    keyrings: Keyrings
    keys: Path
    sealing: SealingKeys = field(repr=False)
    pseudonym: bytes = field(repr=False)
    identities: IdentityStore
    audit: AuditStore
    catalogue: CatalogueCache
    clock: Clock
    letters: Letters
    operators: tuple[Recipient, ...] = ()  # who gets the alarms of the installation

    @property
    def sessions(self) -> PortalSessions:
        """Portal sessions."""
        return PortalSessions(self.pseudonym)

    @property
    def desk(self) -> Desk:
        """What the services of `broker.organisations` are made of."""
        return Desk(self.engine, self.audit, UnitTree())

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction to read in; views need no engine of their own."""
        return reading(self.engine)

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction that may change things."""
        return writing(self.engine)

    def partner(self, federation: Federation) -> Partner:
        """The portals of a federation, as the broker knows them."""
        return Partner(federation, self.keys)
