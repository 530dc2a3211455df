"""What reminds vendors made from the settings, for jobs; reads nothing yet."""

from broker.clock import Clock, system_clock
from broker.db import Engine
from broker.mail.letters import make_letters
from broker.metadata.model import Federation
from broker.metadata.registry import RegistryCache
from broker.roles.catalogue.cache import CatalogueCache
from broker.settings import Settings
from broker.vendors.letters import VendorLetters
from broker.vendors.reminding import VendorReminding


def make_vendor_reminding(
    settings: Settings, engine: Engine, clock: Clock = system_clock
) -> VendorReminding:
    """The reminders of an installation."""
    registry = RegistryCache(engine, settings.origin, clock)

    def federation(path: str) -> Federation:
        return registry.current().federation(path)

    letters = VendorLetters(make_letters(settings), federation)
    return VendorReminding(engine, CatalogueCache(engine).current_in, letters)
