"""Whether a database has the schema of this release, and migrating the target."""

import os
import sys

from partsearch.catalog_copy.connection import CopyConnection
from partsearch.catalog_copy.endpoint import Endpoint
from partsearch.catalog_copy.errors import SchemaError
from partsearch.database.address import DatabaseAddress
from partsearch.database.django_setup import ensure_django
from partsearch.settings import Settings
from partsearch.system.commands import CommandFailedError, run_command

_MIGRATE_SECONDS = 3600

Migration = tuple[str, str]


def require_schema(source: CopyConnection) -> None:
    """Raise SchemaError, which names what is missing, unless the source has exactly the migrations of this release."""
    missing = missing_migrations(source)
    if not missing:
        return
    reason = ", ".join(f"{app}.{name}" for app, name in sorted(missing)[:3]) + (", ..." if len(missing) > 3 else "")
    raise SchemaError(
        f"FROM ({source.endpoint.address.display_name()}) does not have the tables of this release: {reason}.",
        "Run 'partsearch up' once without DATABASE_URL, which migrates them."
        if source.endpoint.is_embedded
        else "Run 'partsearch manage migrate' with DATABASE_URL set to it.",
    )


def missing_migrations(database: CopyConnection) -> set[Migration]:
    """Return the migrations of this release that a database lacks.

    Raises:
        SchemaError: it has migrations that this release does not know.
    """
    known, applied = _known(), _applied(database)
    if applied - known:
        app, name = min(applied - known)
        raise SchemaError(
            f"{database.endpoint.role} ({database.endpoint.address.display_name()}) was migrated by another release:"
            f" {app}.{name} is not of this one.",
            "Copy with the newer release.",
        )
    return known - applied


def _known() -> set[Migration]:
    ensure_django()
    from django.db.migrations.loader import MigrationLoader

    return set(MigrationLoader(None).disk_migrations or {})


def _applied(database: CopyConnection) -> set[Migration]:
    if database.value("SELECT to_regclass('django_migrations') IS NULL"):
        return set()
    return {(app, name) for app, name in database.rows("SELECT app, name FROM django_migrations")}


def migrate(endpoint: Endpoint, settings: Settings) -> None:
    """Migrate a database.

    Raises:
        SchemaError: the migration failed; carries the error of Django.
    """
    command = [sys.executable, "-m", "django", "migrate", "--noinput", "--verbosity", "0"]
    try:
        run_command(command, _MIGRATE_SECONDS, environment=_environment(endpoint.address, settings))
    except CommandFailedError as error:
        raise _migration_error(endpoint, str(error)) from None


def _migration_error(endpoint: Endpoint, reason: str) -> SchemaError:
    return SchemaError(
        f"The tables of TO ({endpoint.address.display_name()}) cannot be migrated:"
        f" {endpoint.without_password(reason)}.",
        "Run 'partsearch doctor' with DATABASE_URL set to it.",
    )


def _environment(address: DatabaseAddress, settings: Settings) -> dict[str, str]:
    """Return the environment with this database; the embedded one is named too, since ``.env`` may name another."""
    return {
        **os.environ,
        **settings.environment(),
        "DATABASE_URL": address.url(),
        "DIRECT_DATABASE_URL": address.url(),
        "DJANGO_SETTINGS_MODULE": "partsearch.django_service.settings",
    }
