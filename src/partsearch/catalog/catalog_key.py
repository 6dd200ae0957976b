"""The key of a catalog. With the id of a part it names that part in an exported list: ``17@3f2a9c41d07b``."""

from django.db import models


class CatalogKey(models.Model):
    """The one row with the key, which migration 0011 makes. A copy of a catalog has the key of the original."""

    id = models.IntegerField(primary_key=True)
    key = models.CharField(max_length=32)

    class Meta:
        app_label = "catalog"
        db_table = "catalog_key"
        default_permissions = ()

    def __str__(self) -> str:
        return self.key


def catalog_key() -> str:
    """Return the key of this catalog: lower case hexadecimal digits."""
    return CatalogKey.objects.get().key
