"""How a partner is known that fetches our metadata at an address that is everybody's."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from broker.metadata.documents import Table

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Where a partner's program comes from, and what it calls itself. Weak, and only a sign."""

    networks: tuple[Network, ...] = ()
    agent: str | None = None  # the beginning of its User-Agent

    def is_meant(self, address: str, agent: str) -> bool:
        """Whether a request is this partner's: all that is registered of it has to fit."""
        if not self.networks and self.agent is None:
            return False
        if self.agent is not None and not agent.startswith(self.agent):
            return False
        if not self.networks:
            return True
        try:
            at = ip_address(address)
        except ValueError:
            return False
        return any(at in network for network in self.networks)


def read_fetcher(table: Table) -> Fetcher:
    """The table `[fetches]` of a partner. Raises Refused("metadata.document")."""
    networks = []
    for text in table.texts("networks"):
        try:
            networks.append(ip_network(text))
        except ValueError as error:
            raise table.wrong("networks", f"holds {text!r}, which is no network") from error
    agent = table.optional("agent")
    table.done()
    return Fetcher(tuple(networks), agent)
