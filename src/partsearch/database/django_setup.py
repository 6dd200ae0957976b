"""Django outside its own service: set up once, and made ready for bulk loads."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import django
import psycopg
from django.apps import apps
from django.core.management import execute_from_command_line
from django.db import OperationalError, ProgrammingError

from partsearch.contract.errors import PartsearchError
from partsearch.database.errors import DatabaseError, DatabaseUnreachableError
from partsearch.database.statistics import refresh_statistics


class LoadInterruptedError(PartsearchError):
    """Ctrl-C during a bulk load; its transaction is rolled back."""


def ensure_django() -> None:
    """Sets Django up with partsearch's settings, unless it is already. Only after this can models be imported."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partsearch.django_service.settings")
    if not apps.ready:
        django.setup()


@contextmanager
def bulk_load() -> Iterator[None]:
    """Within it Django is set up for a load in one transaction, and the database's faults are told in our words.

    After it the planner knows the catalog as it is now.

    Raises:
        DatabaseUnreachableError: the connection cannot be had, or broke.
        DatabaseError: the database lacks the tables of this release.
        LoadInterruptedError: Ctrl-C.
    """
    ensure_django()
    try:
        yield
        refresh_statistics()
    except KeyboardInterrupt:
        raise LoadInterruptedError("Interrupted: nothing was changed.", "Run the same command again.") from None
    except (OperationalError, psycopg.OperationalError) as error:
        raise DatabaseUnreachableError(
            f"The database is out of reach or gave up: {_first_line(error)}.",
            "Nothing was changed. Start it with 'partsearch up', or see 'partsearch doctor'.",
        ) from error
    except ProgrammingError as error:
        raise DatabaseError(
            f"The database does not have the tables of this release: {_first_line(error)}.",
            "Nothing was changed. Run 'partsearch manage migrate', then the same command again.",
        ) from error


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__).rstrip(".")


def run_management_command(arguments: list[str]) -> None:
    """Runs one of Django's management commands, as ``manage.py`` does."""
    ensure_django()
    execute_from_command_line(["partsearch manage", *arguments])
