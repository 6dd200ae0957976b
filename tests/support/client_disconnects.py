"""Clients that disconnect before they are answered, and the statements that still run for them."""

import json
import socket
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import psycopg

DISCONNECT_SECONDS = 1.0
"""When the last statement of a disconnected client must have ended. On an idle machine it takes a tenth of this."""
BUSY_DISCONNECT_SECONDS = 1.5
"""The same while other tests run. It is less than the two seconds after which a statement is cancelled anyway."""

WAITING_SEARCHES = """
SELECT pid, query FROM pg_stat_activity
WHERE wait_event_type = 'Lock' AND backend_type = 'client backend' AND query NOT LIKE '%mark_id%ANY%'
"""
"""Without the searches of the health checker: they filter by ids of marks, which no search of these tests does."""

_STILL_SECONDS = 0.3
_BODY = json.dumps({"part_name": "а", "page": 50000}).encode()


def start_searches(url: str, number: int) -> list[socket.socket]:
    """Return so many connections, each with a search sent. A service itself sees a different client in each."""
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


def disconnect(clients: list[socket.socket]) -> None:
    """Close all connections at once."""
    for client in clients:
        client.close()


def waiting_statements(connection: psycopg.Connection[Any]) -> list[Any]:
    """Return the statements of the services that wait for a lock, without those of the health checker."""
    return connection.execute(WAITING_SEARCHES).fetchall()


def seconds_until_idle(find: Callable[[], list[Any]], limit: float = DISCONNECT_SECONDS) -> float:
    """Wait until ``find`` returns nothing for a moment, so that no queued search follows. Return the seconds."""
    began = last_seen = now = time.monotonic()
    while now < last_seen + _STILL_SECONDS:
        if find():
            last_seen = time.monotonic()
            assert last_seen < began + limit, "statements of disconnected clients still run"
        now = time.monotonic()
    return last_seen - began
