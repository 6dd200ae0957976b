"""The limits of each kind of request: waiting time, share of the threads, length of the body."""

from dataclasses import dataclass
from enum import Enum, auto

from partsearch.contract import limits
from partsearch.contract.client_networks import network_of

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_SEARCH_PATHS = frozenset({"/", "/en/", "/search/part", "/search/part/", "/mark/", "/model/", "/suggest", "/suggest/"})
_PART_PREFIX = "/part/"
_EXPORT_PATH = "/search/part/export/"
_EXPORT_SHARE = 1
"""An export can take minutes. The others that may run stay free for other clients."""
_ADMIN_PREFIX = "/admin/"
_LONG_WAIT_SECONDS = 10.0
_ADMIN_SHARE = 1
"""A login hashes a password for a fifth of a second. The other threads of the worker stay free for searches."""


class Kind(Enum):
    """The kinds of requests."""

    SEARCH = auto()
    """A search, or a page that searches. Each client network has a share of the threads."""
    EXPORT = auto()
    """An export. It has threads of its own, and each client network a share of them."""
    ADMIN = auto()
    """The admin and its logins."""
    OTHER = auto()
    """All others: static files, /readyz, unknown addresses."""


@dataclass(frozen=True)
class RequestLimits:
    """The limits of one kind of request.

    Args:
        kind: the kind.
        wait_seconds: how long a request may wait for a thread.
        body_bytes: how long the body may be.
    """

    kind: Kind
    wait_seconds: float
    body_bytes: int


_SEARCH = RequestLimits(Kind.SEARCH, limits.QUEUE_SECONDS, limits.BODY_BYTES)
_EXPORT = RequestLimits(Kind.EXPORT, limits.QUEUE_SECONDS, limits.BODY_BYTES)
_ADMIN = RequestLimits(Kind.ADMIN, _LONG_WAIT_SECONDS, limits.ADMIN_BODY_BYTES)
_OTHER = RequestLimits(Kind.OTHER, _LONG_WAIT_SECONDS, limits.BODY_BYTES)


def limits_for(path: str) -> RequestLimits:
    """Return the limits of a request to ``path``."""
    if path in _SEARCH_PATHS or path.startswith(_PART_PREFIX):
        return _SEARCH
    if path == _EXPORT_PATH:
        return _EXPORT
    return _ADMIN if path.startswith(_ADMIN_PREFIX) else _OTHER


def group_of(request_limits: RequestLimits, peer: str, forwarded: str | None, searches: int) -> tuple[str, int] | None:
    """Return the name of a request's group and its share of the threads, or None for no limit.

    Args:
        request_limits: the limits of the request.
        peer: the address at the other end of the connection.
        forwarded: the value of ``X-Real-IP``, which counts only from this machine, whose Nginx overwrites it.
        searches: how many searches a network may have at a time.
    """
    if request_limits.kind is Kind.ADMIN:
        return _ADMIN_PREFIX, _ADMIN_SHARE
    if request_limits.kind is Kind.OTHER:
        return None
    network = network_of(peer)
    if network is None and forwarded:
        network = network_of(forwarded)
    share = _EXPORT_SHARE if request_limits.kind is Kind.EXPORT else searches
    return None if network is None else (network, share)
