"""What the way to Neon costs a search, through the pooler and past it: ``python -m tests.benchmarks.round_trips``.

One client, one worker, few parts: what is measured is the way and not the database. The way is that of the tests'
emulation, with a network of a known round trip in front.
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
_WAYS = ("direct", "pooled")
_SERVICES = ("fastapi", "django")

Durations = list[float]
# By way and milliseconds of a round trip; of each service over warm connections, then those of the first searches.
Measured = dict[tuple[str, int], list[Durations]]


def main() -> None:
    """Measures, and prints a table."""
    measured: Measured = {}
    with (
        tempfile.TemporaryDirectory(prefix="partsearch-benchmark-") as folder,
        EmulatedNeon.started() as neon,
        Distance.to(neon.port) as distance,
        Progress() as progress,
    ):
        task = progress.add_task("round trips", total=len(_WAYS) * len(_ROUND_TRIPS))
        for way in _WAYS:
            url = neon.url(pooled=way == "pooled").replace(f":{neon.port}/", f":{distance.port}/")
            environment = free_environment(Path(folder) / way) | {"DATABASE_URL": url, "PARTSEARCH_WORKERS": "1"}
            with RunningSite.started(environment) as site:
                if way == _WAYS[0]:
                    _fill(site)
                measured |= _of_way(way, site, distance, progress, task)
                distance.set_round_trip(0)
    Console(width=140).print(_table(measured))


def _fill(site: RunningSite) -> None:
    generated = site.run("generate", str(_PARTS))
    assert generated.returncode == 0, generated.stderr


def _of_way(way: str, site: RunningSite, distance: Distance, progress: Progress, task: TaskID) -> Measured:
    measured: Measured = {}
    for milliseconds in _ROUND_TRIPS:
        distance.set_round_trip(milliseconds)
        measured[way, milliseconds] = [
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
    for heading in ("way", "round trip", *headings):
        table.add_column(heading, justify="left" if heading == "way" else "right")
    for (way, milliseconds), columns in measured.items():
        table.add_row(way, f"{milliseconds} ms", *map(_shown, columns))
        if milliseconds == _ROUND_TRIPS[-1]:
            nearest = measured[way, _ROUND_TRIPS[0]]
            trips = [(median(far) - median(near)) / milliseconds for far, near in zip(columns, nearest, strict=True)]
            table.add_row(way, "how many", *(f"{number:.1f}" for number in trips), end_section=True)
    return table


def _shown(durations: Durations) -> str:
    return f"{median(durations):.1f} ({min(durations):.1f} to {max(durations):.1f})"


if __name__ == "__main__":
    main()
