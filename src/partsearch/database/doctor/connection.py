"""The checks of one connection: its encryption and its round trip time."""

import ctypes
import ipaddress
import sys
import time
from collections.abc import Iterator
from statistics import median
from typing import Any

from partsearch.database.address import DatabaseKind
from partsearch.database.check_result import CheckResult
from partsearch.database.doctor.routes import DIRECT, DatabaseRoute
from partsearch.database.query_connection import QueryConnection

_VERIFYING_MODES = ("verify-ca", "verify-full")
_ROUND_TRIPS = 20
_SLOW_MILLISECONDS = 20


def check_tls(route: DatabaseRoute, connection: QueryConnection) -> Iterator[CheckResult]:
    """Yield the TLS of the connection as the driver reports it: behind Neon's proxy the server itself has none."""
    yield tls_result(route, _tls(connection), is_local=_is_local(route, connection))


def tls_result(route: DatabaseRoute, tls: str, *, is_local: bool) -> CheckResult:
    """Return the result for a version and cipher of TLS; ``tls`` is empty without TLS."""
    subject = route.subject("TLS")
    if tls:
        mode = route.address.parameters.get("sslmode", "prefer")
        is_verified = mode in _VERIFYING_MODES or "sslrootcert" in route.address.parameters
        return CheckResult(subject, f"{tls}; the server's certificate is {'' if is_verified else 'not '}checked")
    if is_local:
        return CheckResult(subject, "no TLS, and none needed on this machine")
    return CheckResult(
        subject,
        "no TLS: anyone on the network path can read the traffic",
        is_failure=route.address.kind is DatabaseKind.NEON,
        next_step=f"Turn TLS on at the server and add sslmode=require to {route.setting}.",
    )


def _is_local(route: DatabaseRoute, connection: QueryConnection) -> bool:
    """Return whether the connection stays on this machine: a socket, or loopback."""
    if route.address.kind is DatabaseKind.EMBEDDED:
        return True
    peer = connection.connection.info.hostaddr or connection.connection.info.host
    return peer.startswith(("/", "@")) or _is_loopback(peer)


def _is_loopback(peer: str) -> bool:
    try:
        return ipaddress.ip_address(peer).is_loopback
    except ValueError:
        return False


def _tls(connection: QueryConnection) -> str:
    pgconn = connection.connection.pgconn
    if not pgconn.ssl_in_use:
        return ""
    return f"{_tls_attribute(pgconn, b'protocol')}, {_tls_attribute(pgconn, b'cipher')}"


def _tls_attribute(pgconn: Any, name: bytes) -> str:
    """Return an attribute of libpq's TLS. psycopg has no method for it, only the pointer to call libpq with."""
    library = ctypes.CDLL(sys.modules[type(pgconn).__module__].__file__)
    library.PQsslAttribute.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    library.PQsslAttribute.restype = ctypes.c_char_p
    value: bytes | None = library.PQsslAttribute(pgconn.pgconn_ptr, name)
    return (value or b"unknown").decode()


def check_round_trip(route: DatabaseRoute, connection: QueryConnection) -> Iterator[CheckResult]:
    """Yield the median time of a trivial query. The direct route is not rated: searches use the pooler."""
    milliseconds = median(_round_trip_milliseconds(connection) for _ in range(_ROUND_TRIPS))
    is_slow = milliseconds > _SLOW_MILLISECONDS and route.name != DIRECT
    yield CheckResult(
        route.subject("round trip"),
        f"{milliseconds:.2f} ms, the median of {_ROUND_TRIPS}",
        next_step="Move the services nearer to the database: each search waits this long." if is_slow else "",
    )


def _round_trip_milliseconds(connection: QueryConnection) -> float:
    started = time.perf_counter()
    connection.value("SELECT 1")
    return (time.perf_counter() - started) * 1000
