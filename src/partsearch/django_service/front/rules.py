"""What kind of work a request is: how long it may wait for a thread, whom it shares with, how long its body may be."""

from dataclasses import dataclass
from enum import Enum, auto

from partsearch.contract import limits
from partsearch.contract.client_networks import network_of

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_SEARCH_PATHS = frozenset({"/", "/en/", "/search/part", "/search/part/", "/mark/", "/model/"})
_ADMIN_PREFIX = "/admin/"
_PATIENT_SECONDS = 10.0
_ADMIN_AT_A_TIME = 1
"""A login hashes a password for a fifth of a second. The other threads of the worker stay with the searches."""


class Kind(Enum):
    """The kinds of work."""

    SEARCH = auto()
    """A search, or a page that searches. Each client network has a share of them."""
    ADMIN = auto()
    """The admin and its logins."""
    OTHER = auto()
    """All else: static files, /readyz, unknown addresses."""


@dataclass(frozen=True)
class Rule:
    """The limits of a kind of work.

    Args:
        kind: the kind.
        wait_seconds: how long a request may wait for a thread.
        body_bytes: how long its body may be.
    """

    kind: Kind
    wait_seconds: float
    body_bytes: int


_SEARCH = Rule(Kind.SEARCH, limits.QUEUE_SECONDS, limits.BODY_BYTES)
_ADMIN = Rule(Kind.ADMIN, _PATIENT_SECONDS, limits.ADMIN_BODY_BYTES)
_OTHER = Rule(Kind.OTHER, _PATIENT_SECONDS, limits.BODY_BYTES)


def rule_of(path: str) -> Rule:
    """Return the limits of a request to ``path``."""
    if path in _SEARCH_PATHS:
        return _SEARCH
    return _ADMIN if path.startswith(_ADMIN_PREFIX) else _OTHER


def group_of(rule: Rule, peer: str, forwarded: str | None, searches: int) -> tuple[str, int] | None:
    """Return the group that a request shares threads with, and how many it may have at a time; None for no limit.

    Args:
        rule: the limits of the request.
        peer: the address at the other end of the connection.
        forwarded: the value of ``X-Real-IP``; Nginx overwrites it, so it is believed of this machine alone.
        searches: how many searches a network may have at a time.
    """
    if rule.kind is Kind.ADMIN:
        return _ADMIN_PREFIX, _ADMIN_AT_A_TIME
    if rule.kind is Kind.OTHER:
        return None
    network = network_of(peer)
    if network is None and forwarded:
        network = network_of(forwarded)
    return None if network is None else (network, searches)
