"""Which loopback addresses the machine has."""

import socket


def has_ipv6_loopback() -> bool:
    """Return whether a server can listen on ``[::1]``."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
