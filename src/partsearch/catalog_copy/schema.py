"""Whether a database has the tables of this release, and how the target gets them."""

import os
import subprocess
import sys

from partsearch.catalog_copy.errors import SchemaError
from partsearch.catalog_copy.place import Place
from partsearch.catalog_copy.side import Side
from partsearch.database.address import DatabaseAddress
from partsearch.database.django_setup import ensure_django
from partsearch.settings import Settings

_MIGRATE_SECONDS = 3600

Migration = tuple[str, str]


def require_schema(source: Side) -> None:
    """Raises unless the source has had the migrations of this release, and no others.

    Raises:
        SchemaError: says which are missing, and what to do.
    """
    missing = missing_migrations(source)
    if not missing:
        return
    said = ", ".join(f"{app}.{name}" for app, name in sorted(missing)[:3]) + (", ..." if len(missing) > 3 else "")
    raise SchemaError(
        f"FROM ({source.place.address.shown()}) does not have the tables of this release: {said}.",
        "Take DATABASE_URL out of the settings for one 'partsearch up', which brings them up to date."
        if source.place.is_embedded
        else "Run 'partsearch manage migrate' with DATABASE_URL set to it.",
    )


def missing_migrations(side: Side) -> set[Migration]:
    """The migrations of this release that a database has not had yet.

    Raises:
        SchemaError: it has had some that this release does not know.
    """
    known, applied = _known(), _applied(side)
    if applied - known:
        app, name = min(applied - known)
        raise SchemaError(
            f"{side.place.role} ({side.place.address.shown()}) was brought up to date by another release:"
            f" {app}.{name} is not of this one.",
            "Copy with the newer release.",
        )
    return known - applied


def _known() -> set[Migration]:
    ensure_django()
    from django.db.migrations.loader import MigrationLoader

    return set(MigrationLoader(None).disk_migrations or {})


def _applied(side: Side) -> set[Migration]:
    if side.value("SELECT to_regclass('django_migrations') IS NULL"):
        return set()
    return {(app, name) for app, name in side.rows("SELECT app, name FROM django_migrations")}


def migrate(place: Place, settings: Settings) -> None:
    """Brings the tables of a place up to date.

    Raises:
        SchemaError: they cannot be; carries what Django said.
    """
    command = [sys.executable, "-m", "django", "migrate", "--noinput", "--verbosity", "0"]
    environment = _environment(place.address, settings)
    try:
        done = subprocess.run(  # noqa: S603  # the command is ours
            command, env=environment, capture_output=True, text=True, timeout=_MIGRATE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise _not_migrated(place, f"that took longer than {_MIGRATE_SECONDS} s") from None
    if done.returncode:
        raise _not_migrated(place, (done.stderr.strip().splitlines() or ["no reason given"])[-1].rstrip("."))


def _not_migrated(place: Place, said: str) -> SchemaError:
    return SchemaError(
        f"The tables of TO ({place.address.shown()}) cannot be brought up to date: {place.without_password(said)}.",
        "Run 'partsearch doctor' with DATABASE_URL set to it.",
    )


def _environment(address: DatabaseAddress, settings: Settings) -> dict[str, str]:
    """The settings with another database: named even where it is the embedded one, since ``.env`` may name another."""
    return {
        **os.environ,
        **settings.environment(),
        "DATABASE_URL": address.url(),
        "DIRECT_DATABASE_URL": address.url(),
        "DJANGO_SETTINGS_MODULE": "partsearch.django_service.settings",
    }
