"""Measures requests: pairs of one client, which alternate, and windows of wrk."""

import itertools
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx

from tests.benchmarks.generators import Measured, percentile, write_lua, write_paths_lua, wrk
from tests.benchmarks.totals.vocabulary import Vocabulary
from tests.benchmarks.typed.texts import Body, Typed, faceted_searches, suggested_texts
from tests.support.site import RunningSite

SERVICES = ("fastapi", "django")
CLIENTS = 8
FACETS = ("mark", "model", "name", "price", "color")
_LONGEST_SECONDS = 10.0


class Load(NamedTuple):
    """How long a load is: so many windows of so many seconds."""

    windows: int
    seconds: int


def urls_of(site: RunningSite) -> dict[str, str]:
    """Return the addresses of the services, on their own ports."""
    return dict(zip(SERVICES, (site.fastapi_url, site.django_url), strict=True))


def warm(client: httpx.Client, site: RunningSite, texts: list[Typed]) -> None:
    """Send each search twice: a service reads what its planner and its dictionary know after the first one."""
    for _, url, text in itertools.product(range(2), urls_of(site).values(), texts):
        for body in (text.without, {"q": text.q}):
            client.post(f"{url}/search/part/", json=body).raise_for_status()


def pairs(client: httpx.Client, url: str, bodies: tuple[Body, Body], rounds: int) -> tuple[list[float], list[float]]:
    """Return the seconds of two searches that alternate, the one first in every second round."""
    measured: tuple[list[float], list[float]] = ([], [])
    began = time.perf_counter()
    for number in range(rounds + 1):
        for which in (0, 1) if number % 2 else (1, 0):
            started = time.perf_counter()
            client.post(f"{url}/search/part/", json=bodies[which]).raise_for_status()
            measured[which].append(time.perf_counter() - started)
        if number and time.perf_counter() - began > _LONGEST_SECONDS:
            break
    # The first round warms the caches.
    return measured[0][1:], measured[1][1:]


def added(client: httpx.Client, site: RunningSite, texts: list[Typed], rounds: int) -> dict[str, Any]:
    """Return the seconds of each text with ``q`` and without it, by service."""
    found: dict[str, Any] = {}
    for service, url in urls_of(site).items():
        found[service] = {}
        for text in texts:
            count = client.post(f"{url}/search/part/", json={"q": text.q}).json()["count"]
            with_q, without = pairs(client, url, ({"q": text.q}, text.without), rounds)
            found[service][text.kind] = {"q": text.q, "count": count, "with": with_q, "without": without}
    return found


def added_under_load(site: RunningSite, texts: list[Typed], folder: Path, load: Load) -> dict[str, Any]:
    """Return the percentiles of all texts by eight clients, with ``q`` and without it, by service."""
    bodies = {
        "with": {text.kind: {"q": text.q} for text in texts},
        "without": {text.kind: text.without for text in texts},
    }
    scripts = {}
    for kind, each in bodies.items():
        (folder / kind).mkdir(exist_ok=True)
        scripts[kind] = write_lua(folder / kind, each)
    found = {}
    for service, url in urls_of(site).items():
        windows = {kind: partial(wrk, url, script, load.seconds, CLIENTS) for kind, script in scripts.items()}
        found[service] = _alternating(windows, load.windows)
    return found


def _alternating(kinds: Mapping[str, Callable[[], Measured]], windows: int) -> dict[str, Any]:
    """Return p50, p99 and failures of all windows of each kind together."""
    latencies: dict[str, dict[int, int]] = {kind: {} for kind in kinds}
    failed = dict.fromkeys(kinds, 0)
    for _ in range(windows):
        for kind, measure in kinds.items():
            measured = measure()
            failed[kind] += measured.failed
            for value, times in measured.latencies.items():
                latencies[kind][value] = latencies[kind].get(value, 0) + times
    return {
        kind: {
            **{f"p{share * 100:g}": percentile(found, share) / 1_000_000 for share in (0.5, 0.99)},
            "failed": failed[kind],
            "requests": sum(found.values()),
        }
        for kind, found in latencies.items()
    }


def suggestions(
    client: httpx.Client, site: RunningSite, vocabulary: Vocabulary, folder: Path, load: Load
) -> dict[str, Any]:
    """Return the percentiles of suggestions for texts of each length, by service and number of clients."""
    found: dict[str, Any] = {}
    for length, texts in suggested_texts(vocabulary).items():
        paths = [f"suggest/?q={quote(text)}" for text in texts]
        for url, path in itertools.product(urls_of(site).values(), paths):
            client.get(f"{url}/{path}").raise_for_status()
        script = write_paths_lua(folder / "paths.lua", paths)
        for (service, url), clients in itertools.product(urls_of(site).items(), (1, CLIENTS)):
            window = {"all": partial(wrk, url, script, load.seconds, clients)}
            found.setdefault(service, {}).setdefault(str(clients), {})[length] = _alternating(window, load.windows)[
                "all"
            ]
    return found


def facets(client: httpx.Client, site: RunningSite, vocabulary: Vocabulary, rounds: int) -> dict[str, Any]:
    """Return the seconds of searches with five facets and without, by service."""
    found: dict[str, Any] = {}
    for service, url in urls_of(site).items():
        for name, body in faceted_searches(vocabulary).items():
            with_facets, alone = pairs(client, url, ({**body, "facets": list(FACETS)}, body), rounds)
            found.setdefault(service, {})[name] = {"with": with_facets, "without": alone}
    return found
