"""Clients that ask and leave before they are answered, and what goes on in the database for them."""

import json
import socket
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import psycopg

GONE_SECONDS = 1.0
"""By when nothing may be done for a client that has left: a tenth of it, on a machine that does nothing else."""

SEARCHES_THAT_WAIT = """
SELECT pid, query FROM pg_stat_activity
WHERE wait_event_type = 'Lock' AND backend_type = 'client backend' AND query NOT LIKE '%mark_id%ANY%'
"""
"""The guard's own searches are for marks by their ids, which no search of these tests is."""

_STILL_SECONDS = 0.3
_BODY = json.dumps({"part_name": "а", "page": 50000}).encode()


def asking(url: str, number: int) -> list[socket.socket]:
    """As many clients, each from an address of its own, where the service is asked directly, that have put a search."""
    clients = []
    for last in range(number):
        head = (
            f"POST {urlsplit(url).path}/search/part/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(_BODY)}\r\nX-Forwarded-For: 203.0.113.{last}\r\n\r\n"
        )
        client = socket.create_connection((urlsplit(url).hostname, urlsplit(url).port), timeout=20)
        client.sendall(head.encode() + _BODY)
        clients.append(client)
    return clients


def leave(clients: list[socket.socket]) -> None:
    """Hangs up, all at once."""
    for client in clients:
        client.close()


def waiting(connection: psycopg.Connection[Any]) -> list[Any]:
    """The statements of the services that wait for a lock, but for those that the guard asks for."""
    return connection.execute(SEARCHES_THAT_WAIT).fetchall()


def nothing_waits(find: Callable[[], list[Any]]) -> float:
    """Returns when ``find`` has found nothing for a moment, so that nobody has the next turn; how long it took."""
    began = last_seen = now = time.monotonic()
    while now < last_seen + _STILL_SECONDS:
        if find():
            last_seen = time.monotonic()
            assert last_seen < began + GONE_SECONDS, "statements go on for clients that have left"
        now = time.monotonic()
    return last_seen - began
