"""Bulk loads on this machine: ``python -m tests.benchmarks.bulk [PARTS] [SHAPE]``; 1,000,000 parts of the shape used.

It generates the parts, copies the catalog by ``copy-database``, and sends the same rows by a bare ``COPY`` into an
equal table with the same indexes. PostgreSQL and Python share the cores, so other work makes all of it slower.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
from rich.console import Console
from rich.table import Table

from tests.benchmarks.databases import new_database
from tests.support.site import RunningSite, free_environment

_HOUR = 3600
_CARS = {
    "mark": "id, name, producer_country_name, is_visible",
    "model": "id, name, mark_id, is_visible",
}
_PARTS = "id, name, mark_id, model_id, price, json_data, is_visible"


def main(parts: int = 1_000_000, shape: str = "used") -> None:
    """Measure, and print a table."""
    with (
        tempfile.TemporaryDirectory(prefix="partsearch-benchmark-", ignore_cleanup_errors=True) as folder,
        RunningSite.started(free_environment(Path(folder) / "home")) as site,
    ):
        measured = {
            f"generate {parts:,} --shape {shape}": _seconds(
                lambda: _run(site, "generate", str(parts), "--shape", shape)
            ),
            "copy-database": _seconds(lambda: _run(site, "copy-database", "embedded", new_database(site, "copied"))),
            "bare COPY": _bare_copy(site),
        }
    Console().print(_table(measured, parts))


def _run(site: RunningSite, *arguments: str, **settings: str) -> None:
    done = site.run(*arguments, seconds=_HOUR, **settings)
    assert done.returncode == 0, done.stderr


def _seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _bare_copy(site: RunningSite) -> float:
    url = new_database(site, "bare")
    _run(site, "manage", "migrate", "--verbosity", "0", DATABASE_URL=url)
    with psycopg.connect(site.conninfo) as source, psycopg.connect(url) as target:
        for table, columns in _CARS.items():
            _copy(source, target, table, columns)
        return _seconds(lambda: (_copy(source, target, "part", _PARTS), target.commit())[1])


def _copy(source: psycopg.Connection, target: psycopg.Connection, table: str, columns: str) -> None:
    with (
        source.cursor().copy(f"COPY {table} ({columns}) TO STDOUT".encode()) as rows,
        target.cursor().copy(f"COPY {table} ({columns}) FROM STDIN".encode()) as copy,
    ):
        for row in rows:
            copy.write(row)


def _table(measured: dict[str, float], parts: int) -> Table:
    table = Table("what", title=f"{parts:,} parts")
    for heading in ("seconds", "parts a second", "of the bare COPY"):
        table.add_column(heading, justify="right")
    for what, seconds in measured.items():
        table.add_row(what, f"{seconds:.1f}", f"{parts / seconds:,.0f}", f"{seconds / measured['bare COPY']:.2f}")
    return table


if __name__ == "__main__":
    main(*(cast(value) for cast, value in zip((int, str), sys.argv[1:], strict=False)))
