"""Which network a client's address belongs to: the unit that shares out connections, searches and login attempts."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

_PREFIX_OF_IPV6 = 64
"""What a provider gives one customer; single addresses of it cost nothing (RFC 6177)."""

_ADDRESSES_KEPT = 4096


@lru_cache(_ADDRESSES_KEPT)
def network_of(address: str) -> str | None:
    """Return the network that shares one client's limits, or None for a client that has none.

    Args:
        address: the client's address as text, such as ``203.0.113.7`` or ``2001:db8::1``.

    Returns:
        An IPv4 address as it is; of an IPv6 address its /64, such as ``2001:db8::/64``; an IPv4 address that is written
        as an IPv6 one as the IPv4 address. ``None`` for the machine's own addresses, and for what is no address: behind
        them stands a tool of whoever runs the site, or a proxy that hides its clients, who are not to share one limit.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    if isinstance(parsed, IPv6Address):
        mapped = parsed.ipv4_mapped
        if mapped is None:
            if parsed.is_loopback:
                return None
            return str(ip_network((int(parsed) >> _PREFIX_OF_IPV6 << _PREFIX_OF_IPV6, _PREFIX_OF_IPV6)))
        parsed = mapped
    return None if parsed.is_loopback else str(parsed)
