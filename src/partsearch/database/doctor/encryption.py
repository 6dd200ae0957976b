"""Whether others on the way can read along."""

import ctypes
import sys
from collections.abc import Iterator
from typing import Any

from partsearch.database.address import DatabaseKind
from partsearch.database.check_result import CheckResult
from partsearch.database.doctor.asking import Asked
from partsearch.database.doctor.ways import Way, is_on_this_machine

_CHECKED = ("verify-ca", "verify-full")


def encryption(way: Way, asked: Asked) -> Iterator[CheckResult]:
    """TLS of this connection as the driver sees it: behind Neon's front the server itself sees none."""
    yield encryption_finding(way, _tls(asked), on_this_machine=is_on_this_machine(way, asked))


def encryption_finding(way: Way, tls: str, *, on_this_machine: bool) -> CheckResult:
    """What is to be said of ``tls``, which is empty where there is none."""
    subject = way.subject("TLS")
    if tls:
        mode = way.address.parameters.get("sslmode", "prefer")
        is_checked = mode in _CHECKED or "sslrootcert" in way.address.parameters
        return CheckResult(subject, f"{tls}; the server's certificate is {'' if is_checked else 'not '}checked")
    if on_this_machine:
        return CheckResult(subject, "no TLS, and none needed on this machine")
    return CheckResult(
        subject,
        "no TLS: everybody on the way can read along",
        is_fault=way.address.kind is DatabaseKind.NEON,
        next_step=f"Turn TLS on at the server and add sslmode=require to {way.setting}.",
    )


def _tls(asked: Asked) -> str:
    connection = asked.connection.pgconn
    if not connection.ssl_in_use:
        return ""
    return f"{_attribute(connection, b'protocol')}, {_attribute(connection, b'cipher')}"


def _attribute(connection: Any, name: bytes) -> str:
    """What libpq knows of its TLS. psycopg does not pass this on, but gives the pointer to ask libpq for it."""
    library = ctypes.CDLL(sys.modules[type(connection).__module__].__file__)
    library.PQsslAttribute.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    library.PQsslAttribute.restype = ctypes.c_char_p
    value: bytes | None = library.PQsslAttribute(connection.pgconn_ptr, name)
    return (value or b"unknown").decode()
