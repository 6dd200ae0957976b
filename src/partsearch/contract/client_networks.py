"""The network of a client's address: the unit that limits of connections, searches and login attempts apply to."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

_PREFIX_OF_IPV6 = 64
"""The prefix that a provider assigns to one customer, with all its addresses (RFC 6177)."""

_ADDRESSES_KEPT = 4096


@lru_cache(_ADDRESSES_KEPT)
def network_of(address: str) -> str | None:
    """Return the network that shares one client's limits, or ``None`` for a client without limits.

    Args:
        address: the client's address as text, such as ``203.0.113.7`` or ``2001:db8::1``.

    Returns:
        An IPv4 address itself, also if it is written as an IPv6 one; the /64 of an IPv6 address, such as
        ``2001:db8::/64``. ``None`` for a loopback address, and for a text that is no address: these come from an
        operator's own tool, or from a proxy that hides its clients, and its clients must not share one limit.
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
