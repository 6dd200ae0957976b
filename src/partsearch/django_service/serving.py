"""Django's settings for the service that answers searches."""

from typing import Any

from partsearch.database.address import DatabaseAddress
from partsearch.database.configured import database_address, replica_database_address
from partsearch.django_service.routing import REPLICA
from partsearch.django_service.settings import *  # noqa: F403  # this is how Django's settings are layered
from partsearch.settings import settings


def _served_from(address: DatabaseAddress) -> dict[str, Any]:
    entry = address.django_settings()
    options = {**entry["OPTIONS"], "server_side_binding": True, "connect_timeout": int(address.connect_timeout_seconds)}
    if not address.is_pooled:
        # Planning a search costs as much as running it: statements are prepared when they come a second time.
        options["prepare_threshold"] = 2
        limit = f"-c statement_timeout={settings().partsearch_query_seconds * 1000:.0f}"
        options["options"] = f"{options.get('options', '')} {limit}".strip()
    engine = "partsearch.django_service.postgresql"
    return {**entry, "ENGINE": engine, "OPTIONS": options, "CONN_MAX_AGE": None}


DATABASES = {"default": _served_from(database_address())}
_replica = replica_database_address()
if _replica:
    DATABASES[REPLICA] = _served_from(_replica)
    DATABASE_ROUTERS = ["partsearch.django_service.routing.SearchRouter"]

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
