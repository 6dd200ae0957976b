"""The price list and the row that a part was imported from, so that a second import of a list changes nothing."""

from django.db import models


class PriceListPart(models.Model):
    """The origin of an imported part.

    It has its own table, because the contract defines the table ``part``. The triggers of migration 0005 delete it when
    any SQL client deletes the part, also by TRUNCATE, which a foreign key would not allow.
    """

    part = models.OneToOneField("catalog.Part", models.DO_NOTHING, primary_key=True, db_constraint=False)
    list_name = models.CharField("прайс-лист", max_length=255)
    row_key = models.CharField("ключ строки", max_length=200)
    row_digest = models.CharField("отпечаток строки", max_length=32)

    class Meta:
        app_label = "catalog"
        db_table = "price_list_part"
        verbose_name = "строка прайс-листа"
        verbose_name_plural = "строки прайс-листов"
        constraints = [models.UniqueConstraint(fields=["list_name", "row_key"], name="price_list_part_row")]

    def __str__(self) -> str:
        return f"{self.list_name}: {self.row_key}"
