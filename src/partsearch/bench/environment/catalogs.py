"""Catalogs of other sizes: each in a home of its own, made once and used again."""

import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from partsearch.bench.environment.database_facts import database_facts
from partsearch.bench.errors import BenchError
from partsearch.bench.load.programs import run_program
from partsearch.database.configured import direct_database_address
from partsearch.operation.site import Site
from partsearch.settings import Settings
from partsearch.system.signals import signals_ignored

_UP_SECONDS = 600
_SECONDS_A_PART = 0.005
_DOWN_SECONDS = 180
_CONNECT_SECONDS = 10
_VACUUM_SECONDS = 3600
_GENERATE_SECONDS = 120
_DATABASES = ("DATABASE_URL", "DIRECT_DATABASE_URL", "DATABASE_REPLICA_URL")

Say = Callable[[str], None]


def require_databases_of_their_own(settings: Settings) -> None:
    """Refuses to make catalogs where they would be put into a database that is somebody's.

    Raises:
        BenchError: ``.env`` names a database, which no environment can take back.
    """
    for name in _DATABASES:
        if getattr(settings, name.lower()) is not None and not os.environ.get(name):
            raise BenchError(
                f"{name} stands in .env, so that a catalog of another size would be made there.",
                "Take it out of .env for --sizes, and put it into the environment instead.",
            )


@contextmanager
def site_of_size(folder: Path, parts: int, settings: Settings, say: Say) -> Iterator[Site]:
    """A site with so many random parts, up for the time of the block.

    Args:
        folder: of the homes; a catalog that is there is used again.
        parts: how many.
        settings: those of the site that is measured; this one has the same but for its home, ports and database.
        say: takes a line for each step.

    Raises:
        BenchError: it cannot be brought up, or filled, or holds another catalog.
    """
    home = folder / f"catalog-{parts}"
    site = Site(_settings(settings, home))
    environment = _environment(site.settings)
    say(f"Starting a site in {home}.")
    try:
        _run(environment, _UP_SECONDS, "up")
        if not _holds(site, parts):
            say(f"Generating {parts:,} parts there; they are kept.")
            _run(environment, _GENERATE_SECONDS + parts * _SECONDS_A_PART, "generate", str(parts))
            _vacuum(site)
        yield site
    finally:
        with signals_ignored():
            _run(environment, _DOWN_SECONDS, "down")


def _holds(site: Site, parts: int) -> bool:
    """Whether the catalog has been made already."""
    there = database_facts(direct_database_address(site.settings)).rows["part"]
    if there not in (0, parts):
        raise BenchError(
            f"{site.home.root} holds {there:,} parts instead of {parts:,}.", "Remove that folder; it is made anew."
        )
    return there == parts


def _vacuum(site: Site) -> None:
    """Does now what autovacuum would do in the middle of a round."""
    address = direct_database_address(site.settings)
    with psycopg.connect(address.conninfo(), autocommit=True, connect_timeout=_CONNECT_SECONDS) as connection:
        connection.execute(f"SET statement_timeout = '{_VACUUM_SECONDS}s'".encode())
        connection.execute("VACUUM (ANALYZE) mark, model, part")


def _settings(of: Settings, home: Path) -> Settings:
    ports = _free_ports(5)
    return of.model_copy(
        update={
            **{name.lower(): None for name in _DATABASES},
            "partsearch_home": home,
            "partsearch_port": ports[0],
            "partsearch_django_ports": (ports[1], ports[2]),
            "partsearch_fastapi_ports": (ports[3], ports[4]),
            "partsearch_database_port": None,
        }
    )


def _environment(settings: Settings) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name not in _DATABASES}
    return inherited | settings.environment()


def _free_ports(number: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _run(environment: dict[str, str], seconds: float, *arguments: str) -> None:
    run_program([sys.executable, "-P", "-m", "partsearch", *arguments], seconds, environment)
