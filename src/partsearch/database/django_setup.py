"""Django outside its own service: set up once, and made ready for bulk loads."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import django
import psycopg
from django.apps import apps
from django.core.management import execute_from_command_line
from django.db import Error

from partsearch.database.command_errors import refusal
from partsearch.database.driver_errors import first_line
from partsearch.database.statistics import refresh_statistics
from partsearch.errors import PartsearchError


class LoadInterruptedError(PartsearchError):
    """Ctrl-C during a bulk load; its transaction is rolled back."""


def ensure_django() -> None:
    """Sets Django up with partsearch's settings, unless it is already. Only after this can models be imported."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partsearch.django_service.settings")
    if not apps.ready:
        django.setup()


@contextmanager
def bulk_load() -> Iterator[None]:
    """Within it Django is set up for a load in one transaction, and the database's errors are ours.

    After it the planner knows the catalog as it is now.

    Raises:
        DatabaseError: the database refuses, or is out of reach.
        LoadInterruptedError: Ctrl-C.
    """
    ensure_django()
    try:
        yield
    except KeyboardInterrupt:
        raise LoadInterruptedError("Interrupted: nothing was changed.", "Run the same command again.") from None
    except (Error, psycopg.Error) as error:
        ours = refusal(error)
        if ours is None:
            raise
        raise type(ours)(str(ours), f"Nothing was changed. {ours.next_step}") from error
    _refresh_statistics()


def _refresh_statistics() -> None:
    """The load is done by now: where this fails, autovacuum does it a little later."""
    try:
        refresh_statistics()
    except (Error, psycopg.Error) as error:
        sys.stderr.write(f"The statistics are not refreshed: {first_line(error)}. Autovacuum will do it.\n")
    except KeyboardInterrupt:
        sys.stderr.write(
            "Interrupted when all was done. Only the statistics are not refreshed: autovacuum will do it.\n"
        )


def run_management_command(arguments: list[str]) -> None:
    """Runs one of Django's management commands, as ``manage.py`` does."""
    ensure_django()
    execute_from_command_line(["partsearch manage", *arguments])
