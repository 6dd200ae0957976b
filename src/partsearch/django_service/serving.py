"""Django's settings for the service that answers searches."""

from partsearch.database.address import database_address
from partsearch.django_service.settings import *  # noqa: F403  # this is how Django's settings are layered
from partsearch.settings import settings

_database = database_address().django_settings()
_database["OPTIONS"] |= {
    "connect_timeout": "2",
    "server_side_binding": True,
    # Planning a search costs as much as running it: statements are prepared when they come a second time.
    "prepare_threshold": 2,
    "options": f"-c statement_timeout={settings().partsearch_query_seconds * 1000:.0f}",
}
DATABASES = {"default": {**_database, "CONN_MAX_AGE": None}}

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
