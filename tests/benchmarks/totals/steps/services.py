"""Both services over HTTP, whole answers: one client, eight clients, and the usual mix by a hundred connections."""

import itertools
import time
from typing import Any

import httpx

from tests.benchmarks.bodies import BODIES
from tests.benchmarks.generators import CONNECTIONS, Measured, write_lua, wrk
from tests.benchmarks.totals.catalogs import Catalog
from tests.benchmarks.totals.mix import Body

EIGHT = 8
_ROUNDS_OF_LOAD = 3
_SEARCH_SECONDS = 10.0
_TIMEOUT_SECONDS = 120


def measure(catalog: Catalog) -> dict[str, Any]:
    """Return the seconds of each search of one client, and the rates and p99 of both loads."""
    urls = {"fastapi": catalog.site.fastapi_url, "django": catalog.site.django_url}
    with httpx.Client(timeout=_TIMEOUT_SECONDS) as client:
        for url, body in itertools.product(urls.values(), catalog.searches.values()):
            # A service reads what its planner knows some seconds after the first search.
            client.post(f"{url}/search/part/", json=body)
        single = {
            name: _one_client(client, urls, body, catalog.effort.rounds) for name, body in catalog.searches.items()
        }
    return {
        "one client": single,
        "eight clients": _load(catalog, urls, catalog.searches, EIGHT),
        "usual mix": _load(catalog, urls, BODIES, CONNECTIONS),
    }


def _one_client(client: httpx.Client, urls: dict[str, str], body: Body, rounds: int) -> dict[str, Any]:
    measured: dict[str, list[float]] = {service: [] for service in urls}
    statuses: dict[str, int] = {}
    began = time.perf_counter()
    for number in itertools.count():
        for service, url in urls.items():
            started = time.perf_counter()
            answer = client.post(f"{url}/search/part/", json=body)
            measured[service].append(time.perf_counter() - started)
            statuses[service] = max(statuses.get(service, 0), answer.status_code)
        # The first round warms the caches.
        if number >= rounds or (number and time.perf_counter() - began > _SEARCH_SECONDS):
            return {**{service: values[1:] for service, values in measured.items()}, "statuses": statuses}
    raise AssertionError


def _load(catalog: Catalog, urls: dict[str, str], bodies: dict[str, Body], connections: int) -> dict[str, Any]:
    script = write_lua(catalog.folder, bodies)
    rounds: dict[str, list[Measured]] = {service: [] for service in urls}
    for number in range(_ROUNDS_OF_LOAD + 1):
        for service, url in urls.items():
            measured = wrk(url, script, catalog.effort.seconds, connections)
            if number:
                rounds[service].append(measured)
    return {service: figures_of(measured, catalog.effort.seconds) for service, measured in rounds.items()}


def figures_of(measured: list[Measured], seconds: int) -> dict[str, Any]:
    """Return rates, seconds of the 99th percentile, and failed searches of rounds of load.

    wrk counts every answer. A rate here is without those that are errors.
    """
    return {
        "rates": [max(each.rate - each.failed / seconds, 0.0) for each in measured],
        "p99": [each.p99 for each in measured],
        "failed": sum(each.failed for each in measured),
    }
