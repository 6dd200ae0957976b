"""The catalog as a Django app."""

from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed_apps
from django.db.models.signals import post_migrate


class CatalogConfig(AppConfig):
    """The configuration of the app, with its name in Django's admin."""

    name = "partsearch.catalog"
    label = "catalog"
    verbose_name = "Каталог"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Bring the aliases and synonyms that this release ships into the database after each ``migrate``."""
        post_migrate.connect(_sync_shipped_rows, sender=self)


def _sync_shipped_rows(using: str, apps: Any = installed_apps, **_: Any) -> None:
    from partsearch.catalog.shipped_synonyms import sync_shipped_synonyms
    from partsearch.catalog.vehicle_names.shipped import sync_shipped_aliases

    if _has_model(apps, "VehicleAlias"):
        sync_shipped_aliases(using)
    if _has_model(apps, "Synonym"):
        sync_shipped_synonyms(using)


def _has_model(apps: Any, name: str) -> bool:
    """Return whether the database has the table of the model: it may be migrated back to before it."""
    try:
        apps.get_model("catalog", name)
    except LookupError:
        return False
    return True
