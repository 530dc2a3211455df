"""The registered network that a browser comes from. It only suggests, and only withholds."""

from ipaddress import ip_address

from broker.metadata.model import Federation
from broker.metadata.showing import Network


def network_of(federation: Federation, address: str) -> Network | None:
    """The first registered network that holds the address, or None."""
    if not federation.networks:
        return None
    try:
        found = ip_address(address)
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)
    asked = mapped or found
    for network in federation.networks:
        if any(asked.version == part.version and asked in part for part in network.addresses):
            return network
    return None
