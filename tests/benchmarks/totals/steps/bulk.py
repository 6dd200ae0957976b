"""A bulk load with and without the triggers of the totals, and the searches during one with them."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg

from tests.benchmarks.generators import Measured, write_lua, wrk
from tests.benchmarks.totals.catalogs import Catalog
from tests.benchmarks.totals.folding import wait_until_folded
from tests.benchmarks.totals.steps.services import EIGHT, figures_of
from tests.benchmarks.totals.triggers import totals_triggers

_ROUNDS = 3
_CHUNK = 1 << 18
_COLUMNS = "name, mark_id, model_id, price, json_data, is_visible"
_ROWS = f"""
    SELECT {_COLUMNS} FROM part CROSS JOIN generate_series(1, %s / (SELECT count(*) FROM part) + 1) LIMIT %s
"""


def measure(catalog: Catalog) -> dict[str, Any]:
    """Return the p99 of searches without and during a load, the fold after it, and the seconds of loads."""
    rows = _written_rows(catalog)
    try:
        return {
            "rows": catalog.effort.bulk_rows,
            "searches": _searches(catalog, rows),
            "fold seconds": wait_until_folded(catalog.site),
            "seconds": _loads(catalog, rows),
        }
    finally:
        rows.unlink()


def _written_rows(catalog: Catalog) -> Path:
    file = catalog.folder / "bulk-rows.bin"
    number = catalog.effort.bulk_rows
    with psycopg.connect(catalog.conninfo) as connection, file.open("wb") as written:
        connection.execute("SET statement_timeout = 0")
        copy = f"COPY ({_ROWS}) TO STDOUT (FORMAT binary)".encode()
        with connection.cursor().copy(copy, [number, number]) as rows:
            written.writelines(rows)
    return file


def _searches(catalog: Catalog, rows: Path) -> dict[str, Any]:
    url, script = catalog.site.fastapi_url, write_lua(catalog.folder, catalog.searches)
    seconds = catalog.effort.seconds
    wrk(url, script, seconds, EIGHT)
    idle = [wrk(url, script, seconds, EIGHT) for _ in range(_ROUNDS)]
    with ThreadPoolExecutor(1) as executor:
        load = executor.submit(_load, catalog, rows)
        during = list(_rounds_during(load, lambda: wrk(url, script, seconds, EIGHT)))
        return {
            "without": figures_of(idle, seconds),
            "during": figures_of(during, seconds),
            "load seconds": load.result(),
        }


def _rounds_during(load: "Future[float]", measured: Callable[[], Measured]) -> Iterator[Measured]:
    """Yield the rounds that end before the load does; the first one in any case."""
    yield measured()
    while not load.done():
        found = measured()
        if not load.done():
            yield found


def _loads(catalog: Catalog, rows: Path) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {"with": [], "without": []}
    for way in ("with", "without", "without", "with"):
        with totals_triggers(catalog.conninfo, are_on=way == "with"):
            seconds[way].append(_load(catalog, rows))
        wait_until_folded(catalog.site)
    return seconds


def _load(catalog: Catalog, rows: Path) -> float:
    """Send the rows by one COPY, and return its seconds, with the commit."""
    started = time.perf_counter()
    with psycopg.connect(catalog.conninfo) as connection, rows.open("rb") as read:
        connection.execute("SET statement_timeout = 0")
        with connection.cursor().copy(f"COPY part ({_COLUMNS}) FROM STDIN (FORMAT binary)".encode()) as copy:
            while chunk := read.read(_CHUNK):
                copy.write(chunk)
        connection.commit()
    return time.perf_counter() - started
