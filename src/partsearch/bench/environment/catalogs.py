"""Catalogs of other sizes: each in a home of its own, made once and reused."""

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
from partsearch.database.address.configured import direct_database_address
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


def require_own_databases(settings: Settings) -> None:
    """Check that catalogs of other sizes get databases of their own.

    Raises:
        BenchError: ``.env`` names a database, which no environment variable can unset.
    """
    for name in _DATABASES:
        if getattr(settings, name.lower()) is not None and not os.environ.get(name):
            raise BenchError(
                f"{name} is set in .env, so a catalog of another size would be made in that database.",
                "For --sizes, set it in the environment instead of .env.",
            )


@contextmanager
def site_of_size(folder: Path, parts: int, settings: Settings, say: Say) -> Iterator[Site]:
    """Run a site with ``parts`` random parts for the block.

    Args:
        folder: the folder of the homes; an existing catalog is reused.
        parts: the number of parts.
        settings: the settings of the measured site; the new one differs in its home, ports and database.
        say: a function that prints a line for each step.

    Raises:
        BenchError: the site does not start, cannot be filled, or holds another catalog.
    """
    home = folder / f"catalog-{parts}"
    site = Site(_settings(settings, home))
    environment = _environment(site.settings)
    say(f"Starting a site in {home}.")
    try:
        _run(environment, _UP_SECONDS, "up")
        if not _holds(site, parts):
            say(f"Generating {parts:,} parts in it; the catalog is kept.")
            _run(environment, _GENERATE_SECONDS + parts * _SECONDS_A_PART, "generate", str(parts))
            _vacuum(site)
        yield site
    finally:
        with signals_ignored():
            _run(environment, _DOWN_SECONDS, "down")


def _holds(site: Site, parts: int) -> bool:
    """Return whether the catalog exists already."""
    rows = database_facts(direct_database_address(site.settings)).rows["part"]
    if rows not in (0, parts):
        raise BenchError(
            f"{site.home.root} holds {rows:,} parts instead of {parts:,}.", "Remove that folder: it is made again."
        )
    return rows == parts


def _vacuum(site: Site) -> None:
    """Vacuum now, so that autovacuum does not in the middle of a round."""
    address = direct_database_address(site.settings)
    with psycopg.connect(address.conninfo(), autocommit=True, connect_timeout=_CONNECT_SECONDS) as connection:
        connection.execute(f"SET statement_timeout = '{_VACUUM_SECONDS}s'".encode())
        connection.execute("VACUUM (ANALYZE) mark, model, part")


def _settings(original: Settings, home: Path) -> Settings:
    ports = free_ports(5)
    return original.model_copy(
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


def free_ports(number: int) -> list[int]:
    """Return ports of the loopback interface that no process uses now."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for listener in sockets:
            listener.bind(("127.0.0.1", 0))
        return [listener.getsockname()[1] for listener in sockets]


def _run(environment: dict[str, str], seconds: float, *arguments: str) -> None:
    run_program([sys.executable, "-P", "-m", "partsearch", *arguments], seconds, environment)
