"""Django outside its own service: its setup, management commands, and bulk loads with their statistics."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import django
import psycopg
from django.apps import apps
from django.core.management import execute_from_command_line
from django.db import Error, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from partsearch.database.address.configured import direct_database_address
from partsearch.database.backend_priority import share_priority
from partsearch.database.errors.command_errors import database_error
from partsearch.database.errors.driver_errors import first_line
from partsearch.errors import PartsearchError


class LoadInterruptedError(PartsearchError):
    """Ctrl-C during a bulk load; its transaction is rolled back."""


def ensure_django() -> None:
    """Set Django up with partsearch's settings, unless it is set up. Models can be imported only after this."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partsearch.django_service.settings")
    if not apps.ready:
        django.setup()


@contextmanager
def bulk_load() -> Iterator[None]:
    """Run the block as a load in one transaction: set Django up, translate errors, refresh the statistics at the end.

    Raises:
        DatabaseError: the database rejects a statement, or is out of reach.
        LoadInterruptedError: Ctrl-C.
    """
    ensure_django()
    try:
        share_priority_with_database()
        yield
    except KeyboardInterrupt:
        raise LoadInterruptedError("Interrupted: nothing was changed.", "Run the same command again.") from None
    except (Error, psycopg.Error) as error:
        translated = database_error(error)
        if translated is None:
            raise
        raise type(translated)(str(translated), f"Nothing was changed. {translated.next_step}") from error
    _refresh_statistics()


def share_priority_with_database() -> None:
    """Let the database work for this process with its priority, from now or from the first connection on."""
    connection_created.connect(_share_priority, dispatch_uid="priority")
    if connection.connection is not None:
        _share_priority(connection)


def _share_priority(connection: BaseDatabaseWrapper, **_: object) -> None:
    share_priority(connection.connection, direct_database_address())


def _refresh_statistics() -> None:
    """Analyze the catalog: until autovacuum does it, a minute later at best, searches get plans for the old catalog.

    The load is complete by now. If this fails, autovacuum does it later.
    """
    try:
        with psycopg.connect(direct_database_address().conninfo(), autocommit=True) as connection:
            connection.execute("ANALYZE mark, model, part")
    except (Error, psycopg.Error) as error:
        sys.stderr.write(f"The statistics are not refreshed: {first_line(error)}. Autovacuum will do it.\n")
    except KeyboardInterrupt:
        sys.stderr.write(
            "Interrupted after the load was complete. Only the statistics are not refreshed: autovacuum will do it.\n"
        )


def run_management_command(arguments: list[str]) -> None:
    """Run one of Django's management commands, as ``manage.py`` does."""
    ensure_django()
    execute_from_command_line(["partsearch manage", *arguments])
