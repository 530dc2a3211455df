"""Which addresses are public, so that nothing is fetched from a network that only we reach."""

import ipaddress

_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: NAT64 reaches the IPv4 inside
_DETOURS = tuple(
    ipaddress.ip_network(text)
    for text in (
        "::/96",  # an IPv4 address written as an IPv6 one, RFC 4291
        "::ffff:0:0:0/96",  # RFC 2765
        "64:ff9b:1::/48",  # NAT64 inside one network, RFC 8215
        "2002::/16",  # 6to4 leads to the IPv4 address inside
        "fec0::/10",  # once the addresses of a site
        "3fff::/20",  # for examples, RFC 9637
        "5f00::/16",  # segments, RFC 9602
    )
)


def is_public(address: str, *, loopback: bool) -> bool:
    """Whether an address is public, or this machine's own where `loopback` says that it may be.

    What holds an IPv4 address leads to that one, or nowhere.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if loopback and ip.is_loopback:
        return True
    if ip.version == 6 and ip in _TRANSLATED:
        ip = ipaddress.ip_address(int(ip) & 0xFFFF_FFFF)
    if any(ip.version == 6 and ip in network for network in _DETOURS):
        return False
    return ip.is_global and not ip.is_multicast
