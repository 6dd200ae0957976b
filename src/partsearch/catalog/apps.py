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
        """Bring the aliases that this release ships into the database after each ``migrate``."""
        post_migrate.connect(_sync_shipped_aliases, sender=self)


def _sync_shipped_aliases(using: str, apps: Any = installed_apps, **_: Any) -> None:
    try:
        apps.get_model("catalog", "VehicleAlias")
    except LookupError:  # migrated back to before the table
        return
    from partsearch.catalog.vehicle_names.shipped import sync_shipped_aliases

    sync_shipped_aliases(using)
