"""The timed steps of a round: a first import, COPY of the same rows, the same list again, and 1 % changed."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from tests.benchmarks.databases import superuser
from tests.benchmarks.imports.bare_copy import copy_seconds, write_rows
from tests.benchmarks.imports.commands import timed
from tests.benchmarks.totals.folding import wait_until_folded
from tests.support.site import RunningSite

SOURCE = "benchmark"
FIRST, COPY, UNCHANGED, CHANGED = "first import", "COPY", "unchanged", "1 % changed"
STEPS = (FIRST, COPY, UNCHANGED, CHANGED)
_SMALLEST_SHARE = 0.9
"""So many rows have to become what a step is about: a few rows of a list repeat others."""


class Lists(NamedTuple):
    """The lists of the benchmark: ``changed`` is the next issue of ``first``, ``other`` is another source's."""

    first: Path
    changed: Path
    other: Path


def quiet(site: RunningSite) -> None:
    """Finish the work that earlier steps have left behind: folding, dead rows, statistics, dirty pages."""
    wait_until_folded(site)
    with psycopg.connect(superuser(site, "partsearch"), autocommit=True) as connection:
        connection.execute("SET statement_timeout = 0")
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


def import_command(path: Path, source: str = SOURCE) -> tuple[str, ...]:
    """Return the arguments of the command that imports a list."""
    return ("import", str(path), "--source", source, "--yes", "--json")


def measured_steps(site: RunningSite, lists: Lists, folder: Path) -> Iterator[tuple[str, Callable[[], dict[str, Any]]]]:
    """Yield the steps of a round by name, in their order. Each one returns its figures.

    Args:
        site: with an empty catalog.
        lists: to import.
        folder: for the rows that are copied.
    """
    yield FIRST, lambda: _import(site, lists.first, "new")
    yield COPY, lambda: _copy(site, folder)
    yield UNCHANGED, lambda: _import(site, lists.first, "unchanged")
    yield CHANGED, lambda: _import(site, lists.changed, "changed", share=0.01)


def _import(site: RunningSite, path: Path, outcome: str, share: float = 1.0) -> dict[str, Any]:
    quiet(site)
    done = timed(site, *import_command(path))
    rows = done.answer["rows"]
    if rows[outcome] < rows["usable"] * share * _SMALLEST_SHARE:
        raise RuntimeError(f"The import of {path} does not do what is measured: {rows}.")
    return {"seconds": done.seconds, "memory": done.memory, "rows": rows}


def _copy(site: RunningSite, folder: Path) -> dict[str, Any]:
    write_rows(site.conninfo, folder)
    quiet(site)
    return {"seconds": copy_seconds(site, folder)}
