"""Django's settings for the service: those of the commands with its own connection to the database."""

from typing import Any

from partsearch.database.address import DatabaseAddress
from partsearch.database.address.configured import (
    database_address,
    direct_database_address,
    replica_database_address,
)
from partsearch.django_service.database.router import REPLICA
from partsearch.django_service.settings import *  # noqa: F403  # settings modules build on each other so
from partsearch.settings import settings


def _connection_to(address: DatabaseAddress) -> dict[str, Any]:
    entry = address.django_settings()
    options = {**entry["OPTIONS"], "server_side_binding": True, "connect_timeout": int(address.grace_seconds)}
    if not address.is_pooled:
        # PostgreSQL plans a search for as long as it runs it: a statement is prepared at its second use.
        options["prepare_threshold"] = 2
        limit = f"-c statement_timeout={settings().partsearch_query_seconds * 1000:.0f}"
        # To compile the statement of the planes to machine code takes far longer than to run it.
        options["options"] = f"{options.get('options', '')} {limit} -c jit=off".strip()
    engine = "partsearch.django_service.database.postgresql"
    return {**entry, "ENGINE": engine, "OPTIONS": options, "CONN_MAX_AGE": None}


DATABASES = {
    "default": _connection_to(database_address()),
    "exports": {**_connection_to(direct_database_address()), "CONN_MAX_AGE": 0},
}
_replica = replica_database_address()
if _replica:
    DATABASES[REPLICA] = _connection_to(_replica)
    DATABASE_ROUTERS = ["partsearch.django_service.database.router.SearchRouter"]

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
