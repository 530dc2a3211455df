"""The services that a mandate may be for: those that are registered in the federation."""

from dataclasses import dataclass

from broker.db import Connection
from broker.metadata.store import entities


@dataclass(frozen=True, slots=True)
class RegisteredServices:
    """Asks the registry, whether or not a service's metadata is loaded yet."""

    def known(self, connection: Connection, federation: str, service: str) -> bool:
        """Whether a service of that code is registered."""
        registered = entities(connection, federation)
        return any(one.kind == "sp" and one.code == service for one in registered)
