"""The network time of a search on Neon, with and without the pooler: ``python -m tests.benchmarks.round_trips``.

One client, one worker, few parts: this measures the network and not the database. The server is the emulation of the
tests, behind a network with a known round trip.
"""

import tempfile
import time
from pathlib import Path
from statistics import median

import httpx
from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table

from tests.benchmarks.bodies import BODIES
from tests.benchmarks.distance import Distance
from tests.support.neon.emulation import EmulatedNeon
from tests.support.site import RunningSite, free_environment

_ROUND_TRIPS = (0, 1, 5, 20, 50)
_PARTS = 2000
_WARMING = 30
_WARM_SEARCHES = 40
_FIRST_SEARCHES = 9
_BODY = BODIES["name, mark, colour"]
_ROUTES = ("direct", "pooled")
_SERVICES = ("fastapi", "django")

Durations = list[float]
# By route and milliseconds of a round trip: for each service the warm searches, then the first searches.
Measured = dict[tuple[str, int], list[Durations]]


def main() -> None:
    """Measure, and print a table."""
    measured: Measured = {}
    with (
        tempfile.TemporaryDirectory(prefix="partsearch-benchmark-") as folder,
        EmulatedNeon.started() as neon,
        Distance.to(neon.port) as distance,
        Progress() as progress,
    ):
        task = progress.add_task("round trips", total=len(_ROUTES) * len(_ROUND_TRIPS))
        for route in _ROUTES:
            url = neon.url(pooled=route == "pooled").replace(f":{neon.port}/", f":{distance.port}/")
            environment = free_environment(Path(folder) / route) | {"DATABASE_URL": url, "PARTSEARCH_WORKERS": "1"}
            with RunningSite.started(environment) as site:
                if route == _ROUTES[0]:
                    _fill(site)
                measured |= _on_route(route, site, distance, progress, task)
                distance.set_round_trip(0)
    Console(width=140).print(_table(measured))


def _fill(site: RunningSite) -> None:
    generated = site.run("generate", str(_PARTS))
    assert generated.returncode == 0, generated.stderr


def _on_route(route: str, site: RunningSite, distance: Distance, progress: Progress, task: TaskID) -> Measured:
    measured: Measured = {}
    for milliseconds in _ROUND_TRIPS:
        distance.set_round_trip(milliseconds)
        measured[route, milliseconds] = [
            durations for service in _SERVICES for durations in _of_service(getattr(site, f"{service}_url"), distance)
        ]
        progress.advance(task)
    return measured


def _of_service(url: str, distance: Distance) -> tuple[Durations, Durations]:
    with httpx.Client(base_url=url, timeout=30) as client:
        for _ in range(_WARMING):
            _search(client)
        warm = [_search(client) for _ in range(_WARM_SEARCHES)]
        first = []
        for _ in range(_FIRST_SEARCHES):
            distance.cut()
            first.append(_search(client))
    return warm, first


def _search(client: httpx.Client) -> float:
    started = time.perf_counter()
    answer = client.post("/search/part/", json=_BODY)
    assert answer.status_code == 200, answer.text
    return (time.perf_counter() - started) * 1000


def _table(measured: Measured) -> Table:
    table = Table(title=f"Milliseconds, median (range); {_WARM_SEARCHES} searches warm, {_FIRST_SEARCHES} first ones")
    headings = ("FastAPI, warm", "FastAPI, first", "Django, warm", "Django, first")
    for heading in ("route", "round trip", *headings):
        table.add_column(heading, justify="left" if heading == "route" else "right")
    for (route, milliseconds), columns in measured.items():
        table.add_row(route, f"{milliseconds} ms", *map(_shown, columns))
        if milliseconds == _ROUND_TRIPS[-1]:
            nearest = measured[route, _ROUND_TRIPS[0]]
            trips = [(median(far) - median(near)) / milliseconds for far, near in zip(columns, nearest, strict=True)]
            table.add_row(route, "how many", *(f"{number:.1f}" for number in trips), end_section=True)
    return table


def _shown(durations: Durations) -> str:
    return f"{median(durations):.1f} ({min(durations):.1f} to {max(durations):.1f})"


if __name__ == "__main__":
    main()
