"""Everything of this package made from the settings, for the bootstrap, for jobs and commands."""

from dataclasses import dataclass

from broker.audit.store import AuditStore
from broker.clock import Clock, system_clock
from broker.db import Engine
from broker.errors import Unknown
from broker.mail.letters import make_letters, operators_of
from broker.metadata.model import Federation
from broker.metadata.registry import RegistryCache
from broker.notices.gathering import Gathering
from broker.notices.hearing import Hearing
from broker.notices.reminding import Reminding
from broker.notices.writing import Writer
from broker.roles.catalogue.cache import CatalogueCache
from broker.settings import Settings


@dataclass(frozen=True, slots=True)
class Notices:
    """What hears, what reminds, and what writes the mails."""

    hearing: Hearing
    reminding: Reminding
    gathering: Gathering

    @property
    def audit(self) -> AuditStore:
        """The trail, of which people are told what matters to them."""
        return AuditStore(self.hearing.heard)


def make_notices(settings: Settings, engine: Engine, clock: Clock = system_clock) -> Notices:
    """The notices of an installation; reads nothing yet."""
    registry = RegistryCache(engine, settings.origin, clock)
    letters = make_letters(settings)

    def federation(path: str) -> Federation | None:
        try:
            return registry.current().federation(path)
        except Unknown:
            return None

    def paths() -> tuple[str, ...]:
        return tuple(one.path for one in registry.current().federations)

    writer = Writer(CatalogueCache(engine).current_in, federation)
    hearing = Hearing(letters, writer, operators_of(settings))
    return Notices(hearing, Reminding(engine, hearing, paths), Gathering(engine, letters, writer))
