"""How long it takes until the planes have all changes. The site folds while somebody searches."""

import time

import httpx
import psycopg

from tests.support.site import RunningSite

_PAUSE_SECONDS = 0.1
_LONGEST_SECONDS = 3600.0
_IS_LEFT = """
    SELECT
        NOT is_ready
        OR EXISTS (SELECT FROM totals_change)
        OR EXISTS (SELECT FROM totals_mark_change)
        OR EXISTS (SELECT FROM totals_segment GROUP BY segment HAVING count(*) > 1)
        OR EXISTS (SELECT FROM totals_segment WHERE NOT is_summed)
    FROM totals_state
"""
_CHEAP_SEARCH = {"mark_list": [0]}


def wait_until_folded(site: RunningSite) -> float:
    """Send a cheap search from time to time until all changes are folded and all layers summed; return the seconds.

    Raises:
        TimeoutError: changes are left after an hour.
    """
    started = time.perf_counter()
    with psycopg.connect(site.conninfo, autocommit=True) as connection, httpx.Client(timeout=60) as client:
        while _is_left(connection):
            if time.perf_counter() - started > _LONGEST_SECONDS:
                raise TimeoutError(f"{site.home} does not fold its changes: see its logs.")
            client.post(f"{site.fastapi_url}/search/part/", json=_CHEAP_SEARCH)
            time.sleep(_PAUSE_SECONDS)
    return time.perf_counter() - started


def _is_left(connection: psycopg.Connection) -> bool:
    row = connection.execute(_IS_LEFT).fetchone()
    return row is None or bool(row[0])
