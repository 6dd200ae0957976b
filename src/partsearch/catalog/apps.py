"""The catalog as a Django app."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """The configuration of the app, with its name in Django's admin."""

    name = "partsearch.catalog"
    label = "catalog"
    verbose_name = "Каталог"
    default_auto_field = "django.db.models.BigAutoField"
