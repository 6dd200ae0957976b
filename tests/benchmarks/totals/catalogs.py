"""The catalogs of the benchmark: each in a home of its own, made once and used again."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import psycopg

from tests.benchmarks.totals.folding import wait_until_folded
from tests.benchmarks.totals.mix import Body, searches_of
from tests.benchmarks.totals.vocabulary import Vocabulary
from tests.support.site import RunningSite, free_environment

_GENERATE_SECONDS = 3600


@dataclass(frozen=True)
class Effort:
    """How much a step measures.

    Attributes:
        rounds: how often each search is measured; the more expensive ones less often.
        seconds: the length of a round of load.
        bulk_rows: the rows of a bulk load.
        seed: chooses the searches.
    """

    rounds: int
    seconds: int
    bulk_rows: int
    seed: int


@dataclass(frozen=True)
class Catalog:
    """A running site with a catalog. ``folder`` is for files of a step."""

    shape: str
    parts: int
    site: RunningSite
    effort: Effort
    folder: Path

    @property
    def conninfo(self) -> str:
        return self.site.conninfo

    @cached_property
    def searches(self) -> dict[str, Body]:
        """The forty searches by name."""
        return searches_of(Vocabulary.read(self.conninfo, self.effort.seed))


@contextmanager
def kept_catalog(folder: Path, shape: str, parts: int, effort: Effort) -> Iterator[Catalog]:
    """Run a site with the catalog for the block; fill it first if it is new.

    Raises:
        ValueError: the home holds another number of parts, for example after an interrupted generation.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with RunningSite.started(free_environment(_home(folder, shape, parts))) as site:
        existing = _count(site)
        if existing not in (0, parts):
            raise ValueError(f"{site.home} holds {existing:,} parts instead of {parts:,}. Remove it: it is made again.")
        if not existing:
            _fill(site, shape, parts)
        yield Catalog(shape, parts, site, effort, folder)


@contextmanager
def copied_catalog(folder: Path, shape: str, parts: int, effort: Effort) -> Iterator[Catalog]:
    """Run a site with a copy of a kept catalog for the block, for steps that write; remove it afterwards."""
    copy = folder / f"copy-of-{shape}-{parts}"
    shutil.rmtree(copy, ignore_errors=True)
    try:
        subprocess.run(["cp", "-a", "--reflink=auto", str(_home(folder, shape, parts)), str(copy)], check=True)
        with RunningSite.started(free_environment(copy)) as site:
            yield Catalog(shape, parts, site, effort, folder)
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def _home(folder: Path, shape: str, parts: int) -> Path:
    return folder / f"{shape}-{parts}"


def _fill(site: RunningSite, shape: str, parts: int) -> None:
    generated = site.run("generate", str(parts), "--shape", shape, seconds=_GENERATE_SECONDS)
    assert generated.returncode == 0, generated.stderr
    wait_until_folded(site)
    with psycopg.connect(site.conninfo, autocommit=True) as connection:
        connection.execute("SET statement_timeout = 0")
        connection.execute("VACUUM (ANALYZE)")


def _count(site: RunningSite) -> int:
    with psycopg.connect(site.conninfo) as connection:
        row = connection.execute("SELECT count(*) FROM part").fetchone()
        assert row
        return int(row[0])
